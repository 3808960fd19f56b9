"""What people do to the state by hand: settle, adopt, rename, forget, stamp."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from publisher.errors import UsageError
from publisher.model.post import Post, Text
from publisher.model.state import COMMENT_SUFFIX, Attempt, Entry, Held, Intention, Past, State, Status
from publisher.planning.doubt import INVISIBLE
from publisher.planning.state_edits import (
    CLOCKS,
    adopt,
    forget,
    move,
    resolve_absent,
    resolve_published,
    stamp,
)
from publisher.render.digest import comment_digest
from publisher.state.edits import Edit, EventEdit, HeldEdit, PastEdit, PostEdit
from tests.support.posts import NOW, make_entry, make_post

SENT = NOW - timedelta(hours=1)
URN, LINK = (
    "urn:li:share:7500000000000000000",
    "https://www.linkedin.com/feed/update/urn:li:share:7500000000000000000/",
)
POST = make_post("a")
LIVE = make_entry(POST)
COMMENT = "a" + COMMENT_SUFFIX


def pending(action: Intention = "create", before: Entry | None = None, urn: str | None = None) -> Entry:
    attempt = Attempt("i", SENT, POST.digest, action=action)
    return make_entry(
        POST,
        status=Status.PENDING,
        urn=urn,
        permalink=None,
        published_at=None,
        attempt=attempt,
        before=before,
    )


def posts(edits: Sequence[Edit]) -> list[tuple[str, Entry | None, Entry | None]]:
    return [(edit.key, edit.before, edit.after) for edit in edits if isinstance(edit, PostEdit)]


def event(edits: Sequence[Edit]) -> tuple[str, str, str]:
    last = edits[-1]
    assert isinstance(last, EventEdit)
    assert last.event.at == NOW
    return last.event.action, last.event.key, last.event.detail


def refusal(command: Callable[[], object]) -> str:
    with pytest.raises(UsageError) as caught:
        command()
    return caught.value.message


def test_an_unknown_create_is_settled_by_the_post_that_is_live() -> None:
    entry, made_at = pending(), SENT + timedelta(seconds=3)
    edits = resolve_published(State({"a": entry}), "a", URN, LINK, made_at, NOW)
    after = entry._replace(
        status=Status.PUBLISHED, attempt=None, urn=URN, permalink=LINK, published_at=made_at, before=None
    )
    assert posts(edits) == [("a", entry, after)]
    assert [type(edit) for edit in edits] == [PostEdit, PastEdit, EventEdit]
    assert event(edits) == ("resolve", "a", f"published as {URN}")


def test_a_urn_without_a_time_counts_from_now() -> None:
    ((_, _, after),) = posts(resolve_published(State({"a": pending()}), "a", "at://x", LINK, None, NOW))
    assert after is not None
    assert after.published_at == NOW


def test_an_unknown_update_is_settled_by_the_same_post_with_the_new_content() -> None:
    before = LIVE._replace(digest="sha256:old")
    entry = pending("update", before, before.urn)
    ((_, _, after),) = posts(resolve_published(State({"a": entry}), "a", before.urn or "", LINK, NOW, NOW))
    assert after == entry._replace(status=Status.PUBLISHED, attempt=None, before=None)


@pytest.mark.parametrize("action", ["delete", "replace"])
def test_a_delete_that_did_not_happen_leaves_the_old_post(action: Intention) -> None:
    before = LIVE._replace(digest="sha256:old")
    entry = pending(action, before, before.urn)
    ((_, _, after),) = posts(resolve_published(State({"a": entry}), "a", before.urn or "", LINK, NOW, NOW))
    assert after == before


def test_a_replacement_s_new_post_is_the_new_content() -> None:
    for before in (LIVE, LIVE._replace(status=Status.DELETED, deleted_at=SENT)):
        entry = pending("replace", before)
        ((_, _, after),) = posts(resolve_published(State({"a": entry}), "a", URN, LINK, SENT, NOW))
        assert after == entry._replace(
            status=Status.PUBLISHED, attempt=None, before=None, urn=URN, permalink=LINK, published_at=SENT
        )


@pytest.mark.parametrize("action", ["update", "delete"])
def test_an_edit_or_a_delete_is_of_the_post_that_was_there(action: Intention) -> None:
    message = refusal(
        lambda: resolve_published(State({"a": pending(action, LIVE)}), "a", URN, LINK, SENT, NOW)
    )
    assert message == f"'a' is {LIVE.urn}, not {URN}."
    assert "another post" in refusal(
        lambda: resolve_published(State({"a": pending(action)}), "a", URN, LINK, SENT, NOW)
    )


@pytest.mark.parametrize(
    ("made_at", "fits"),
    [
        (SENT - CLOCKS, True),
        (SENT - CLOCKS - timedelta(seconds=1), False),
        (NOW + CLOCKS, True),
        (NOW + CLOCKS + timedelta(seconds=1), False),
    ],
)
def test_a_urn_of_another_time_is_another_post(made_at: object, fits: bool) -> None:
    state = State({"a": pending()})
    if fits:
        assert posts(resolve_published(state, "a", URN, LINK, made_at, NOW))  # type: ignore[arg-type]
    else:
        message = refusal(lambda: resolve_published(state, "a", URN, LINK, made_at, NOW))  # type: ignore[arg-type]
        assert message.endswith("'a' was sent at 2026-11-23T11:00:00+00:00: it is another post.")


def test_an_entry_without_an_attempt_tells_no_time() -> None:
    entry = pending()._replace(attempt=None)
    assert posts(resolve_published(State({"a": entry}), "a", URN, LINK, SENT - timedelta(days=9), NOW))


def test_a_known_urn_is_no_answer() -> None:
    other = LIVE._replace(urn=URN)
    state = State({"a": pending(), "z": LIVE, "b": other})
    assert (
        refusal(lambda: resolve_published(state, "a", URN, LINK, SENT, NOW))
        == f"{URN} is already known, as 'b'."
    )
    gone = State({"a": pending()}, past={"b": (Past("p", "d", "t", URN),)})
    assert "deleted or forgotten" in refusal(lambda: resolve_published(gone, "a", URN, LINK, SENT, NOW))


def test_only_what_is_pending_is_settled() -> None:
    for settle in (
        lambda state: resolve_published(state, "a", URN, LINK, SENT, NOW),
        lambda state: resolve_absent(state, "a", NOW),
    ):
        assert refusal(lambda settle=settle: settle(State())) == "The state knows no 'a'."
        assert "is published, not pending" in refusal(lambda settle=settle: settle(State({"a": LIVE})))


def test_absence_shows_only_after_a_while() -> None:
    state = State({"a": pending()})
    early = SENT + INVISIBLE - timedelta(seconds=61)
    with pytest.raises(UsageError) as caught:
        resolve_absent(state, "a", early)
    assert "invisible for 15 minutes" in caught.value.message
    assert "Look again in 2 minutes" in (caught.value.remedy or "")
    assert posts(resolve_absent(state, "a", early, force=True)) == [("a", state.posts["a"], None)]
    assert posts(resolve_absent(state, "a", SENT + INVISIBLE)) == [("a", state.posts["a"], None)]
    assert posts(resolve_absent(State({"a": pending()._replace(attempt=None)}), "a", NOW))


def test_an_absent_update_leaves_the_post_as_it_was() -> None:
    entry = pending("update", LIVE)
    edits = resolve_absent(State({"a": entry}), "a", NOW)
    assert posts(edits) == [("a", entry, LIVE)]
    assert event(edits) == ("resolve", "a", "absent")


def test_an_absent_delete_is_a_deletion_also_of_the_comment() -> None:
    entry, comment = pending("delete", LIVE), make_entry(POST)
    gone = LIVE._replace(status=Status.DELETED, deleted_at=NOW)
    edits = resolve_absent(State({"a": entry, COMMENT: comment}), "a", NOW)
    assert posts(edits) == [("a", entry, gone), (COMMENT, comment, None)]
    assert posts(resolve_absent(State({"a": entry}), "a", NOW)) == [("a", entry, gone)]


def test_an_absent_replacement_frees_the_key() -> None:
    entry = pending("replace", LIVE)
    gone = LIVE._replace(status=Status.DELETED, deleted_at=NOW)
    assert posts(resolve_absent(State({"a": entry}), "a", NOW)) == [("a", entry, gone), ("a", gone, None)]
    half = pending("replace", gone)
    assert posts(resolve_absent(State({"a": half}), "a", NOW)) == [("a", half, None)]


def test_a_live_post_is_adopted_with_its_comment() -> None:
    post = make_post("a", first_comment=Text("More."))
    edits = adopt(State(), "a", post, URN, LINK, "posts", SENT, NOW)
    (first, comment) = posts(edits)
    assert first[:2] == ("a", None)
    expected = make_entry(post, api="posts", urn=URN, permalink=LINK, published_at=SENT)
    assert first[2] == expected
    assert comment[0] == COMMENT
    assert comment[2] is not None
    assert (comment[2].status, comment[2].digest, comment[2].text) == (
        Status.STAMPED,
        comment_digest(post),
        "More.",
    )
    assert (comment[2].text_digest, comment[2].rest_digest) == (comment_digest(post), None)
    assert event(edits) == ("import", "a", URN)
    assert event(adopt(State(), "a", post, URN, LINK, "posts", SENT, NOW, by="x"))[0] == "x"
    ((key, _, entry),) = posts(adopt(State({"a": LIVE}), COMMENT, post, "urn:c", LINK, "posts", SENT, NOW))
    assert (key, entry and entry.text) == (COMMENT, "More.")


def test_what_is_there_is_not_adopted() -> None:
    def attempt(state: State, key: str = "a") -> str:
        return refusal(lambda: adopt(state, key, POST, URN, LINK, "posts", SENT, NOW))

    assert attempt(State({"a": LIVE})) == f"'a' is already in the state, as {LIVE.urn}."
    assert attempt(State({"a": pending()})) == "'a' is already in the state, as pending."
    assert attempt(State({"z": LIVE, "b": LIVE._replace(urn=URN)})) == f"{URN} is already the post of 'b'."
    assert attempt(State(), COMMENT) == "'a' has no first comment."
    stamped = LIVE._replace(status=Status.STAMPED, urn=None)
    assert posts(adopt(State({"a": stamped}), "a", POST, URN, LINK, "posts", SENT, NOW))[0][1] == stamped


def test_a_moved_entry_takes_its_comment_with_it() -> None:
    comment = LIVE._replace(urn="urn:c")
    edits = move(State({"a": LIVE, COMMENT: comment, "ab": LIVE}), "a", "n", NOW)
    assert posts(edits) == [
        ("a", LIVE, None),
        ("n", None, LIVE),
        (COMMENT, comment, None),
        ("n" + COMMENT_SUFFIX, None, comment),
    ]
    assert [edit.moved_to for edit in edits if isinstance(edit, PostEdit)] == [
        "n",
        None,
        "n" + COMMENT_SUFFIX,
        None,
    ]
    assert event(edits) == ("mv", "n", "was a")
    assert (
        refusal(lambda: move(State({"a": LIVE, "n": LIVE}), "a", "n", NOW)) == "'n' is already in the state."
    )
    assert refusal(lambda: move(State(), "a", "n", NOW)) == "The state knows no 'a'."


def test_a_forgotten_entry_takes_its_comment_with_it() -> None:
    edits = forget(State({"a": LIVE, COMMENT: LIVE, "ab": LIVE}), "a", NOW)
    assert posts(edits) == [("a", LIVE, None), (COMMENT, LIVE, None)]
    assert event(edits) == ("rm", "a", LIVE.urn)
    stamped = LIVE._replace(status=Status.STAMPED, urn=None)
    assert event(forget(State({"a": stamped}), "a", NOW)) == ("rm", "a", "stamped")


def test_a_held_key_is_freed_and_an_entry_comes_first() -> None:
    held = {"a": Held("d", SENT)}
    edits = forget(State(held=held), "a", NOW)
    assert edits[0] == HeldEdit("a", None)
    assert event(edits) == ("rm", "a", "held as a duplicate")
    assert posts(forget(State({"a": LIVE}, held=held), "a", NOW)) == [("a", LIVE, None)]


def keys(edits: Sequence[Edit]) -> list[str]:
    return [key for key, _, _ in posts(edits)]


def test_a_backlog_is_stamped_once_without_drafts() -> None:
    many: list[Post] = [
        make_post("new"),
        make_post("draft", draft=True),
        make_post("live"),
        make_post("with", first_comment=Text("More.")),
    ]
    state = State({"live": make_entry(many[2])})
    edits = stamp(state, many, "posts", NOW)
    assert keys(edits) == ["new", "with", "with" + COMMENT_SUFFIX]
    assert all(after is not None and after.status is Status.STAMPED for _, _, after in posts(edits))
    assert [edit.event.action for edit in edits if isinstance(edit, EventEdit)] == ["stamp"] * 3


def test_a_comment_that_came_later_is_stamped_with_a_stamped_post() -> None:
    post = make_post("a", first_comment=Text("More."))
    stamped = make_entry(post, status=Status.STAMPED)
    assert keys(stamp(State({"a": stamped}), [post], "posts", NOW)) == [COMMENT]
    assert keys(stamp(State({"a": make_entry(post)}), [post], "posts", NOW)) == []


def test_only_what_was_due_before_is_stamped() -> None:
    many = [
        make_post("early", publish_at=NOW - timedelta(seconds=1)),
        make_post("then", publish_at=NOW),
        make_post("undated"),
    ]
    assert keys(stamp(State(), many, "posts", NOW, before=NOW)) == ["early"]


def test_a_renamed_post_is_moved_and_not_stamped() -> None:
    assert keys(stamp(State({"old": make_entry(make_post("a"))}), [make_post("a")], "posts", NOW)) == []
