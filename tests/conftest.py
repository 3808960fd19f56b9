"""Fixtures that all rooms share."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from publisher.sandbox.server import Sandbox

# before their import: pytest shows the difference in assertions of these helpers, too
pytest.register_assert_rewrite(
    "tests.content.golden",
    "tests.other_linkedin.promises",
    "tests.render.golden",
    "tests.support",
)

from tests.support.browser import browser, open_page  # noqa: F401 - fixtures
from tests.support.postgres import cable, database, postgres  # noqa: F401 - fixtures
from tests.support.project import ProjectDir


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or fills the user's own cache."""
    with pytest.MonkeyPatch.context() as patch:
        folder = str(tmp_path_factory.mktemp("cache"))
        patch.setenv("PUBLISHER_CACHE_DIR", folder)
        patch.setenv("XDG_CACHE_HOME", folder)
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("journals")))
        yield


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A LinkedIn of this test's own, without daily limits."""
    with Sandbox(member_quota=None, app_quota=None) as running:
        yield running


@pytest.fixture
def project(tmp_path: Path, sandbox: Sandbox) -> ProjectDir:
    """An empty project, configured to publish to the sandbox."""
    made = ProjectDir(tmp_path, sandbox)
    made.configure()
    (tmp_path / "content").mkdir()
    return made


@pytest.fixture(scope="session")
def png() -> bytes:
    """A small image."""
    buffer = io.BytesIO()
    Image.new("RGB", (3, 2), "red").save(buffer, "PNG")
    return buffer.getvalue()
