"""The loopback server that waits for the browser to come back from LinkedIn, once."""

import queue
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit

from publisher.auth.redirect import LoginFailed, is_strange, read_redirect
from publisher.errors import UsageError

DEFAULT_REDIRECT = "http://localhost:3000/auth/linkedin/callback"
_LOOPBACK = {"localhost": "127.0.0.1", "127.0.0.1": "127.0.0.1"}
# Seconds for the request of a connection. Browsers open spare connections that stay silent, and each holds a
# thread.
_SLOW_BROWSER = 10
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>body{{font:18px/1.5 system-ui,sans-serif;max-width:34em;margin:15vh auto;padding:0 1em}}</style>
<main><h1>{title}</h1><p>{text}</p></main></html>"""
_WELCOME = ("{who} has answered", "You can close this page and go back to the terminal.")
_REFUSED = ("Not logged in", "The terminal shows the reason and the remedy.")
_UNKNOWN = ("Not here", "This address only waits for the answer to a login.")


class CallbackServer:
    """Listen at a redirect URI on loopback; a context manager. Port 0 in the URI takes any free port.

    Only an answer with this login's ``state`` ends the wait. Any other request gets an error page.
    """

    def __init__(self, redirect_uri: str, state: str, who: str = "LinkedIn") -> None:
        parts = urlsplit(redirect_uri)
        host = _LOOPBACK.get(parts.hostname or "")
        if parts.scheme != "http" or host is None or parts.query or parts.fragment:
            raise UsageError(
                f"{redirect_uri} is not a plain http address of this machine, so publisher can't listen there.",
                "Use http://localhost:PORT/PATH, or --no-browser and paste the address LinkedIn sends you to.",
            )
        self._answers: queue.Queue[str | LoginFailed] = queue.Queue()
        try:
            self._server = _Server((host, parts.port if parts.port is not None else 80), _Answer)
        except OSError as error:
            raise UsageError(
                f"publisher can't listen at {redirect_uri}: {error.strerror}.",
                "End the program that uses the port, or register and give another --redirect-uri.",
            ) from None
        self._who = who
        self._server.expect(parts.path or "/", state, self._answers, who)
        # localhost stays localhost: the URL must equal the registered one
        netloc = f"{parts.hostname}:{self._server.server_port}"
        self.redirect_uri = urlunsplit((parts.scheme, netloc, parts.path, "", ""))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)

    def wait(self, seconds: float) -> str:
        """Wait for the code and return it. Raise `LoginFailed` after an error or when the time is over."""
        try:
            found = self._answers.get(timeout=seconds)
        except queue.Empty:
            if self._who != "LinkedIn":
                raise LoginFailed(
                    f"{self._who}'s answer did not come within {seconds:.0f} seconds.",
                    "Try again; --timeout gives more time, --no-browser needs no browser here.",
                ) from None
            raise LoginFailed(
                f"LinkedIn's answer did not come within {seconds:.0f} seconds.",
                "If its page said `Redirect_uri doesn't match`, register "
                f"{self.redirect_uri} on the app's Auth tab; if `Client_id doesn't match`, correct "
                "LINKEDIN_CLIENT_ID; if `Invalid scope`, correct --scope. Else try again; --timeout gives more time, "
                "--no-browser needs no browser here.",
            ) from None
        if isinstance(found, LoginFailed):
            raise found
        return found

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # browsers open spare connections and leave them silent: nobody waits for those to end
    block_on_close = False

    def expect(self, path: str, state: str, answers: "queue.Queue[str | LoginFailed]", who: str) -> None:
        """Set the expected path and state, the name of the service, and the queue for its answer."""
        self.path, self.state, self.answers, self.who = path, state, answers, who

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing. A trace could contain the request line, and so the code."""


class _Answer(BaseHTTPRequestHandler):
    server: _Server
    timeout = _SLOW_BROWSER

    def do_GET(self) -> None:
        """Accept LinkedIn's answer. Refuse any other request."""
        if urlsplit(self.path).path != self.server.path:
            self._page(HTTPStatus.NOT_FOUND, *_UNKNOWN)
            return
        try:
            code = read_redirect(self.path, self.server.state)
        except LoginFailed as error:
            strange = is_strange(error)
            self._page(HTTPStatus.BAD_REQUEST if strange else HTTPStatus.OK, *_REFUSED)
            if not strange:
                self.server.answers.put(error)
            return
        title, text = _WELCOME
        self._page(HTTPStatus.OK, title.format(who=self.server.who), text)
        # after the page is out, because the server ends with the wait
        self.server.answers.put(code)

    def _page(self, status: HTTPStatus, title: str, text: str) -> None:
        content = _PAGE.format(title=title, text=text).encode()
        self.send_response(status)
        for name, value in (
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(content))),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"),
            ("Connection", "close"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the library's name
        """Log nothing, because the request line contains the code."""
