"""A member's data export compared with content and state."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest

from publisher.model.post import Post, Text
from publisher.model.state import Attempt, Entry, State, Status
from publisher.networks.linkedin.permalinks import permalink
from publisher.planning.exported import Links, Matches, match_export, plain
from publisher.planning.state_edits import forget
from publisher.publishing.evidence import urn_time
from publisher.state.edits import apply_edits
from tests.support.posts import ME, NOW, make_entry, make_post

LINKS = Links(permalink, urn_time)
MINUTE = timedelta(minutes=1)


class Line(NamedTuple):
    line: int
    urn: str | None
    text: str
    link: str = ""


def urn_at(at: datetime, number: int = 0) -> str:
    return f"urn:li:share:{(int(at.timestamp() * 1000) << 22) + number}"


def match(shares: list[Line], posts: list[Post], state: State = State()) -> tuple[Matches, State]:  # noqa: B008
    found = match_export(shares, posts, state, ME.urn, "ugcPosts", LINKS, NOW)
    return found, apply_edits(state, found.edits)


def pending(post: Post, **changes: object) -> Entry:
    attempt = Attempt("a1", NOW - 60 * MINUTE, post.digest, NOW - 57 * MINUTE)
    return make_entry(post)._replace(
        status=Status.PENDING, urn=None, permalink=None, published_at=None, attempt=attempt, **changes
    )


def test_a_lost_state_is_rebuilt_with_each_urns_own_time() -> None:
    posts = [make_post("a", "Words of a."), make_post("b", "Words of b."), make_post("new", "Not live.")]
    urns = [urn_at(NOW - timedelta(days=day)) for day in (9, 3)]
    found, state = match(
        [
            Line(2, urns[0], "Words of a."),
            Line(3, urns[1], "Words of b."),
            Line(4, urn_at(NOW, 9), "By hand."),
        ],
        posts,
    )
    assert {key: (e.status, e.urn, e.published_at) for key, e in state.posts.items()} == {
        "a": (Status.PUBLISHED, urns[0], NOW - timedelta(days=9)),
        "b": (Status.PUBLISHED, urns[1], NOW - timedelta(days=3)),
    }
    assert found.open == ["new"]
    assert [(one.share.line, one.reason) for one in found.unmatched] == [(4, "no post has its text")]
    again, same = match([Line(2, urns[0], "Words of a.")], posts, state)
    assert (again.known, again.edits, same) == (1, [], state)


@pytest.mark.parametrize(
    "shown", ['Say "hi".\nTwice, café.', 'Say ""hi"".\r\nTwice, café.', '"Say ""hi""."\n"Twice, cafe\u0301."']
)
def test_quotes_line_breaks_and_forms_of_letters_make_no_difference(shown: str) -> None:
    found, _ = match([Line(2, urn_at(NOW), shown)], [make_post("a", 'Say "hi".\nTwice, café.')])
    assert found.matched == {"a": urn_at(NOW)}


def test_an_unknown_outcome_is_settled_by_the_post_of_its_time_only() -> None:
    post = make_post("a", "Words.")
    state = State(posts={"a": pending(post)})
    old, own, later = (urn_at(NOW - minutes * MINUTE) for minutes in (600, 59, 20))
    found, after = match([Line(2, old, "Words."), Line(3, later, "Words.")], [post], state)
    assert (after, found.open) == (state, ["a"]), "older or later posts with these words are other ones"
    found, after = match([Line(2, old, "Words."), Line(3, own, "Words.")], [post], state)
    assert (after.posts["a"].status, after.posts["a"].urn, found.open) == (Status.PUBLISHED, own, [])
    assert [one.share.urn for one in found.unmatched] == [old]
    found, after = match([Line(2, own, "Words."), Line(3, own[:-1] + "9", "Words.")], [post], state)
    assert after == state, "which of two posts at the same time it is, a person must say"


def test_the_text_that_was_sent_counts_not_what_the_file_says_now() -> None:
    entry = pending(make_post("a", "As sent."))
    state = State(posts={"a": entry})
    own = urn_at(NOW - 59 * MINUTE)
    assert match([Line(2, own, "Edited since.")], [make_post("a", "Edited since.")], state)[1] == state
    assert (
        match([Line(2, own, "As sent.")], [make_post("a", "Edited since.")], state)[1].posts["a"].urn == own
    )


def test_posts_without_words_are_matched_by_the_time_of_an_attempt_only() -> None:
    post = replace(make_post("a"), text=Text())
    own = urn_at(NOW - 59 * MINUTE)
    found, after = match([Line(2, own, "")], [post])
    assert (after.posts, found.unmatched[0].reason) == ({}, "it has no words")
    state = State(posts={"a": pending(post)})
    assert match([Line(2, own, "")], [post], state)[1].posts["a"].urn == own
    assert match([Line(2, urn_at(NOW - timedelta(days=1)), "")], [post], state)[1] == state


def test_posts_with_one_text_are_told_apart_by_their_times_or_left_to_a_person() -> None:
    posts = [make_post("a", "Same."), make_post("b", "Same.")]
    shares = [Line(2, urn_at(NOW - timedelta(days=9)), "Same."), Line(3, urn_at(NOW), "Same.")]
    found, state = match(shares, posts)
    assert (state, found.open) == (State(), ["a", "b"])
    assert {one.reason for one in found.unmatched} == {"several posts have its text: a, b"}
    timed = [
        replace(posts[0], publish_at=NOW - timedelta(days=9)),
        replace(posts[1], publish_at=NOW - timedelta(minutes=2)),
    ]
    assert match(shares, timed)[0].matched == {"a": shares[0].urn, "b": shares[1].urn}


def test_the_newest_of_several_posts_with_the_text_is_adopted() -> None:
    shares = [Line(2, urn_at(NOW - timedelta(days=9)), "Same."), Line(3, urn_at(NOW), "Same.")]
    found, _ = match(shares, [make_post("a", "Same.")])
    assert found.matched == {"a": shares[1].urn}
    assert [one.share.line for one in found.unmatched] == [2]


def test_an_edit_in_doubt_is_settled_where_the_new_text_is_shown() -> None:
    live = make_entry(make_post("a", "Old."), published_at=NOW - timedelta(days=1))
    new = make_post("a", "New.")
    attempt = Attempt("a1", NOW - 60 * MINUTE, new.digest, NOW - 57 * MINUTE, "update")
    editing = live._replace(
        status=Status.PENDING, text="New.", digest=new.digest, attempt=attempt, before=live
    )
    state = State(posts={"a": editing})
    assert match([Line(2, live.urn, "Old.")], [new], state)[1] == state
    after = match([Line(2, live.urn, "New.")], [new], state)[1].posts["a"]
    assert (after.status, after.urn, after.digest, after.published_at) == (
        Status.PUBLISHED,
        live.urn,
        new.digest,
        live.published_at,
    )


def test_what_was_forgotten_by_hand_and_edited_texts_are_only_named() -> None:
    post = make_post("a", "A beginning that is long enough to be recognised, and an end.")
    entry = make_entry(post)
    state = apply_edits(State(posts={"a": entry}), forget(State(posts={"a": entry}), "a", NOW))
    assert match([Line(2, entry.urn, post.text.plain)], [post], state)[0].matched == {}
    edited = Line(2, urn_at(NOW), "A beginning that is long enough to be recognised, and another end.")
    assert f"`publisher state import a {edited.urn}`" in match([edited], [post])[0].unmatched[0].reason


def test_other_authors_drafts_and_links_without_a_post_are_left_alone() -> None:
    page = make_post("page", "Words.", author=replace(ME, urn="urn:li:organization:1"))
    draft = replace(make_post("draft", "Words."), draft=True)
    found, state = match([Line(2, urn_at(NOW), "Words."), Line(3, None, "Words.")], [page, draft])
    assert (state, found.open, len(found.unmatched)) == (State(), [], 2)


def test_a_comparison_of_texts_ignores_nothing_else() -> None:
    assert plain("Words.") != plain("words.")
    assert plain("A b") != plain("Ab")
