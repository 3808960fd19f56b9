"""The feed page shows the posts of every network."""

import re

import requests

from publisher.networks.bluesky.open_gateway import open_bluesky
from publisher.networks.mastodon.open_gateway import open_mastodon
from publisher.networks.zernio.open_gateway import open_zernio
from publisher.sandbox.bluesky.network import HANDLE, PASSWORD
from publisher.sandbox.mastodon.network import TOKEN
from publisher.sandbox.server import Sandbox
from publisher.sandbox.zernio.network import KEY
from tests.support.copies import NOW, image, linked, post, runtime


def test_one_page_shows_all_networks(sandbox: Sandbox, png: bytes) -> None:
    media = image(png)
    files = {media.sha256: png}
    sky = open_bluesky(HANDLE, PASSWORD, {}, service=sandbox.url, runtime=runtime())
    masto = open_mastodon(sandbox.url, TOKEN, {}, runtime=runtime())
    account = sandbox.zernio.accounts.all()[0]
    api = f"{sandbox.url}/zernio/api"
    service = open_zernio("twitter", account.id, KEY, {}, api=api, runtime=runtime())
    made = sky.create(sky.freeze(post(text=linked(), media=(media,)), NOW, files))
    masto.create(masto.freeze(post("Hello #fediverse", media=(media,)), NOW, files))
    service.create(service.freeze(post("Hello by Zernio", media=(media,)), NOW, files))
    page = requests.get(f"{sandbox.url}/", timeout=20).text
    for words in ("Bluesky", "Mastodon", "Zernio", "Größer: read", "#fediverse", "Hello by Zernio"):
        assert words in page
    assert 'href="https://acme.dev/blog/"' in page
    pictures = re.findall(r'src="(/feed/media/[^"]+)"', page)
    assert len(pictures) == 3
    assert all(requests.get(sandbox.url + path, timeout=20).content == png for path in pictures)
    (link,) = set(re.findall(r'href="(/feed/update/at:[^"]+)"', page))
    assert "Größer: read" in requests.get(sandbox.url + link, timeout=20).text
    sky.delete(made.urn)
    assert "Größer: read" not in requests.get(f"{sandbox.url}/", timeout=20).text
