"""Whole processes measured: wall seconds and peak memory, median of several runs."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """Median wall seconds and the highest peak memory in MB of some runs of one command."""

    seconds: float
    peak_mb: float


def measure(arguments: Sequence[str], *, runs: int = 3, env: Mapping[str, str] | None = None) -> Figure:
    """Run a command ``runs`` times, one after the other. Raises RuntimeError where it fails."""
    seconds, peaks = [], []
    for _ in range(runs):
        began = time.perf_counter()
        process = subprocess.Popen(
            arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, **(env or {})}
        )
        assert process.stderr is not None
        error = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds.append(time.perf_counter() - began)
        peaks.append(usage.ru_maxrss / 1024)
        if process.returncode:
            raise RuntimeError(f"{arguments} ended with {process.returncode}: {error.decode()[-500:]}")
    return Figure(statistics.median(seconds), max(peaks))


def publisher(root: Path, *arguments: str, runs: int = 3, env: Mapping[str, str] | None = None) -> Figure:
    """The product's command in ``root``."""
    return measure([sys.executable, "-m", "publisher", "-C", str(root), *arguments], runs=runs, env=env)


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows in columns, numbers to two places."""
    cells = [[f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [list(head), *cells]) for i in range(len(head))]
    print(f"\n{title}")
    for first, *rest in [list(head), *cells]:
        columns = (cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
        print("  ".join([first.ljust(widths[0]), *columns]))
