"""What each network is sent is what the plan and the preview show."""

from pathlib import Path

import pytest

from publisher.model.post import Post
from publisher.networks.registry import facts_of
from publisher.project import load

CONFIG = """\
authors:
  masto: {network: mastodon, server: "https://mastodon.test"}
  x: {network: zernio, platform: twitter, account: "65f0a1"}
defaults: {author: [masto, x]}
mentions: {acme: {mastodon: "@acme@mastodon.test", zernio: "@acme"}}
"""
WORDS = (
    "Read [the post](https://acme.dev/blog/), [acme.dev](https://acme.dev/) and <https://q.dev/>,"
    " or ask @[Acme](acme) by [mail](mailto:a@acme.dev) or <b@acme.dev>.\n"
)


@pytest.fixture
def copies(tmp_path: Path) -> tuple[Post, ...]:
    (tmp_path / "publisher.yaml").write_text(CONFIG)
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "hello.md").write_text(WORDS)
    return load(tmp_path, {}).posts


def test_a_text_is_sent_as_it_is_shown(copies: tuple[Post, ...]) -> None:
    assert [facts_of(post.author).sent(post) for post in copies] == [post.text.plain for post in copies]


def test_each_address_is_written_out_once(copies: tuple[Post, ...]) -> None:
    (text,) = (post.text.plain for post in copies if post.author.alias == "masto")
    assert text == (
        "Read the post (https://acme.dev/blog/), https://acme.dev/ and https://q.dev/,"
        " or ask @acme@mastodon.test by mail (a@acme.dev) or b@acme.dev."
    )
