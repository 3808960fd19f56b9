"""Whole processes measured: wall seconds and peak memory, median of several runs."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """Medians of wall and CPU seconds, and the highest peak memory in MB, of some runs of one command.

    CPU seconds are those of all its processes; on a machine that others use, too, they say more.
    """

    seconds: float
    cpu: float
    peak_mb: float


_DRIVER = """
import json, os, sys, time
began = time.perf_counter()
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, usage = os.wait4(pid, 0)
seconds = time.perf_counter() - began
cpu = usage.ru_utime + usage.ru_stime
print(json.dumps([os.waitstatus_to_exitcode(status), seconds, cpu, usage.ru_maxrss / 1024]))
"""
"""Starts the command from a small process: a process's peak memory begins with that of whoever started it."""


def measure(arguments: Sequence[str], *, runs: int = 3, env: Mapping[str, str] | None = None) -> Figure:
    """Run a command ``runs`` times, one after the other. Raises RuntimeError where it fails."""
    return median([_run(arguments, env) for _ in range(runs)])


def median(figures: Sequence[Figure]) -> Figure:
    """The medians of the times, and the highest peak."""
    return Figure(
        statistics.median(f.seconds for f in figures),
        statistics.median(f.cpu for f in figures),
        max(f.peak_mb for f in figures),
    )


def _run(arguments: Sequence[str], env: Mapping[str, str] | None) -> Figure:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _DRIVER, *arguments],
        capture_output=True,
        env={**os.environ, **(env or {})},
        check=True,
    )
    code, *figure = json.loads(done.stdout)
    if code:
        raise RuntimeError(f"{arguments} ended with {code}: {done.stderr.decode()[-500:]}")
    return Figure(*figure)


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
