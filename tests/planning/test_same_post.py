"""One rule for "the same post", whatever the action, the name of the file and the state of the other one."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from publisher.errors import UsageError
from publisher.model.config import Config
from publisher.model.plan import Action, Plan
from publisher.model.post import Article, Author, Post
from publisher.model.state import Attempt, Entry, Held, Past, Pause, State, Status
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.planning.state_edits import resolve_absent, resolve_published
from publisher.state.edits import apply_edits
from tests.support.posts import ME, NOW, make_entry, make_post, make_state

OTHER = Author("urn:li:person:other00000", "other")
LONG = "We released the third version today; it reads tables, quotes and footnotes, and it is twice as fast."
UPDATING = Config(api="posts", on_change="update")
REPLACING = Config(on_change="replace")


def plan(*posts: Post, state: State, config: Config = Config(), **options: Any) -> Plan:  # noqa: B008
    return make_plan(posts, state, config, NOW, PlanOptions(**options))


def actions(made: Plan) -> dict[str, Action]:
    return {change.key: change.action for change in made.changes}


def pending(post: Post, **fields: Any) -> Entry:
    attempt = Attempt("id", NOW - timedelta(hours=1), post.digest, NOW - timedelta(minutes=50))
    return make_entry(
        post, status=Status.PENDING, urn=None, permalink=None, published_at=None, attempt=attempt, **fields
    )


def wordless(key: str, page: str = "https://example.org/a") -> Post:
    return make_post(key, " ", article=Article(page))


@pytest.mark.parametrize("make", [make_post, wordless], ids=["words", "no words"])
def test_a_post_in_doubt_is_not_created_under_a_new_name(make: Any) -> None:
    old = make("old") if make is wordless else make("old", "The same words")
    new = make("new") if make is wordless else make("new", "The same words")
    made = plan(new, state=State({"old": pending(old)}))
    assert actions(made) == {"old": Action.UNKNOWN, "new": Action.BLOCKED}
    assert "publisher state resolve old" in next(c.reason for c in made.changes if c.key == "new")


def test_an_old_name_that_is_used_anew_keeps_its_picture_from_being_published_twice() -> None:
    live = wordless("a")
    made = plan(wordless("b"), wordless("a", "https://example.org/new"), state=make_state(live))
    assert actions(made) == {"a": Action.CHANGED, "b": Action.BLOCKED}
    assert "publisher state mv a b" in next(c.reason for c in made.changes if c.key == "b")


@pytest.mark.parametrize("config", [UPDATING, REPLACING], ids=["update", "replace"])
def test_two_files_that_were_swapped_are_not_edited(config: Config) -> None:
    a, b = make_post("a", "Words of a"), make_post("b", "Words of b")
    swapped = replace(b, key="a", source="content/a.md"), replace(a, key="b", source="content/b.md")
    made = plan(*swapped, state=make_state(a, b), config=config, allow_replace=True)
    assert actions(made) == {"a": Action.BLOCKED, "b": Action.BLOCKED}


def test_an_edit_and_a_create_of_one_text_in_one_run_are_not_both_done() -> None:
    live = make_post("z", "Before")
    made = plan(
        make_post("z", "New words"), make_post("a", "New words"), state=make_state(live), config=UPDATING
    )
    assert actions(made) == {"a": Action.CREATE, "z": Action.BLOCKED}


@pytest.mark.parametrize("author", [ME, OTHER], ids=["typo", "typo and author"])
def test_a_post_in_doubt_that_was_renamed_and_corrected_is_not_published_twice(author: Author) -> None:
    old = make_post("old", LONG)
    new = make_post("new", LONG.replace("tables", "tabels"), author=author)
    assert actions(plan(new, state=State({"old": pending(old)})))["new"] is Action.BLOCKED
    unlike = make_post("other", "Something that has nothing to do with it at all, save that it is new.")
    assert actions(plan(unlike, state=State({"old": pending(old)})))["other"] is Action.CREATE


def test_a_live_post_that_was_renamed_and_corrected_is_not_published_twice() -> None:
    old, new = make_post("old", LONG), make_post("new", LONG.replace("tables", "tabels"))
    made = plan(new, state=make_state(old))
    assert actions(made) == {"old": Action.ORPHAN, "new": Action.BLOCKED}
    assert "publisher state mv old new" in made.changes[0].reason


def test_prune_does_not_delete_a_post_whose_content_moved() -> None:
    live, stamped = make_post("b", "Same words"), make_post("a", "Same words")
    state = State({"a": make_entry(stamped, status=Status.STAMPED, urn=None), "b": make_entry(live)})
    made = plan(make_post("c", "Same words"), state=state, prune=True)
    assert [(c.key, c.moved_from) for c in made.changes if c.action is Action.MOVE] == [("c", "b")]
    assert [c.key for c in made.changes if c.action is Action.DELETE and c.urn] == []


@pytest.mark.parametrize("where", ["past", "entry"])
def test_content_that_was_deleted_lately_waits(where: str) -> None:
    gone = make_post("gone", "Words that were deleted")
    twin = make_post("twin", "Words that were deleted")

    def deleted(hours: int) -> State:
        at = NOW - timedelta(hours=hours)
        if where == "entry":
            return State({"gone": make_entry(gone, status=Status.DELETED, deleted_at=at)})
        return State(past={"gone": (Past(ME.urn, gone.digest, gone.text_digest, "urn:li:share:1", at),)})

    assert actions(plan(twin, state=deleted(47)))["twin"] is Action.BLOCKED
    assert actions(plan(twin, state=deleted(49)))["twin"] is Action.CREATE


def test_a_refused_duplicate_is_held_until_its_content_changes() -> None:
    post = make_post()
    state = State(held={post.key: Held(post.digest, NOW, "urn:li:share:7")})
    assert actions(plan(post, state=state)) == {"hello": Action.BLOCKED}
    assert actions(plan(make_post(text="Other words"), state=state)) == {"hello": Action.CREATE}


def test_an_intent_is_in_flight_until_it_expires() -> None:
    post = make_post()
    attempt = Attempt("id", NOW, post.digest, NOW + timedelta(minutes=3))
    (change,) = plan(post, state=State({post.key: pending(post)._replace(attempt=attempt)})).changes
    assert (change.action, change.in_flight) == (Action.NONE, True)


def test_what_a_clock_far_ahead_wrote_is_neither_in_flight_nor_a_recent_deletion() -> None:
    post, future = make_post(), NOW + timedelta(days=3650)
    attempt = Attempt("id", future, post.digest, future + timedelta(minutes=3))
    state = State({post.key: pending(post)._replace(attempt=attempt)})
    assert actions(plan(post, state=state)) == {"hello": Action.UNKNOWN}
    with pytest.raises(UsageError, match="a clock was wrong") as refused:
        resolve_absent(state, post.key, NOW)
    assert "--force" in refused.value.remedy
    gone = State(past={"gone": (Past(ME.urn, post.digest, post.text_digest, "urn:li:share:1", future),)})
    assert actions(plan(post, state=gone)) == {"hello": Action.CREATE}


@pytest.mark.parametrize("where", ["entry", "past"])
def test_an_outcome_is_not_settled_by_the_urn_of_another_key(where: str) -> None:
    post, other, at = make_post(), make_post("other"), NOW - timedelta(minutes=55)
    live = make_entry(other, urn="urn:li:share:7", published_at=at)
    past = Past(ME.urn, other.digest, other.text_digest, "urn:li:share:7")
    state = State({post.key: pending(post)}, past={"other": (past,)})
    if where == "entry":
        state = State({post.key: pending(post), "other": live})
    with pytest.raises(UsageError, match="is already known"):
        resolve_published(state, post.key, "urn:li:share:7", "", at, NOW)
    settled = apply_edits(state, resolve_published(state, post.key, "urn:li:share:8", "", at, NOW))
    assert (settled.posts["hello"].status, settled.posts["hello"].urn) == (Status.PUBLISHED, "urn:li:share:8")


def test_doubt_is_shown_whatever_is_selected() -> None:
    state = State({"old": pending(make_post("old"))})
    made = plan(make_post("old"), make_post("new"), state=state, keys=frozenset({"new"}))
    assert actions(made) == {"old": Action.UNKNOWN, "new": Action.CREATE}


def test_a_first_comment_in_doubt_stays_visible_when_it_is_removed() -> None:
    post = make_post()
    state = State({**make_state(post).posts, "hello#first_comment": pending(post)})
    assert actions(plan(post, state=state))["hello#first_comment"] is Action.UNKNOWN


def test_deletes_over_the_limit_refuse_the_run() -> None:
    state = make_state(make_post("a"), make_post("b"))
    assert "--max-deletes 2" in plan(state=state, prune=True).refusal
    assert plan(state=state, prune=True, max_deletes=2).refusal == ""
    stamped = {key: entry._replace(status=Status.STAMPED, urn=None) for key, entry in state.posts.items()}
    assert plan(state=State(stamped), prune=True).refusal == ""


def test_posts_that_are_due_within_the_grace_do_not_count() -> None:
    timed = [make_post(f"t{n}", publish_at=NOW - timedelta(hours=n)) for n in range(20)]
    assert plan(*timed, state=State()).refusal == ""
    assert plan(*(replace(post, publish_at=None) for post in timed), state=State()).refusal


def test_a_pause_refuses_everything_until_its_end() -> None:
    state = State(pause=Pause(NOW, NOW + timedelta(hours=1), "launch"))
    assert "launch" in plan(make_post(), state=state).refusal
    assert plan(make_post(), state=State(pause=Pause(NOW, NOW))).refusal == ""
