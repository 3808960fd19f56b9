"""The terminal: what was typed before a question is shown does not answer it."""

import os
import pty
import subprocess
import sys

import pytest

PROGRAM = """
import sys
from publisher.cli.confirm import agreed
sys.stdin.readline()
print("agreed" if agreed("Publish?") else "refused", flush=True)
"""


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [(b"", b"y\n", b"agreed"), (b"y\n", b"n\n", b"refused"), (b"y\ny\n", b"\n", b"refused")],
)
def test_an_answer_typed_before_the_question_is_forgotten(before: bytes, after: bytes, said: bytes) -> None:
    ours, theirs = pty.openpty()
    # typed before the program runs: one line that it waits for, and answers that come too early
    os.write(ours, b"go\n" + before)
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr is not None
        shown = b""
        while not shown.endswith(b"[y/N]: "):
            byte = process.stderr.read(1)
            assert byte, shown
            shown += byte
        os.write(ours, after)
        out, _ = process.communicate(timeout=30)
    os.close(ours)
    os.close(theirs)
    assert said in out
