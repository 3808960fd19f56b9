"""Projects that are only files, for tests of reading."""

from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.model.config import Config
from tests.content.reading import Reading, read_documents

Read = Callable[..., Reading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads a project made of ``{name under content/: text or bytes}``."""

    def read_files(files: dict[str, str | bytes]) -> Reading:
        for name, text in files.items():
            path = tmp_path / "content" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_documents(tmp_path, Config())

    return read_files
