"""The release: its tag, its version and its notes agree, or it stops."""

import subprocess
import sys
from pathlib import Path

import publisher

ROOT = Path(__file__).parents[1]
PROJECT = '[project]\nname = "x"\nversion = "{}"\n'
CHANGES = (
    "# Changelog\n\n## Unreleased\n\n## 0.2.0 - 2026-11-24\n\n### Added\n\n- Much.\n\n## 0.1.0\n\n- Less.\n"
)


def release(
    root: Path, tag: str, version: str = "0.2.0", changes: str = CHANGES
) -> subprocess.CompletedProcess[str]:
    (root / ".ci").mkdir(parents=True)
    (root / "publisher").mkdir()
    (root / ".ci" / "release").write_text((ROOT / ".ci" / "release").read_text())
    (root / "pyproject.toml").write_text(PROJECT.format(version))
    (root / "publisher" / "__init__.py").write_text(f'__version__ = "{version}"\n')
    (root / "CHANGELOG.md").write_text(changes)
    command = [sys.executable, str(root / ".ci" / "release"), "notes", tag]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_notes_are_the_section_of_the_version(tmp_path: Path) -> None:
    done = release(tmp_path, "v0.2.0")
    assert (done.returncode, done.stdout) == (0, "### Added\n\n- Much.\n"), done.stderr


def test_what_differs_stops_the_release(tmp_path: Path) -> None:
    wrong_tag = release(tmp_path / "a", "v0.2.1")
    assert (wrong_tag.returncode, "The tag is v0.2.1" in wrong_tag.stderr) == (1, True)
    unwritten = release(tmp_path / "b", "v0.3.0", "0.3.0")
    assert (unwritten.returncode, "no section 0.3.0" in unwritten.stderr) == (1, True)


def test_the_version_is_said_once() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    assert f'version = "{publisher.__version__}"' in text
