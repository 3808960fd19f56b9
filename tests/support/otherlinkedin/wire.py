"""How answers travel: every lawful way, and the ways of networks that fail. Nothing here knows of LinkedIn."""

import gzip
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.otherlinkedin.answers import Answer, Headers

LAWFUL = ("length", "chunked", "close", "http10", "gzip", "continue", "silent-close")
"""Styles in which every answer arrives whole."""
LOST = ("reset", "end", "cut-head", "cut-body", "garbage", "long-header", "many-headers")
"""Styles in which an answer never arrives whole."""
ENDLESS_BLOCK, ENDLESS_BLOCKS = b" " * 65_536, 1024


@dataclass(frozen=True, slots=True)
class Arrived:
    """A request: its raw target, and its headers by lower-case name."""

    listener: str
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


Serve = Callable[[Arrived], Answer]


class Listener(ThreadingHTTPServer):
    """A port of ``host`` with a name; ``style`` gives the style of answers that name none."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, name: str, host: str, serve: Serve, style: str, header_case: str) -> None:
        super().__init__((host, 0), _Talk)
        self.name, self.serve, self.style, self.header_case = name, serve, style, header_case
        self.ended = threading.Event()
        self.connections = 0
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def close(self) -> None:
        """Stop; whoever still waits for an answer gets none."""
        self.ended.set()
        self.shutdown()
        self.server_close()
        self._thread.join(10)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is not news."""


class _Talk(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: Listener
    timeout = 60

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def serve_one(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        arrived = Arrived(self.server.name, self.command, self.path, headers, self._body(headers))
        answer = self.server.serve(arrived)
        style = answer.style or self.server.style
        with suppress(OSError):
            self._send(answer, style, "gzip" in headers.get("accept-encoding", ""))

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = serve_one  # noqa: N815

    def _body(self, headers: Mapping[str, str]) -> bytes:
        if "chunked" not in headers.get("transfer-encoding", ""):
            return self.rfile.read(int(headers.get("content-length", "0")))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _send(self, answer: Answer, style: str, gzipped: bool) -> None:
        if style in LOST or style in ("hang", "endless", "drip"):
            self.close_connection = True
            getattr(self, "_" + style.replace("-", "_"))(answer)
            return
        body, headers, version = answer.body, list(answer.headers), "1.1"
        if style == "continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if body and (style == "gzip-unasked" or (style == "gzip" and gzipped)):
            body = gzip.compress(body)
            headers.append(("Content-Encoding", "gzip"))
        if style == "http10":
            version = "1.0"
        if style in ("close", "http10"):
            self.close_connection = True
            headers += [("Connection", "close")] if style == "close" else []
        elif style == "chunked" and answer.status not in (204, 304):
            headers.append(("Transfer-Encoding", "chunked"))
            body = (
                b"".join(b"%x;x=1\r\n%b\r\n" % (len(part), part) for part in _pieces(body))
                + b"0\r\nX-End: 1\r\n\r\n"
            )
        elif answer.status not in (204, 304):
            headers.append(("Content-Length", str(len(body))))
        if style == "silent-close":
            self.close_connection = True
        self.wfile.write(self._head(answer.status, headers, version) + body)

    def _head(self, status: int, headers: Headers | list[tuple[str, str]], version: str = "1.1") -> bytes:
        change = {"lower": str.lower, "upper": str.upper}.get(self.server.header_case, str)
        lines = [f"HTTP/{version} {status} ", *(f"{change(name)}: {value}" for name, value in headers)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def _reset(self, _: Answer) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _end(self, _: Answer) -> None:
        """The connection ends where an answer should begin."""

    def _cut_head(self, answer: Answer) -> None:
        self.wfile.write(f"HTTP/1.1 {answer.status} \r\nContent-Type: appli".encode())

    def _cut_body(self, answer: Answer) -> None:
        headers = [*answer.headers, ("Content-Length", str(len(answer.body) + 1))]
        self.wfile.write(self._head(answer.status, headers) + answer.body[: len(answer.body) // 2])

    def _garbage(self, _: Answer) -> None:
        self.wfile.write(b"\x16\x03\x01\x00\xff not HTTP at all\r\n\r\n")

    def _long_header(self, answer: Answer) -> None:
        self.wfile.write(self._head(answer.status, [("X-Long", "x" * 100_000), *answer.headers]))

    def _many_headers(self, answer: Answer) -> None:
        self.wfile.write(self._head(answer.status, [*((f"X-{n}", "x") for n in range(500)), *answer.headers]))

    def _hang(self, _: Answer) -> None:
        self.server.ended.wait()

    def _drip(self, answer: Answer) -> None:
        head = self._head(answer.status, [*answer.headers, ("Content-Length", str(len(answer.body)))])
        for piece in _pieces(head + answer.body, 40):
            self.wfile.write(piece)
            self.server.ended.wait(0.01)

    def _endless(self, answer: Answer) -> None:
        """64 MiB, and the end of the answer is never said."""
        self.wfile.write(self._head(answer.status, answer.headers))
        for _ in range(ENDLESS_BLOCKS):
            self.wfile.write(ENDLESS_BLOCK)
        self.server.ended.wait()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's word
        """Say nothing."""


def _pieces(body: bytes, size: int = 7) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]
