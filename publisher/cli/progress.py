"""How a run is shown while it goes on: a line for each receipt, a bar for uploads on a terminal."""

import sys
from types import TracebackType
from typing import Any

import click

from publisher.cli.console import paint
from publisher.model.post import Media
from publisher.publishing.receipts import Receipt
from publisher.publishing.run_context import Observer
from publisher.reports.results import receipt_text

_BAR_FROM = 1_000_000
"""Bytes from which an upload is worth a bar."""


class Console(Observer):
    """Prints receipts to stdout as they come, and upload progress to stderr where that is a terminal.

    ``silent`` prints nothing (the report comes at the end, as JSON), ``quiet`` no bars.
    """

    def __init__(self, *, silent: bool = False, quiet: bool = False) -> None:
        self._silent, self._quiet = silent, quiet
        self._progress: Any = None
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> "Console":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def upload(self, media: Media, sent: int, total: int) -> None:
        """Move the file's bar."""
        if self._silent or self._quiet or total < _BAR_FROM or not sys.stderr.isatty():
            return
        if self._progress is None:
            from rich.console import Console as RichConsole
            from rich.progress import Progress

            self._progress = Progress(console=RichConsole(stderr=True), transient=True)
            self._progress.start()
        if media.path not in self._tasks:
            self._tasks[media.path] = self._progress.add_task(media.path, total=total)
        self._progress.update(self._tasks[media.path], completed=sent)

    def finished(self, receipt: Receipt) -> None:
        """Print the receipt."""
        self._close()
        if self._silent:
            return
        click.echo(receipt_text(receipt, paint=paint))

    def _close(self) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None
            self._tasks.clear()
