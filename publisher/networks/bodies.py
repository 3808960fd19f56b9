"""Request bodies: JSON, forms, and slices of files, each of which knows whether sending it has begun.

They look like files to `requests`, which then sends headers first and asks for the body afterwards. So a body
that was never asked for proves that the server can't have acted on the request.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

from publisher.networks.messages import Body

# 64 KiB: few calls of the system, and progress that moves.
_BLOCK = 65_536


class BytesBody:
    """A body held in memory."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._position = 0
        self.started = False

    def __len__(self) -> int:
        return len(self._content)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        block = self.read(_BLOCK)
        if not block:
            raise StopIteration
        return block

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, empty at the end."""
        self.started = True
        end = len(self._content) if size < 0 else self._position + size
        block = self._content[self._position : end]
        self._position += len(block)
        return block

    def close(self) -> None:
        """Do nothing: no resource is held."""


class FileBody:
    """Bytes ``first`` to ``last`` (both included) of a file, read as they are sent."""

    def __init__(self, path: Path, first: int, last: int, sent: Callable[[int], None]) -> None:
        self._file = path.open("rb")
        self._file.seek(first)
        self._length = self._left = last - first + 1
        self._sent = sent
        self.started = False

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        block = self.read(_BLOCK)
        if not block:
            raise StopIteration
        return block

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, empty at the end; tells ``sent`` how many of the slice have been read."""
        self.started = True
        block = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(block)
        self._sent(self._length - self._left)
        return block

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Fenced:
    """A body that calls ``leaving`` before its first byte is taken for sending.

    What that raises keeps it back.
    """

    def __init__(self, body: Body, leaving: Callable[[], None]) -> None:
        self._body, self._leaving = body, leaving

    @property
    def started(self) -> bool:
        """See `publisher.networks.messages.Body`."""
        return self._body.started

    @started.setter
    def started(self, value: bool) -> None:
        self._body.started = value

    def __len__(self) -> int:
        return len(self._body)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        block = self.read(_BLOCK)
        if not block:
            raise StopIteration
        return block

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, empty at the end."""
        if not self._body.started:
            self._leaving()
        return self._body.read(size)

    def close(self) -> None:
        """Close the body."""
        self._body.close()


def json_body(document: Mapping[str, Any]) -> Callable[[], Body]:
    """Return a JSON document as UTF-8, without needless escapes or spaces."""
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return lambda: BytesBody(content)


def form_body(fields: Mapping[str, str]) -> Callable[[], Body]:
    """Return a form, percent-encoded."""
    content = urlencode(fields).encode()
    return lambda: BytesBody(content)
