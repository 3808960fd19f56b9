"""Run a publisher command as a process of its own.

The tools return what the commands report, so an assistant sees what a person sees. A process of its own keeps
standard output free for the protocol, and nothing is remembered between two calls.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

READ_SECONDS = 120
"""A command that reads: 10,000 posts take 5 s (docs/performance.md)."""

PUBLISH_SECONDS = 3600
"""A run that publishes: LinkedIn works for minutes on a video."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a command gave back."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Standard output as JSON; None if it is not."""
        try:
            return json.loads(self.out)
        except ValueError:
            return None


def run(root: Path, *arguments: str, seconds: int = READ_SECONDS) -> Report:
    """Run ``publisher -C ROOT ARGUMENTS``.

    A command that does not end in time has code 124, as with timeout(1).
    """
    # -P: a file of the project's is never imported, whatever its name
    command = [sys.executable, "-P", "-m", "publisher", "--no-color", "-C", str(root), *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter; arguments follow `--` where they are an assistant's
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        # subprocess.run has killed the process. After a publish run, a stored intent marks the outcome as
        # unknown.
        return Report(124, "", f"The command did not end within {seconds} seconds.")
    return Report(done.returncode, done.stdout, done.stderr)
