"""The sandbox's HTTP/1.1 server.

It has keep-alive, streams, TLS, a CONNECT proxy, and the broken connections of faults.
"""

import contextlib
import io
import socket
import socketserver
import ssl
import struct
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from publisher.sandbox.addresses import LINKEDIN_HOSTS, Addresses
from publisher.sandbox.messages import Ending, Request, Response

# These responses have no body (RFC 9110, sections 15.3.5 and 15.4.5).
_BODILESS = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
# 16 MiB: up to this size, reading a refused body costs less than a new connection.
_DRAIN_LIMIT = 16_777_216
_TLS_HANDSHAKE = 0x16  # RFC 8446, section 5.1: the first byte of a record of a handshake


class Server(ThreadingHTTPServer):
    """Runs a thread for each connection; ``answer`` gives the responses.

    With ``tls`` the port takes both TLS and plain HTTP. With ``proxy`` it also takes CONNECT for LinkedIn's
    hosts.
    """

    daemon_threads = True
    block_on_close = False
    # hundreds of clients may connect within one moment
    request_queue_size = 512

    def __init__(
        self,
        address: tuple[str, int],
        answer: Callable[[Request], Response],
        addresses: Addresses,
        tls: ssl.SSLContext | None = None,
        *,
        proxy: bool = False,
    ) -> None:
        self.answer = answer
        self.addresses = addresses
        self.tls = tls
        self.proxy = proxy
        self.stopping = threading.Event()
        # the accepted socket -> the socket that is in use now, which TLS replaces
        self._connections: dict[socket.socket, socket.socket] = {}
        self._idle = threading.Condition()
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, Connection)

    @property
    def host(self) -> str:
        """Return the address that clients on this machine use."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.server_name, self.server_name)  # noqa: S104

    def local_url(self, scheme: str) -> str:
        """Return where clients on this machine reach it, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.server_port}"

    def server_bind(self) -> None:
        """Bind without asking DNS for the host's name, which HTTPServer would do."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that ``stop`` can end it."""
        with self._idle:
            self._connections[request] = request
        super().process_request(request, client_address)

    def secure(self, request: socket.socket) -> ssl.SSLSocket:
        """Do the TLS handshake on an accepted socket."""
        if self.tls is None:
            raise ConnectionError("TLS is not configured")
        secured = self.tls.wrap_socket(request, server_side=True)
        with self._idle:
            self._connections[request] = secured
        return secured

    def shutdown_request(self, request: Any) -> None:
        """Close a connection, and forget it."""
        with self._idle:
            current = self._connections.get(request, request)
        super().shutdown_request(current)
        with self._idle:
            self._connections.pop(request, None)
            self._idle.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that go away or refuse our certificate; anything else is a bug of the sandbox."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError | ssl.SSLError):
            super().handle_error(request, client_address)

    def stop(self, patience: float = 5.0) -> None:
        """Stop accepting, end every connection, wait for their threads."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        with self._idle:
            for connection in self._connections.values():
                with contextlib.suppress(OSError):
                    # of the plain socket: TLS would wait for the client's goodbye
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
            self._idle.wait_for(lambda: not self._connections, timeout=patience)


class Connection(BaseHTTPRequestHandler):
    """One client's connection."""

    protocol_version = "HTTP/1.1"
    # small answers must not wait for the acknowledgement of the one before
    disable_nagle_algorithm = True
    # Head and body of a small response leave in one write.
    wbufsize = 65_536
    server: Server

    def setup(self) -> None:
        """Begin with a TLS handshake if the client does."""
        self._accepted = self.request
        if self.server.tls and self.request.recv(1, socket.MSG_PEEK)[:1] == bytes([_TLS_HANDSHAKE]):
            self.request = self.server.secure(self.request)
        super().setup()

    def handle_expect_100(self) -> bool:
        """Ask for the body at once; a fault that drops the connection before the body does so later."""
        self.send_response_only(HTTPStatus.CONTINUE)
        self.end_headers()
        self.wfile.flush()
        return True

    def do_CONNECT(self) -> None:
        """Answer for LinkedIn's hosts in place of LinkedIn; refuse every other host."""
        host, _, port = self.path.rpartition(":")
        nested = isinstance(self.request, ssl.SSLSocket)
        if nested or not self.server.proxy or host.lower() not in LINKEDIN_HOSTS or port != "443":
            self.close_connection = True
            reason = f"This proxy answers for {' and '.join(LINKEDIN_HOSTS)}, port 443, only.\n".encode()
            self.wfile.write(self._head(403, {"content-type": "text/plain"}, len(reason)) + reason)
            return
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.wfile.flush()
        self.request = self.server.secure(self._accepted)
        super().setup()
        self.close_connection = False

    def _serve(self) -> None:
        request = self._request()
        try:
            response = self.server.answer(request)
        except (ConnectionError, TimeoutError):
            raise
        except Exception:
            traceback.print_exc()
            self.close_connection = True
            response = Response(
                500, b"the sandbox itself failed; its log says how", {"content-type": "text/plain"}
            )
        self._send(request, response)

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Return the handler for ``do_GET`` and every other verb. The routes decide which verbs exist."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _request(self) -> Request:
        """Return the request's head as a value; its body is still to be read."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        length = headers.get("content-length", "")
        known = length.isascii() and length.isdigit() and "transfer-encoding" not in headers
        # a body of unknown length can't be skipped: what follows it would be read as a request
        if not known and (length or "transfer-encoding" in headers):
            self.close_connection = True
        target, host = _origin_form(self.path)
        # RFC 9112, section 3.2.2: the host of an absolute-form target replaces the header
        if host:
            headers["host"] = host
        secure = isinstance(self.request, ssl.SSLSocket)
        addresses, own = self.server.addresses, self.server.local_url("https" if secure else "http")
        return Request(
            self.command,
            target,
            headers,
            cast("BinaryIO", self.rfile),
            int(length) if known else None,
            addresses.base_url(headers, own, secure=secure),
            trusted_host=addresses.trusts(headers.get("host", ""), self.server.host),
        )

    def _send(self, request: Request, response: Response) -> None:
        """Write a response, or break off as its ``ending`` says."""
        if response.delay:
            self.server.stopping.wait(response.delay)
        if response.ending is Ending.DROP:
            self._reset()
            return
        if response.ending is Ending.HANG:
            self._hang()
            return
        self._drain(request)
        if response.stream is not None:
            self._send_stream(response)
            return
        head = self._head(response.status, response.headers, len(response.body))
        whole = head + (b"" if self.command == "HEAD" else response.body)
        if response.ending is Ending.CUT:
            self.wfile.write(whole[: response.cut_at])
            self.wfile.flush()
            self._reset()
            return
        self.wfile.write(whole)

    def _send_stream(self, response: Response) -> None:
        """Send the pieces as they come; without a length, closing ends the body."""
        assert response.stream is not None  # noqa: S101 - the caller has checked it
        with contextlib.closing(cast("Any", response.stream)) as pieces:
            if "content-length" not in response.headers:
                self.close_connection = True
            self.wfile.write(self._head(response.status, response.headers, None))
            self.wfile.flush()
            if self.command == "HEAD":
                return
            for piece in pieces:
                self.wfile.write(piece)
                self.wfile.flush()

    def _head(self, status: int, headers: Mapping[str, str], length: int | None) -> bytes:
        phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
        lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
        if length is not None and status not in _BODILESS:
            lines.append(f"content-length: {length}")
        lines.append(f"date: {self.date_time_string()}")
        if self.close_connection:
            lines.append("connection: close")
        # no value may begin another header
        clean = (line.replace("\r", "").replace("\n", "") for line in lines)
        return ("\r\n".join(clean) + "\r\n\r\n").encode("latin-1", "replace")

    def _drain(self, request: Request) -> None:
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

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Write nothing: the request log has every request."""


def _origin_form(target: str) -> tuple[str, str]:
    """Return a request's target as path and query, and the host of one in absolute form (empty otherwise)."""
    if not target.lower().startswith(("http://", "https://")):
        return target, ""
    try:
        parts = urlsplit(target)
    except ValueError:
        return target, ""
    # not urlunsplit: the path must stay byte for byte as it came
    path = target.split("://", 1)[1].partition("/")[2]
    return f"/{path}", parts.netloc.rpartition("@")[2]
