"""A rehearsal can be looked at afterwards, as its last line says."""

import re
from pathlib import Path

import pytest
import requests
from PIL import Image

from publisher.sandbox.server import Sandbox
from tests.support.project import ProjectDir


def test_the_feed_shows_what_was_rehearsed(project: ProjectDir, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("RGB", (64, 64), "teal").save(project.root / "content/a.png")
    project.write("content/a.md", "---\nmedia: {path: a.png, alt: Teal}\n---\nLook at this.\n")
    result = project.publisher("publish", "--sandbox")
    named = re.search(r"publisher sandbox --db (\S+)`", result.err)
    assert named is not None, result.text
    monkeypatch.chdir(project.root)
    with Sandbox(db=Path(named[1])) as sandbox:
        page = requests.get(sandbox.url, timeout=10).text
        assert "Look at this." in page
        (picture,) = re.findall(r'src="(/feed/media/[^"]+)"', page)
        answer = requests.get(sandbox.url + picture, timeout=10)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.content == (project.root / "content/a.png").read_bytes()
