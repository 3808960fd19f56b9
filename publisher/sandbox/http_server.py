"""The sandbox's HTTP/1.1 connections: keep-alive, streams, and the ways of breaking off that faults ask for."""

import contextlib
import io
import socket
import socketserver
import struct
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, BinaryIO, cast
from urllib.parse import unquote

from publisher.sandbox.messages import Ending, Request, Response

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_BODILESS = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
_DRAIN_LIMIT = 16_777_216


class Server(ThreadingHTTPServer):
    """A thread per connection; ``answer`` gives LinkedIn's answers and ``pages`` is the WSGI app for the rest."""

    daemon_threads = True
    block_on_close = False
    # hundreds of clients may connect within one moment
    request_queue_size = 512

    def __init__(
        self, address: tuple[str, int], answer: Callable[[Request], Response | None], pages: Wsgi
    ) -> None:
        self.answer = answer
        self.pages = pages
        self.stopping = threading.Event()
        self._connections: set[socket.socket] = set()
        self._idle = threading.Condition()
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, Connection)

    @property
    def url(self) -> str:
        """Where clients on this machine reach it, without a slash at the end."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.server_name, self.server_name)  # noqa: S104
        return f"http://[{host}]:{self.server_port}" if ":" in host else f"http://{host}:{self.server_port}"

    def server_bind(self) -> None:
        """Bind without asking DNS for the host's name, which HTTPServer would do."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that ``stop`` can end it."""
        with self._idle:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection, and forget it."""
        super().shutdown_request(request)
        with self._idle:
            self._connections.discard(request)
            self._idle.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are no news; anything else is a fault of the sandbox and must be seen."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)

    def stop(self, patience: float = 5.0) -> None:
        """Stop accepting, end every connection, wait until their threads are through."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        with self._idle:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._idle.wait_for(lambda: not self._connections, timeout=patience)


class Connection(BaseHTTPRequestHandler):
    """One client's connection."""

    protocol_version = "HTTP/1.1"
    # small answers must not wait for the acknowledgement of the one before
    disable_nagle_algorithm = True
    wbufsize = 65_536
    server: Server

    def handle_expect_100(self) -> bool:
        """Ask for the body at once; a fault that drops the connection before the body does so later."""
        self.send_response_only(HTTPStatus.CONTINUE)
        self.end_headers()
        self.wfile.flush()
        return True

    def _serve(self) -> None:
        request = self._request()
        try:
            answer = self.server.answer(request)
        except (ConnectionError, TimeoutError):
            raise
        except Exception:
            traceback.print_exc()
            self.close_connection = True
            answer = Response(
                500, b"the sandbox itself failed; its log says how", {"content-type": "text/plain"}
            )
        if answer is None:
            self._serve_page(request)
        else:
            self._send(request, answer)

    def __getattr__(self, name: str) -> Callable[[], None]:
        """``do_GET`` and all the others: which verbs there are is for the routes to say."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _request(self) -> Request:
        """The request's head as a value; its body is still to be read."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        length = headers.get("content-length", "")
        known = length.isascii() and length.isdigit() and "transfer-encoding" not in headers
        # a body of unknown length can't be skipped: what follows it would be read as a request
        if not known and (length or "transfer-encoding" in headers):
            self.close_connection = True
        return Request(
            self.command,
            self.path,
            headers,
            cast("BinaryIO", self.rfile),
            int(length) if known else None,
            f"http://{headers['host']}" if headers.get("host") else self.server.url,
        )

    def _send(self, request: Request, answer: Response) -> None:
        """Write an answer, or break off as its ``ending`` says."""
        if answer.delay:
            self.server.stopping.wait(answer.delay)
        if answer.ending is Ending.DROP:
            self._reset()
            return
        if answer.ending is Ending.HANG:
            self._hang()
            return
        self._settle(request)
        whole = self._head(answer.status, answer.headers, len(answer.body)) + (
            b"" if self.command == "HEAD" else answer.body
        )
        if answer.ending is Ending.CUT:
            self.wfile.write(whole[: answer.cut_at])
            self.wfile.flush()
            self._reset()
            return
        self.wfile.write(whole)

    def _head(self, status: int, headers: Any, length: int | None) -> bytes:
        phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
        lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
        if length is not None and status not in _BODILESS:
            lines.append(f"content-length: {length}")
        lines.append(f"date: {self.date_time_string()}")
        if self.close_connection:
            lines.append("connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    def _settle(self, request: Request) -> None:
        """Read what is left of a refused body, so that the connection can go on; too much of it ends it."""
        if request.unread > _DRAIN_LIMIT:
            self.close_connection = True
        else:
            request.drain()

    def _reset(self) -> None:
        """End the connection with a TCP reset instead of a goodbye."""
        self.close_connection = True
        # a linger time of zero makes the kernel send RST where it would send FIN
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # the base class flushes once more; that must not reach the closed socket
        self.wfile = io.BytesIO()
        self.rfile.close()
        self.connection.close()

    def _hang(self) -> None:
        """Say nothing until the client gives up or the server stops."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            # recv ends when the client closes, and when ``stop`` shuts the connection down
            while self.connection.recv(4096):
                pass

    def _serve_page(self, request: Request) -> None:
        """Hand over to the WSGI app: pages and their event stream."""
        # WSGI tells status and headers while, or just before, the first piece is made
        started: list[Any] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], _: Any = None
        ) -> Callable[[bytes], None]:
            started[:] = [int(status.split()[0]), headers]
            return self._write_body

        parts = self.server.pages(self._environ(request), start_response)
        try:
            pieces = self._with_head(request, iter(parts), started)
            for piece in pieces:
                self._write_body(piece)
        finally:
            close = getattr(parts, "close", None)
            if close:
                close()

    def _with_head(self, request: Request, pieces: Iterator[bytes], started: list[Any]) -> Iterator[bytes]:
        """The head, once the app has said what it is, then the pieces; without a length, closing ends the body."""
        first = next(pieces, b"")
        self._settle(request)
        status, headers = started
        named = {name.lower() for name, _ in headers}
        bodiless = status in _BODILESS or self.command == "HEAD"
        if "content-length" not in named and not bodiless:
            self.close_connection = True
        head = self._head(status, _Pairs(headers), None)
        yield head if bodiless else head + first
        if not bodiless:
            yield from pieces

    def _write_body(self, piece: bytes) -> None:
        self.wfile.write(piece)
        self.wfile.flush()

    def _environ(self, request: Request) -> dict[str, Any]:
        """PEP 3333's dictionary."""
        named = {
            f"HTTP_{name.upper().replace('-', '_')}": value
            for name, value in request.headers.items()
            if name not in {"content-type", "content-length"}
        }
        return {
            "REQUEST_METHOD": request.verb,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(request.path, "latin-1"),
            "QUERY_STRING": request.query,
            "CONTENT_TYPE": request.header("content-type"),
            "CONTENT_LENGTH": str(request.length or 0),
            "SERVER_NAME": self.server.server_name,
            "SERVER_PORT": str(self.server.server_port),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": self.client_address[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(request.body if (request.length or 0) <= _DRAIN_LIMIT else b""),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **named,
        }

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Nothing: the record keeps every exchange."""


class _Pairs:
    """Header pairs that may repeat, in the shape of a mapping's ``items``."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    def items(self) -> list[tuple[str, str]]:
        """The pairs."""
        return self._pairs
