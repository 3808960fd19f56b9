"""Campaign parameters on links to the project's own domains."""

import json

import pytest

from publisher.model.config import Config, Links, Source
from publisher.text.parameters import link_tag
from tests.support.project import ProjectDir

UTM = 'links: {utm: {source: "{network}", campaign: "{key}"}, domains: [acme.dev]}\n'
ADDED = "utm_source=linkedin&utm_campaign=a%2Fb"
TAG = link_tag(
    Config(links=Links({"source": "{network}", "campaign": "{key}"}, ("acme.dev",))), "linkedin", "a/b"
)


@pytest.mark.parametrize(
    ("url", "tagged"),
    [
        ("https://acme.dev", f"https://acme.dev?{ADDED}"),
        ("https://acme.dev/x", f"https://acme.dev/x?{ADDED}"),
        ("https://www.acme.dev/x?a=1#top", f"https://www.acme.dev/x?a=1&{ADDED}#top"),
        ("HTTPS://ACME.dev/x?", f"HTTPS://ACME.dev/x?{ADDED}"),
        ("https://acme.dev/x?utm_source=mine", "https://acme.dev/x?utm_source=mine&utm_campaign=a%2Fb"),
        ("https://acme.dev/x?utm_source=&utm_campaign=y", "https://acme.dev/x?utm_source=&utm_campaign=y"),
    ],
)
def test_own_addresses_get_what_they_lack(url: str, tagged: str) -> None:
    assert TAG(url) == tagged
    assert TAG(tagged) == tagged


@pytest.mark.parametrize(
    "url",
    ["https://other.dev", "https://notacme.dev", "https://acme.dev.evil.example", "https://acme.dev@evil.example/",
     "https://evil.example/acme.dev", "mailto:me@acme.dev", "https://[acme.dev/"],
)  # fmt: skip
def test_other_addresses_stay(url: str) -> None:
    assert TAG(url) == url


def test_the_sources_name_the_domains() -> None:
    source = Source("blog", "site", "https://blog.acme.dev/{slug}/")
    tag = link_tag(Config(links=Links({"medium": "social"}), sources={"blog": source}), "bluesky", "a")
    assert tag("https://blog.acme.dev/x/") == "https://blog.acme.dev/x/?utm_medium=social"
    assert tag("https://acme.dev/") == "https://acme.dev/"


def test_texts_articles_and_comments_have_them(project: ProjectDir) -> None:
    project.configure(UTM)
    project.write(
        "content/a/b.md",
        "---\narticle: {url: https://acme.dev/c}\nfirst_comment: See https://acme.dev/d.\n---\n"
        "See [the docs](https://acme.dev/docs), https://acme.dev/x?y=1 and https://other.dev. #tag\n",
    )
    body = json.loads(project.publisher("payload", "a/b").out)
    share = body["specificContent"]["com.linkedin.ugc.ShareContent"]
    assert share["shareCommentary"]["text"] == (
        f"See the docs (https://acme.dev/docs?{ADDED}), https://acme.dev/x?y=1&{ADDED} and https://other.dev. #tag"
    )
    assert share["media"][0]["originalUrl"] == f"https://acme.dev/c?{ADDED}"
    assert f"https://acme.dev/d?{ADDED}" in project.publisher("payload", "a/b#first_comment").out


def test_a_live_post_is_held_when_parameters_are_added(project: ProjectDir) -> None:
    project.write("content/a.md", "See https://acme.dev.\n")
    assert project.publisher("publish").code == 0
    project.configure(UTM)
    assert "changed" in project.publisher("plan").out
    project.publisher("publish")
    assert len(project.created_texts()) == 1


@pytest.mark.parametrize(
    "setting",
    [
        "links: {utm: {source: x}}",
        'links: {utm: {source: "{author}"}, domains: [a.b]}',
        "links: {domains: ['*']}",
    ],
)
def test_a_setting_that_cannot_work_is_an_error(project: ProjectDir, setting: str) -> None:
    project.configure(setting + "\n")
    result = project.publisher("validate")
    assert result.code == 2
    assert "publisher.yaml:" in result.text
