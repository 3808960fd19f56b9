"""``publisher`` as a process of its own: what it prints is a report to work with, not yet the log."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

import click

from publisher.actions.runner import without_commands


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command gave back; ``err`` is also in the log."""

    code: int
    out: str
    err: str


def publisher(directory: str, environ: Mapping[str, str], *arguments: str) -> Answer:
    """Run a command in ``directory``, without GitHub's token.

    A signal to stop is passed on to the command, and its end is awaited.
    """
    # -P: nothing in the checkout is imported, whatever its name
    command = [sys.executable, "-P", "-m", "publisher", "--no-color", "-C", directory, *arguments]
    inherited = {name: value for name, value in environ.items() if name != "GITHUB_TOKEN"}
    process = subprocess.Popen(  # noqa: S603
        command,
        env=inherited,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )
    with _passing_on_signals(process):
        out, err = process.communicate()
    if err:
        with without_commands():
            click.echo(
                err, nl=not err.endswith("\n")
            )  # what ends the log's silence stands on a line of its own
    return Answer(process.returncode, out, err)


def told(lines: Sequence[str]) -> None:
    """Print the lines of a report to the log."""
    if lines:
        with without_commands():
            click.echo("\n".join(lines))


@contextmanager
def _passing_on_signals(process: "subprocess.Popen[str]") -> Iterator[None]:
    """Pass signals on to the process: a cancelled run ends after the post at hand and records its URN."""

    def pass_on(_number: int, _frame: FrameType | None) -> None:
        # Both signals become SIGINT, on which publisher ends after the post at hand. A runner sends SIGINT
        # first and SIGTERM 7.5 seconds later (docs.github.com, Canceling a workflow).
        process.send_signal(signal.SIGINT)

    before = {number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, action in before.items():
            signal.signal(number, action)
