"""``publisher.yaml``: every setting read, every default kept, secrets nowhere, all problems at once."""

import contextlib
import os
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.errors import ConfigError, UsageError
from publisher.model.config import Config, Defaults, Late, Limits, LinkedIn, Slot, TextConfig
from publisher.model.diagnostic import Severity
from publisher.model.post import Author, Visibility
from publisher.settings.config import load_config

FULL = """\
content: posts/
templates: layouts
state: git+branch:publisher-state
project: acme-blog
api: posts
timezone: Europe/Berlin
authors:
  me:   {urn: "urn:li:person:AbC_123"}
  acme: {urn: "urn:li:organization:4711", token_env: ACME_TOKEN}
  sky: {network: bluesky, handle: Acme.dev}
  did: {network: bluesky, handle: a.b.c, did: "did:plc:abc", service: "https://PDS.example/", token_env: SKY}
  masto: {network: mastodon, server: "https://Hachyderm.io/"}
  fosst: {network: mastodon, server: "http://localhost:3000", account: Acme}
  x: {network: zernio, platform: twitter, account: 65f0}
defaults: {author: [me, sky], visibility: connections, hashtags: [python]}
mentions: {acme: "urn:li:organization:4711", ada: {bluesky: ada.dev, mastodon: "@ada@m.io", zernio: "@ada"}}
vars: {product: publisher}
text: {emphasis: unicode, links: footnotes, line_breaks: keep}
limits: {creates_per_run: 7, deletes_per_run: 2, spacing: 2h, requests_per_member: 100, requests_per_app: 5}
late: {grace: 3d, policy: skip}
slots:
- {weekday: tuesday, time: 09:30}
- {weekday: sunday, time: "18:00", timezone: UTC}
lints: {alt-missing: error, near-fold: off}
on_change: update
linkedin: {api_url: "http://127.0.0.1:1/", oauth_url: "http://127.0.0.1:2", version: "202608"}
"""


def load(tmp_path: Path, text: str, **environ: str) -> Config:
    (tmp_path / "publisher.yaml").write_text(text, "utf-8")
    return load_config(tmp_path, environ)


def test_every_setting(tmp_path: Path) -> None:
    assert load(tmp_path, FULL) == Config(
        content="posts",
        templates="layouts",
        state="git+branch:publisher-state",
        project="acme-blog",
        api="posts",
        timezone="Europe/Berlin",
        authors={
            "me": Author("urn:li:person:AbC_123", "me", "LINKEDIN_ACCESS_TOKEN"),
            "acme": Author("urn:li:organization:4711", "acme", "ACME_TOKEN"),
            "sky": Author(
                "bluesky:acme.dev",
                "sky",
                "BLUESKY_APP_PASSWORD",
                network="bluesky",
                handle="acme.dev",
                service="https://bsky.social",
            ),
            "did": Author(
                "did:plc:abc", "did", "SKY", network="bluesky", handle="a.b.c", service="https://pds.example"
            ),
            "masto": Author(
                "mastodon:https://hachyderm.io",
                "masto",
                "MASTODON_TOKEN",
                network="mastodon",
                server="https://hachyderm.io",
            ),
            "fosst": Author(
                "http://localhost:3000/@acme",
                "fosst",
                "MASTODON_TOKEN",
                network="mastodon",
                server="http://localhost:3000",
                account="Acme",
            ),
            "x": Author("65f0", "x", "ZERNIO_TOKEN", network="zernio", platform="twitter", account="65f0"),
        },
        defaults=Defaults(("me", "sky"), Visibility.CONNECTIONS, ("python",)),
        mentions={
            "acme": {"linkedin": "urn:li:organization:4711"},
            "ada": {"bluesky": "ada.dev", "mastodon": "@ada@m.io", "zernio": "@ada"},
        },
        vars={"product": "publisher"},
        text=TextConfig("unicode", "footnotes", "keep"),
        limits=Limits(7, 2, timedelta(hours=2), 100, 5),
        late=Late(timedelta(days=3), "skip"),
        slots=(Slot(1, "09:30", "Europe/Berlin"), Slot(6, "18:00", "UTC")),
        lints={"alt-missing": Severity.ERROR, "near-fold": "off"},
        on_change="update",
        linkedin=LinkedIn("http://127.0.0.1:1", "http://127.0.0.1:2", "202608"),
    )


@pytest.mark.parametrize("text", ["", "\ufeff", "# only a remark\n", "---\n", "content: content\n"])
def test_defaults(tmp_path: Path, text: str) -> None:
    assert load_config(tmp_path, {}) == load(tmp_path, text) == Config()


def test_the_environment_overrides_where_linkedin_is(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        FULL,
        PUBLISHER_LINKEDIN_API_URL="http://localhost:9/api/",
        PUBLISHER_LINKEDIN_OAUTH_URL="https://oauth.example",
    )
    assert found.linkedin == LinkedIn("http://localhost:9/api", "https://oauth.example", "202608")
    assert load(tmp_path, "", PUBLISHER_LINKEDIN_API_URL="").linkedin == LinkedIn()
    with pytest.raises(UsageError, match="PUBLISHER_LINKEDIN_API_URL isn't a full URL"):
        load(tmp_path, "", PUBLISHER_LINKEDIN_API_URL="localhost")


def test_all_problems_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"publisher\.yaml has 3 errors\.") as caught:
        load(tmp_path, "apy: posts\nlate: {grace: 1 day}\nstate: 5\n")
    found = [(problem.position.line, problem.code) for problem in caught.value.diagnostics]
    assert found == [(1, "unknown-field"), (2, "wrong-value"), (3, "wrong-type")]


@pytest.mark.parametrize(
    ("author", "says"),
    [
        ("{}", "'urn' is missing, which every LinkedIn author (`network` is not set) needs"),
        ("{network: linkdin, urn: 'urn:li:person:A'}", "one of: linkedin, bluesky, mastodon, zernio"),
        ("{network: bluesky}", "'handle' is missing"),
        ("{network: mastodon}", "'server' is missing"),
        ("{network: zernio, account: a1}", "'platform' is missing"),
        ("{network: zernio, platform: twitter}", "'account' is missing"),
        ("{network: zernio, platform: myspace, account: a1}", "one of: twitter"),
        ("{network: bluesky, handle: '@acme.dev'}", "can't be '@acme.dev'"),
        (
            "{network: bluesky, handle: acme.dev, server: 'https://a.b'}",
            "'server' does not belong to an author",
        ),
        ("{urn: 'urn:li:person:A', handle: acme.dev}", "Remove it, or set `network: bluesky`"),
        ("{network: mastodon, server: 'http://a.b'}", "must begin with https://"),
        ("{network: mastodon, server: 'https://me@a.b'}", "isn't the address of a server"),
        ("{network: mastodon, server: 'https://a.b/c'}", "the server alone"),
        ("{network: bluesky, handle: a.b, service: 'http://a.b'}", "must begin with https://"),
    ],
)
def test_authors_that_lack_or_mix_what_their_network_needs(tmp_path: Path, author: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, f"content: content\nauthors:\n  one: {author}\n")
    (problem,) = caught.value.diagnostics
    assert says in f"{problem.message} {problem.remedy}"
    assert problem.position.line == 3


def test_two_accounts_of_a_server_need_names(tmp_path: Path) -> None:
    authors = "authors:\n  a: {network: mastodon, server: 'https://m.io'}\n  b: {network: mastodon, server: 'https://M.io/'%s}\n"
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, authors % "")
    (problem,) = caught.value.diagnostics
    assert "nothing tells their accounts apart" in problem.message
    with pytest.raises(ConfigError, match="1 error"):
        load(tmp_path, authors % ", account: two")
    named = authors.replace("m.io'}", "m.io', account: one}", 1)
    assert load(tmp_path, named % ", account: two").authors["b"].urn == "https://m.io/@two"


SECRET = "AQXsecret-0123456789"


@pytest.mark.parametrize(
    "text",
    [
        f"client_secret: {SECRET}",
        f"authors: {{me: {{urn: 'urn:li:person:A', access_token: {SECRET}}}}}",
        f"authors: {{me: {{urn: 'urn:li:person:A', token_env: {SECRET}}}}}",
        f"authors: {{me: {{urn: 'urn:li:person:A', token_env: [{SECRET}]}}}}",
        f"authors: {{me: {{urn: 'urn:li:person:A', token_env: {'A' * 101}}}}}",
        f"linkedin: {{password: {SECRET}}}",
        f"state: postgresql://me:{SECRET}@db/publisher",
    ],
)
def test_secrets_are_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    (problem,) = caught.value.diagnostics
    assert SECRET not in problem.message + problem.remedy
    assert "AAAA" not in problem.message + problem.remedy
    assert any(word in problem.message for word in ("secret", "password", "not its value"))


def test_a_state_url_without_a_password_is_fine(tmp_path: Path) -> None:
    assert load(tmp_path, "state: postgresql://me@db:5432/publisher").state.startswith("postgresql://me@")


def test_files_that_are_no_settings(tmp_path: Path) -> None:
    path = tmp_path / "publisher.yaml"
    path.symlink_to("nowhere.yaml")
    with pytest.raises(ConfigError, match="isn't a regular file"):
        load_config(tmp_path, {})
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ConfigError, match="isn't a regular file"):
        load_config(tmp_path, {})
    path.unlink()
    path.mkdir()
    with pytest.raises(ConfigError, match="isn't a regular file"):
        load_config(tmp_path, {})


def test_the_wrong_suffix_is_not_read_as_no_settings(tmp_path: Path) -> None:
    (tmp_path / "publisher.yml").write_text("api: posts\n")
    with pytest.raises(ConfigError, match=r"publisher\.yml, which is not read"):
        load_config(tmp_path, {})


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "publisher.yaml").write_bytes(b"content: \xff\n")
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path, {})
    assert [problem.code for problem in caught.value.diagnostics] == ["file-encoding"]


@settings(deadline=None, max_examples=60)
@given(
    st.text(max_size=80), st.sampled_from(["", "authors: ", "content: ", "timezone: ", "limits: {spacing: "])
)
def test_no_text_raises_anything_else(
    tmp_path_factory: pytest.TempPathFactory, text: str, before: str
) -> None:
    folder = tmp_path_factory.getbasetemp() / "any-config"
    folder.mkdir(exist_ok=True)
    (folder / "publisher.yaml").write_text(before + text, "utf-8")
    with contextlib.suppress(ConfigError):
        assert isinstance(load_config(folder, {}), Config)
