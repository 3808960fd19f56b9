"""Lints that golden folders don't show, and their switches."""

import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.lint.lints import lint_post, lint_posts
from publisher.lint.similar import likeness, shingles
from publisher.lint.text import TEXT_LIMIT
from publisher.model.config import Config, Slot
from publisher.model.diagnostic import Diagnostic, Severity
from publisher.model.post import Post, Text
from publisher.model.state import Entry, State, Status
from publisher.text.lengths import FOLD, fold_end, utf16_cut
from tests.render.documents import ME, post_of, render

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CONFIG = Config(authors={"me": ME})


def lint(body: str, config: Config = CONFIG, path: str = "content/k.md", **metadata: object) -> list[str]:
    return [d.code for d in lints(body, config, path, **metadata)]


def lints(
    body: str, config: Config = CONFIG, path: str = "content/k.md", **metadata: object
) -> tuple[Diagnostic, ...]:
    rendered = render(body, config=config, path=path, **metadata)
    return lint_post(rendered, config, NOW)


def limited(body: str) -> list[str]:
    return [code for code in lint(body, path="content/k.yaml") if code.startswith("text-too")]


def test_the_limit_counts_utf16_units() -> None:
    assert limited("a" * TEXT_LIMIT) == []
    assert limited("a" * (TEXT_LIMIT + 1)) == ["text-too-long"]
    assert limited("😀" * (TEXT_LIMIT // 2)) == []
    assert limited("😀" * (TEXT_LIMIT // 2) + "a") == ["text-too-long"]


@given(st.text(alphabet="a😀", max_size=30), st.integers(0, 40))
@settings(deadline=None)
def test_a_cut_never_splits_a_pair(text: str, limit: int) -> None:
    kept = text[: utf16_cut(text, limit)]
    assert len(kept.encode("utf-16-le")) <= 2 * limit
    assert kept == text or len(text[: len(kept) + 1].encode("utf-16-le")) > 2 * limit


def test_the_fold_is_after_210_characters_or_three_lines() -> None:
    assert fold_end("a" * FOLD) == FOLD
    assert fold_end("a" * 500) == FOLD
    assert fold_end("a\nb\nc") == 5
    assert fold_end("a\nb\nc\nd") == 5


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\u202eb", "bidi-control"),
        ("a\u2066b", "bidi-control"),
        ("a\u200bb", "zero-width"),
        ("a\ufeffb", "zero-width"),
        ("a\u200db", "zero-width"),
        ("a\x1bb", "control-character"),
        ("cafe\u0301", "not-nfc"),
        ("𝗮𝗯𝗰 def", "unicode-styling"),
    ],
)
def test_characters_that_go_wrong(text: str, code: str) -> None:
    assert lint(text, path="content/k.yaml") == [code]


@pytest.mark.parametrize("text", ["👩‍💻 works", "می‌خواهم", "क्‍ष", "café 漢字 😀", "plain"])
def test_characters_that_are_fine(text: str) -> None:
    assert lint(text, path="content/k.yaml") == []


def test_severities_are_switched_by_code() -> None:
    body, config = "See https://x.y today", replace(CONFIG, lints={"link-without-article": Severity.ERROR})
    (found,) = lints(body, config)
    assert (found.code, found.severity) == ("link-without-article", Severity.ERROR)
    assert lint(body, replace(CONFIG, lints={"link-without-article": "off"})) == []
    assert lint(body, article="https://x.y") == []


def test_a_past_time_is_told_by_the_given_clock() -> None:
    at = (NOW - timedelta(minutes=1)).isoformat()
    assert lint("Hi", publish_at=at) == ["past-publish-at"]
    assert lint("Hi", publish_at=(NOW + timedelta(minutes=1)).isoformat()) == []
    assert lint("Hi", publish_at=at, draft=True) == []
    weekly = Config(authors={"me": ME}, slots=(Slot(1, "09:30", "UTC"),))
    assert post_of("Hi", config=weekly, publish_at="next-slot").slot


def post(key: str, text: str, author: object = ME) -> Post:
    return Post(key, f"content/{key}.md", author, Text(text), "", "")


def entry(text: str | None, status: Status = Status.PUBLISHED) -> Entry:
    return Entry(status, ME.urn, "sha256:another", "", "ugcPosts", "content/x.md", text=text)


LONG = "We released version one of the publisher today, with plans, a sandbox and a preview of every post."


def test_near_duplicates_of_pending_and_published_posts() -> None:
    almost = LONG.replace("today", "now").upper()
    assert [d.key for d in lint_posts([post("a", LONG), post("b", almost)], State(), CONFIG)] == ["b"]
    published = State({"old": entry(LONG)})
    (found,) = lint_posts([post("a", almost)], published, CONFIG)
    assert "'old'" in found.message
    assert "published" in found.message


@pytest.mark.parametrize(
    ("posts", "state"),
    [
        ([post("a", LONG)], State({"a": entry(LONG)})),
        ([post("a", LONG), post("b", LONG, replace(ME, urn="urn:li:person:you"))], State()),
        (
            [post("a", LONG)],
            State({"x": entry(None), "y": entry(LONG, Status.DELETED), "a#first_comment": entry(LONG)}),
        ),
        (
            [post("a", LONG), post("b", "Something else entirely, about another day and other people.")],
            State(),
        ),
        ([post("a", ""), post("b", "")], State()),
    ],
)
def test_what_is_no_duplicate(posts: list[Post], state: State) -> None:
    assert lint_posts(posts, state, CONFIG) == ()


def test_a_post_that_was_renamed_does_not_repeat_itself() -> None:
    old = entry(LONG)._replace(digest="sha256:same")
    renamed, copied = (
        replace(post("b", LONG), digest="sha256:same"),
        replace(post("a", LONG), digest="sha256:same"),
    )
    assert lint_posts([renamed], State({"a": old}), CONFIG) == ()
    assert [d.key for d in lint_posts([copied, renamed], State({"a": old}), CONFIG)] == ["b"]


def test_near_duplicates_can_be_switched() -> None:
    posts = [post("a", LONG), post("b", LONG)]
    assert lint_posts(posts, State(), replace(CONFIG, lints={"near-duplicate": "off"})) == ()
    (found,) = lint_posts(posts, State(), replace(CONFIG, lints={"near-duplicate": Severity.ERROR}))
    assert found.severity is Severity.ERROR


@given(st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=4), max_size=12))
@settings(deadline=None)
def test_likeness_is_one_for_the_same_words(words: list[str]) -> None:
    text = " ".join(words)
    assert likeness(shingles(text), shingles(text.upper() + "!")) == (1.0 if words else 0.0)
