"""The documentation site: it builds without a warning, its links lead somewhere, and it works in a browser."""

import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from docsite import build as docs
from docsite.reference import commands, fields
from publisher.cli.main import cli
from publisher.content.schemas import load_schema
from tests.support.browser import DESKTOP, PHONE, OpenPage, screenshot, violations

ROOT = Path(__file__).parents[2]
SHOWN = ["", "tutorial/", "commands/", "reference/config/", "diagnostics/", "exactly-once/", "how-to/slots/"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("build")
    docs.build(target)
    return target / "site"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        """Print nothing."""


@pytest.fixture(scope="module")
def url(site: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def test_every_page_is_in_the_navigation_and_in_the_site(site: Path) -> None:
    configured = tomllib.loads((ROOT / "docsite" / "zensical.toml").read_text("utf-8"))["project"]["nav"]
    named = set(re.findall(r"'([\w/-]+\.md)'", str(configured)))
    sources = {str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")}
    assert sources <= named
    for name in named:
        page = site / name.removesuffix(".md")
        assert (site / "index.html" if name == "index.md" else page / "index.html").is_file(), name


def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    loaded = re.compile(
        r"""<(?:script|img|iframe)[^>]+src="?(https?:[^" >]+)"""
        r"""|<link[^>]+rel="?(?:stylesheet|preconnect)[^>]+(https?:[^" >]+)"""
    )
    assert [
        (page, found) for page in site.rglob("*.html") for found in loaded.findall(page.read_text())
    ] == []


@pytest.mark.parametrize("link", ["nothere.md", "auth.md#not-a-heading", "../README.md"])
def test_a_broken_link_fails_the_build(link: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "root"
    for name in ("docs", "docsite"):
        shutil.copytree(ROOT / name, root / name)
    for name in docs.FROM_ROOT:
        shutil.copy(ROOT / name, root)
    with (root / "docs" / "index.md").open("a") as page:
        page.write(f"\n[broken]({link})\n")
    monkeypatch.setattr(docs, "ROOT", root)
    with pytest.raises(subprocess.CalledProcessError, match="strict"):
        docs.build(tmp_path)


def test_the_generated_pages_have_every_command_setting_and_field(site: Path) -> None:
    text = (site / "reference/commands/index.html").read_text()
    typed = [" ".join(path) for path, _ in commands(cli, ("publisher",))]
    assert len(typed) > 30
    assert [name for name in typed if f'id="{name.replace(" ", "-")}"' not in text] == []
    for name in ("config", "post", "state", "plan"):
        page = (site / f"reference/{name}/index.html").read_text()
        paths = [path for path, _ in fields(load_schema(name), load_schema(name))]
        assert paths
        assert [path for path in paths if f"<code>{path}</code>" not in page] == []


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_site_is_readable_for_everyone(
    url: str, open_page: OpenPage, size: tuple[int, int], dark: bool
) -> None:
    for name in SHOWN:
        page = open_page(url + name, size=size, dark=dark)
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"
        if not dark:
            screenshot(page, f"docs-{name.strip('/').replace('/', '-') or 'home'}-{size[0]}")
        page.context.close()


@pytest.mark.browser
def test_the_search_finds_a_message(url: str, open_page: OpenPage) -> None:
    page = open_page(url)
    page.keyboard.press("/")
    page.keyboard.type("unknown outcome")
    page.get_by_role("link", name=re.compile("Settle an unknown outcome")).last.wait_for()
