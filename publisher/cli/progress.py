"""How a run is shown while it goes on: a line for each receipt, the progress of large uploads on a terminal."""

import sys
from types import TracebackType

import click

from publisher.cli.console import paint
from publisher.model.post import Media
from publisher.publishing.receipts import Outcome, Receipt
from publisher.publishing.run_context import Observer
from publisher.reports.results import receipt_text
from publisher.reports.visible import one_line

_SHOWN_FROM = 1_000_000
"""Bytes from which an upload takes long enough to be shown."""


class Console(Observer):
    """Prints receipts to stdout as they come, and upload progress to stderr where that is a terminal.

    ``silent`` prints nothing (the report comes at the end, as JSON), ``quiet`` only what failed.
    """

    def __init__(self, *, silent: bool = False, quiet: bool = False) -> None:
        self._silent, self._quiet = silent, quiet
        self._shown = ""

    def __enter__(self) -> "Console":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clear()

    def upload(self, media: Media, sent: int, total: int) -> None:
        """Show how much of the file is sent."""
        if self._silent or self._quiet or total < _SHOWN_FROM or not sys.stderr.isatty():
            return
        line = f"uploading {one_line(media.path)}  {sent * 100 // total} %"
        if line != self._shown:
            self._clear()
            self._shown = line
            click.echo(line, nl=False, err=True)

    def finished(self, receipt: Receipt) -> None:
        """Print the receipt."""
        self._clear()
        done = receipt.outcome in (Outcome.DONE, Outcome.ADOPTED)
        if not self._silent and not (done and self._quiet):
            click.echo(receipt_text(receipt, paint=paint))

    def _clear(self) -> None:
        if self._shown:
            click.echo("\r\x1b[2K", nl=False, err=True)  # ECMA-48: erase the line
            self._shown = ""
