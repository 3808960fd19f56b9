"""SIGINT and SIGTERM end a command with 130 and one line, also while it starts."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

WAITS = """
import pathlib, time
pathlib.Path({reached!r}).touch()
time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("module", ["click", "yaml"], ids=["in its first import", "in a later one"])
def test_a_signal_during_start_up_ends_with_130(tmp_path: Path, module: str, number: signal.Signals) -> None:
    reached = tmp_path / "reached"
    (tmp_path / f"{module}.py").write_text(WAITS.format(reached=str(reached)))
    process = subprocess.Popen(
        [sys.executable, "-m", "publisher", "-C", str(tmp_path), "plan"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while process.poll() is None and not reached.exists():
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.01)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err.strip()) == (130, "interrupted")


def test_an_interrupt_that_was_handled_leaves_the_exit_code_alone(tmp_path: Path) -> None:
    """CPython remembers an interrupt that left exec() of a string, and kills `python -m` at its end."""
    (tmp_path / "interrupted.py").write_text("""
import signal
from publisher.cli import main

def run():
    try:
        exec("signal.raise_signal(signal.SIGINT)", {"signal": signal})
    except KeyboardInterrupt:
        return 7

main.run = run
main.main()
""")
    command = [sys.executable, "-m", "interrupted"]
    assert subprocess.run(command, cwd=tmp_path, check=False, timeout=60).returncode == 7
