"""A server of raw bytes, for answers no HTTP library would give."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Self

Script = Callable[[socket.socket, bytes], None]
"""What to do on a connection, given the socket and the request's head."""


class RawServer:
    """Plays one script for each connection, the last one for all that follow; counts what arrived."""

    def __init__(self, *scripts: Script) -> None:
        self._scripts = scripts
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._closing = False
        self.heads: list[bytes] = []
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._threads.append(threading.Thread(target=self._accept, daemon=True))
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing = True
        with contextlib.suppress(OSError):
            # closing alone does not wake a thread that is in accept
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for thread in self._threads:
            thread.join()

    @property
    def requests(self) -> int:
        """How many requests' heads have arrived."""
        return len(self.heads)

    def _accept(self) -> None:
        while not self._closing:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._play, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _play(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            head = read_head(connection)
            if not head:
                return
            self.heads.append(head)
            script = self._scripts[min(len(self.heads), len(self._scripts)) - 1]
            script(connection, head)


def read_head(connection: socket.socket) -> bytes:
    """A request's line and headers; nothing of its body is taken off the socket."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            return b""
        head += byte
    return head


def read_body(connection: socket.socket, head: bytes) -> bytes:
    """The body, by its Content-Length."""
    length = next(
        (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
    )
    body = b""
    while len(body) < length:
        body += connection.recv(length - len(body))
    return body


def answers(content: bytes) -> Script:
    """Read the request, then send these bytes and close."""

    def play(connection: socket.socket, head: bytes) -> None:
        read_body(connection, head)
        connection.sendall(content)

    return play


def drops(*, after_body: bool) -> Script:
    """Reset the connection, before the body was taken or after."""

    def play(connection: socket.socket, head: bytes) -> None:
        if after_body:
            read_body(connection, head)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return play


def hangs(sent: bytes = b"") -> Script:
    """Read the request, send these bytes, and stay silent until the client has gone."""

    def play(connection: socket.socket, head: bytes) -> None:
        read_body(connection, head)
        connection.sendall(sent)
        connection.recv(1)

    return play


def http(status: int, body: bytes | str = b"", **headers: str) -> bytes:
    """An answer with a right Content-Length; underscores in header names stand for hyphens."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(content)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


@contextlib.contextmanager
def unanswered_port() -> Iterator[str]:
    """A URL whose port takes no connection, and refuses none: its queue is full."""
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        yield f"http://127.0.0.1:{full.getsockname()[1]}"


def closed_port() -> str:
    """A URL on loopback where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"
