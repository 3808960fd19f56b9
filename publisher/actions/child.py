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
    """Run a command in ``directory``, without GitHub's token. Being stopped is passed on, and its end awaited."""
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
    """Lines of a report, in the log."""
    if lines:
        with without_commands():
            click.echo("\n".join(lines))


@contextmanager
def _passing_on_signals(process: "subprocess.Popen[str]") -> Iterator[None]:
    """A cancelled run ends after the post at hand, with its URN recorded."""

    def pass_on(_number: int, _frame: FrameType | None) -> None:
        process.send_signal(signal.SIGINT)

    before = {number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, action in before.items():
            signal.signal(number, action)
