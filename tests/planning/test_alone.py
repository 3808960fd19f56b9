"""The tests of planning need pytest, hypothesis and what the package itself requires; nothing else."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BLOCKED = """
import sys
for name in ("axe_playwright_python", "cmarkgfm", "icalendar", "markdown_it", "playwright", "psycopg", "typst"):
    sys.modules[name] = None
import pytest
sys.exit(pytest.main(["--collect-only", "-qq", "-p", "no:cacheprovider", "tests/planning"]))
"""


def test_collecting_needs_no_other_package() -> None:
    environment = {"PATH": "/usr/bin:/bin", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
