"""The repositories that a state in git lives in."""

from pathlib import Path

import pytest

from tests.support.repository import make_server, start_repository


@pytest.fixture
def server(tmp_path: Path) -> Path:
    """A bare repository."""
    return make_server(tmp_path)


@pytest.fixture
def work(tmp_path: Path, server: Path) -> Path:
    """A clone with one commit on main, pushed."""
    return start_repository(tmp_path / "work", server)


@pytest.fixture
def lone(tmp_path: Path) -> Path:
    """A repository without a remote."""
    return start_repository(tmp_path / "lone")
