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


def test_every_network_is_rehearsed_on_one_page(project: ProjectDir) -> None:
    project.write(
        "publisher.yaml",
        """authors:
  me: {urn: "urn:li:person:Mira_Example"}
  sky: {network: bluesky, handle: acme.dev}
  brand: {network: bluesky, handle: brand.dev, did: "did:plc:abcdefghijklmnopqrstuvwx"}
  masto: {network: mastodon, server: "https://hachyderm.io", account: acme}
  x: {network: zernio, platform: twitter, account: "65f0c0ffee65f0c0ffee65f0"}
""",
    )
    project.write("content/a.md", "---\nauthor: [me, sky, brand, masto, x]\n---\nLook at this.\n")
    first = project.publisher("publish", "--sandbox")
    assert (first.code, "5 published." in first.out) == (0, True), first.text
    links = re.findall(r"http://127\.0\.0\.1:8642(/feed/update/\S+)", first.out)
    assert len(links) == 5
    again = project.publisher("publish", "--sandbox")
    assert (again.code, "Nothing to do." in again.text) == (0, True), again.text
    assert not project.state_path.exists()
    with Sandbox(db=project.root / ".publisher/sandbox.sqlite") as sandbox:
        page = requests.get(sandbox.url, timeout=10).text
        assert page.count("Look at this.") >= 5
        for name in ("Bluesky", "Mastodon", "Zernio"):
            assert name in page
        assert {requests.get(sandbox.url + link, timeout=10).status_code for link in links} == {200}


def test_the_demo_publishes_on_three_networks_once(project: ProjectDir) -> None:
    root = Path(__file__).parents[2]
    for name in ("publisher.yaml", "content/three-networks.md"):
        project.write(name, (root / name).read_text(encoding="utf-8"))
    first = project.publisher("publish", "--sandbox")
    assert (first.code, "3 published." in first.out) == (0, True), first.text
    for name in ("urn:li:share:", "at://did:plc:", "mastodon:"):
        assert name in first.out
    assert "Nothing to do." in project.publisher("publish", "--sandbox").text
