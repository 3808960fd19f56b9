"""A media file on its way out: checked against what was planned, then sent whole or in slices."""

import hashlib
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from publisher.errors import Rejected
from publisher.model.post import Media
from publisher.networks.bodies import FileBody
from publisher.networks.gateway import Progress
from publisher.networks.messages import Body

# 1 MiB: copying and hashing need few calls of the system.
_BLOCK = 1_048_576


@contextmanager
def verified(root: Path, media: Media) -> Iterator[Path]:
    """Provide a private copy of the file with the planned bytes. Raise `Rejected` otherwise.

    The file itself may change between a look at it and the last byte of its upload, and before a retry.
    """
    digest, size = hashlib.sha256(), 0
    with tempfile.TemporaryDirectory(prefix="publisher-upload-") as folder:
        path = Path(folder) / "file"
        try:
            with media.location(root).open("rb") as file, path.open("wb") as copy:
                while (block := file.read(_BLOCK)) and size <= media.size:
                    digest.update(block)
                    size += len(block)
                    copy.write(block)
        except OSError as error:
            raise Rejected(
                f"{media.path} can't be read any more: {error.strerror}; nothing was sent.",
                "Put the file back and publish again.",
                code="MEDIA_CHANGED",
            ) from None
        # the plan was made, and perhaps reviewed, with certain bytes: others must not be published under it
        if size != media.size or digest.hexdigest() != media.sha256:
            raise Rejected(
                f"{media.path} has changed since it was planned; nothing was sent.",
                "Plan again and look at the post before publishing it.",
                code="MEDIA_CHANGED",
            )
        yield path


def read_verified(root: Path, media: Media) -> bytes:
    """Return the bytes of a file. Raise `Rejected` if they are not those that were planned."""
    with verified(root, media) as path:
        return path.read_bytes()


class Upload:
    """One file being sent, perhaps in several slices at once; adds up what its slices have sent."""

    def __init__(self, path: Path, size: int, progress: Progress | None) -> None:
        self.path = path
        self.size = size
        self._progress = progress
        self._lock = threading.Lock()
        self._sent: dict[int, int] = {}
        self._told = 0

    def slice(self, first: int, last: int) -> Callable[[], Body]:
        """Return a function that opens bytes ``first`` to ``last``, both included, for one attempt."""
        return lambda: FileBody(self.path, first, last, lambda sent: self._count(first, sent))

    def whole(self) -> Callable[[], Body]:
        """Return a function that opens all bytes."""
        return self.slice(0, self.size - 1)

    def waiting(self) -> None:
        """Report that all bytes were sent. A listener may still end the upload by raising."""
        with self._lock:
            if self._progress:
                self._progress(self._told, self.size)

    def _count(self, first: int, sent: int) -> None:
        """Report progress, one caller at a time and never backwards.

        A repeated slice waits until it reaches its old mark.
        """
        with self._lock:
            self._sent[first] = sent
            total = sum(self._sent.values())
            # a bar that runs backwards looks like an error
            if self._progress and total > self._told:
                self._told = total
                self._progress(total, self.size)
