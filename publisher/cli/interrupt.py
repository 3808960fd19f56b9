"""Ctrl-C during a run: the first one ends it after the post at hand, the second one at once."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from publisher.cli.console import say


@contextmanager
def graceful_stop() -> Iterator[Callable[[], bool]]:
    """Gives a function that tells whether SIGINT or SIGTERM has asked to stop."""
    asked = False

    def ask(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001 - signal's signature
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        say(
            "Stopping after the current post. Press Ctrl-C again to stop at once; "
            "the post's outcome may then be unknown."
        )

    previous = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked
    finally:
        for number, action in previous.items():
            signal.signal(number, action)
