"""The pure parts of logging in: the redirect, scopes, the choice of an author, the configuration's text."""

from urllib.parse import parse_qs, quote, urlsplit

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.auth.choice import choose_author
from publisher.auth.configure import with_author
from publisher.auth.redirect import LoginFailed, is_strange, read_redirect
from publisher.auth.scopes import wanted
from publisher.errors import UsageError
from publisher.model.config import Config, Defaults
from publisher.model.post import Author
from publisher.networks.linkedin.oauth import authorization_url, read_scopes

STATE = "a-state-nobody-can-guess"
URN = "urn:li:person:AbC_123456"
quick = settings(deadline=None, max_examples=60)


@pytest.mark.parametrize("form", ["http://localhost:3000/cb?code=C&state={}", "?code=C&state={}", "code=C&state={}",
                                  "  https://x.example/cb?state={}&code=C#fragment \n"])  # fmt: skip
def test_a_code_is_read_from_any_form_of_the_address(form: str) -> None:
    assert read_redirect(form.format(STATE), STATE) == "C"


@pytest.mark.parametrize(
    "address",
    ["", "?code=C", "?code=C&state=", "?code=C&state=other", f"?code=C&state={STATE}&state={STATE}",
     f"?error=access_denied&state={STATE}x", "&".join("a=1" for _ in range(50))],
)  # fmt: skip
def test_an_answer_without_this_logins_state_is_strange(address: str) -> None:
    with pytest.raises(LoginFailed) as caught:
        read_redirect(address, STATE)
    assert is_strange(caught.value)


@pytest.mark.parametrize("extra", ["", "&code=", "&code=A&code=B", "#code=C"])
def test_an_answer_without_a_code_is_told(extra: str) -> None:
    with pytest.raises(LoginFailed, match="neither a code nor an error") as caught:
        read_redirect(f"?state={STATE}{extra}", STATE)
    assert not is_strange(caught.value)


@pytest.mark.parametrize(
    ("error", "description", "said", "remedy"),
    [
        ("user_cancelled_login", "The user cancelled LinkedIn login", "Nobody logged in", "account that posts"),
        ("user_cancelled_authorize", "The user cancelled", "permission was refused", "all of the scopes or none"),
        ("unauthorized_scope_error", "Scope &quot;r_liteprofile&quot; is not authorized for your application",
         'Scope "r_liteprofile" is not authorized', "Products tab"),
        ("invalid_scope_error", "", "invalid_scope_error", "Check the spelling"),
        ("access_denied", "", "permission was refused", "allow all scopes"),
        ("invalid_redirect_uri", "", "redirect URL is not", "letter by letter"),
        ("something_new", "Words\nof theirs\x1b[31m", "Words of theirs [31m", "Auth and Products tabs"),
    ],
)  # fmt: skip
def test_every_callback_error_has_plain_words(error: str, description: str, said: str, remedy: str) -> None:
    with pytest.raises(LoginFailed) as caught:
        read_redirect(f"?error={error}&error_description={quote(description)}&state={STATE}", STATE)
    assert said in caught.value.message
    assert remedy in caught.value.remedy
    assert caught.value.message.isprintable()


@quick
@given(st.text(), st.text(min_size=8))
def test_any_address_is_read_or_refused(address: str, state: str) -> None:
    try:
        code = read_redirect(address, state)
    except LoginFailed as error:
        code = error.remedy
    assert code


@quick
@given(st.text(), st.text(min_size=1), st.text())
def test_the_link_says_exactly_what_is_asked(client: str, redirect: str, state: str) -> None:
    client, redirect, state = (text.encode("utf-8", "replace").decode() for text in (client, redirect, state))
    link = authorization_url(
        "https://www.linkedin.com/", client, redirect, ("openid", "w_member_social"), state
    )
    parts = urlsplit(link)
    assert (parts.netloc, parts.path) == ("www.linkedin.com", "/oauth/v2/authorization")
    found = parse_qs(parts.query, keep_blank_values=True)
    assert found["scope"] == ["openid w_member_social"]
    assert (found["client_id"], found["redirect_uri"], found["state"]) == ([client], [redirect], [state])
    assert "+" not in parts.query


@pytest.mark.parametrize("text", ["email,openid", "openid email", " email , openid ", "openid,openid email"])
def test_scopes_come_with_commas_or_spaces(text: str) -> None:
    assert read_scopes(text) == ("email", "openid")


def test_scopes_that_are_none() -> None:
    assert read_scopes(None) == read_scopes("") == read_scopes(7) == ()


def test_scopes_to_ask_for() -> None:
    assert wanted((), URN) == ("openid", "profile", "w_member_social")
    assert wanted((), "") == ("openid", "profile", "w_member_social")
    assert wanted((), "urn:li:organization:1") == ("w_organization_social",)
    assert wanted(("a b", "c,a"), URN) == ("a", "b", "c")


ME, ACME = Author(URN, "me"), Author("urn:li:organization:4711", "acme")
BOTH = Config(authors={"me": ME, "acme": ACME})


def test_an_author_is_chosen() -> None:
    assert choose_author(BOTH, "acme", {}) == ACME
    assert choose_author(BOTH, URN, {}) == ME
    assert choose_author(BOTH, "urn:li:person:new", {}) == Author("urn:li:person:new")
    assert choose_author(Config(authors={"me": ME}), None, {}) == ME
    assert choose_author(Config(authors=BOTH.authors, defaults=Defaults(author=("acme",))), None, {}) == ACME
    assert choose_author(Config(), None, {URN: {}}) == Author(URN)
    assert choose_author(Config(), None, {}, new=True) == Author("", "me")
    assert choose_author(BOTH, "second", {}, new=True) == Author("", "second")


@pytest.mark.parametrize(
    ("config", "text", "stored"),
    [(BOTH, None, {}), (BOTH, "nobody", {}), (Config(), None, {}), (Config(), None, {"a": 1, "b": 2}),
     (BOTH, "urn:li:member:1", {})],
)  # fmt: skip
def test_an_unclear_choice_is_a_usage_error(config: Config, text: str | None, stored: dict) -> None:
    with pytest.raises(UsageError) as caught:
        choose_author(config, text, stored)
    assert caught.value.remedy


SETTINGS = """\
# What we publish with
api: posts   # the versioned API

authors:
    # the maintainer
    me:   {urn: "urn:li:person:old", token_env: MINE}   # keep

slots:
    - {weekday: monday, time: "09:00"}
    - {weekday: friday, time: "16:30"}
defaults: {author: me, hashtags: [python, 'c#']}
text: {emphasis: strip}
"""


def test_comments_order_and_quotes_stay() -> None:
    assert with_author(SETTINGS, "me", URN) == SETTINGS.replace("urn:li:person:old", URN)


def test_a_new_author_is_added_and_nothing_else_changes() -> None:
    written = with_author(SETTINGS, "second", URN)
    lines = [line for line in written.splitlines() if "second" not in line and URN not in line]
    assert [" ".join(line.split()) for line in lines] == [
        " ".join(line.split()) for line in SETTINGS.splitlines()
    ]
    assert all(line[:4] == "    " for line in lines if "urn:" in line or "weekday" in line)
    assert yaml.safe_load(written)["authors"]["second"] == {"urn": URN}


@pytest.mark.parametrize(
    "text", ["", "# only a comment\n", "---\n", "authors:\n", "authors: {}\n", "api: posts\n"]
)
def test_small_files_get_an_author_too(text: str) -> None:
    written = with_author(text, "me", URN)
    assert yaml.safe_load(written)["authors"] == {"me": {"urn": URN}}
    assert with_author(written, "me", URN) == written


AT_PLACES = [
    "authors:\n  you: {urn: b}  # who\n# the end\n",
    "authors:\n  you:\n    urn: b   # who\n\n# about texts\ntext: {emphasis: strip}\n",
    "authors:\n  me:\n    name: Mira\n  you:\n    urn: b\n",
    "authors:\n  me: # nobody yet\n  you: {urn: b}\n",
    "authors:\n  me: ~\n  you: {urn: b}",
    "authors: # none yet\napi: posts\n",
    "authors: null # none yet\napi: posts\n",
    "api: posts\nauthors:",
    "{api: posts, authors: {you: {urn: b}}}\n",
    "{api: posts}",
    "{authors: }",
    "authors: {me: {name: M}, you: {urn: b}}",
    "authors: {\n  you: {urn: b}\n  }\n",
    "vars:\n  text: |\n    one\n    two\nauthors:\n  you:\n    name: >-\n      folded\n      text\n",
    "slots:\n- {weekday: monday}\n- weekday: friday\n  # at nine\n",
    "%YAML 1.1\n---\napi: posts\n...\n",
]


@pytest.mark.parametrize("text", AT_PLACES)
@pytest.mark.parametrize("alias", ["me", "on", "two words", "ä"])
def test_a_urn_is_added_at_any_place_and_nothing_else_changes(text: str, alias: str) -> None:
    written = with_author(text, alias, URN)
    expected = yaml.safe_load(text)
    authors = expected["authors"] = expected.get("authors") or {}
    authors[alias] = {**(authors.get(alias) or {}), "urn": URN}
    assert yaml.safe_load(written) == expected
    assert with_author(written, alias, URN) == written
    assert written.count("#") == text.count("#")
    for line in text.splitlines():
        if "#" in line:
            assert line.partition("#")[2] in written


def test_line_endings_stay() -> None:
    written = with_author("api: posts\r\n", "me", URN)
    assert "\n" not in written.replace("\r\n", "")


@pytest.mark.parametrize("text", ["[1]", "authors: 7", "authors: {me: 7}", "a: [", "a: 1\na: 2\n", "text"])
def test_settings_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        with_author(text, "me", URN)
    assert caught.value.remedy
