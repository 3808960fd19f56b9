"""A question on the terminal that a signal always ends.

``input`` misses a signal that arrives just before it begins to wait, and then waits for a line that nobody types.
"""

import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

_ANSWERS = {"y": True, "yes": True, "n": False, "no": False, "": False}


def agreed(question: str) -> bool:
    """Whether the person at the terminal says yes; no is the default. Raises `click.Abort` at the end of input."""
    with _woken_by_signals() as signals:
        while True:
            _forget_typed()
            click.echo(f"{question} [y/N]: ", nl=False, err=True)
            select.select([sys.stdin, signals], [], [])  # a signal's own action happens here
            line = sys.stdin.readline()
            if not line:
                raise click.Abort
            answer = _ANSWERS.get(line.strip().lower())
            if answer is not None:
                return answer
            click.echo("Answer y or n.", err=True)


def _forget_typed() -> None:
    """Drop what was typed before the question was there: it answers another one, or none."""
    if sys.stdin.isatty():
        import termios  # here, because Windows has none and no watch with questions

        termios.tcflush(sys.stdin, termios.TCIFLUSH)


@contextmanager
def _woken_by_signals() -> Iterator[int]:
    """A descriptor that can be read as soon as any signal has arrived."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield reading
    finally:
        signal.set_wakeup_fd(before)
        os.close(reading)
        os.close(writing)
