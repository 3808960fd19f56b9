"""What the live page shows at this moment, and the readers that wait for the next change."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from publisher.preview.page import Page

_BEAT = 10.0
"""Seconds after which a silent stream sends a comment, so that a lost connection is noticed."""


@dataclass(frozen=True, slots=True)
class Show:
    """What the server shows: a page, and the files of its media by sha256 with their types."""

    page: Page = field(default_factory=lambda: Page(()))
    files: Mapping[str, tuple[Path, str]] = field(default_factory=dict)


class Stage:
    """Holds the latest show, and notifies the readers that wait for the next one."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._show = Show()
        self._version = 0
        self._closed = False

    @property
    def show(self) -> Show:
        """The latest show."""
        return self._show

    @property
    def version(self) -> int:
        """How many shows there were."""
        return self._version

    def present(self, show: Show) -> None:
        """Replace the show. Readers get a message only if the page differs."""
        with self._news:
            # The files are replaced in any case, because a picture may have changed its path only.
            same = self._version and show.page.outline == self._show.page.outline
            self._show = show
            if not same:
                self._version += 1
                self._news.notify_all()

    def close(self) -> None:
        """End every stream."""
        with self._news:
            self._closed = True
            self._news.notify_all()

    def versions(self) -> Iterator[tuple[int, Show] | None]:
        """Yield the latest show at once, then each new one; None when nothing happened for a while."""
        seen = 0
        while not self._closed:
            with self._news:
                self._news.wait_for(lambda: self._closed or self._version > seen, timeout=_BEAT)  # noqa: B023
                version, show = self._version, self._show
            if self._closed:
                return
            yield (version, show) if version > seen else None
            seen = version
