"""Every action of the contract's table, and why it is chosen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from publisher.model.config import Config, Late, Limits
from publisher.model.plan import Action, Change, Plan
from publisher.model.post import Article, Post, Text, Visibility
from publisher.model.state import COMMENT_SUFFIX, Attempt, Entry, State, Status
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.render.digest import comment_digest
from tests.support.posts import ME, NOW, make_entry, make_post, make_state


def plan(*posts: Post, state: State | None = None, config: Config | None = None, **options: object) -> Plan:
    return make_plan(posts, state or State(), config or Config(), NOW, PlanOptions(**options))  # type: ignore[arg-type]


def only(result: Plan) -> Change:
    (change,) = result.changes
    return change


def pending(post: Post) -> Entry:
    attempt = Attempt("a1", NOW - timedelta(hours=1), post.digest)
    return make_entry(post, status=Status.PENDING, urn=None, permalink=None, attempt=attempt)


def edited(post: Post, text: str = "Something else.") -> Post:
    return make_post(post.key, text)


def test_a_new_post_is_created() -> None:
    change = only(plan(make_post()))
    assert change.action is Action.CREATE
    assert change.payload is not None
    assert change.urn is None


def test_a_published_post_is_left_alone() -> None:
    post = make_post()
    change = only(plan(post, state=make_state(post)))
    assert change.action is Action.NONE
    assert change.payload is None
    assert change.urn == "urn:li:share:7400000000000000000"


def test_an_edited_live_post_is_held_with_its_diff() -> None:
    post = make_post(text="one\ntwo")
    change = only(plan(edited(post, "one\nthree"), state=make_state(post)))
    assert change.action is Action.CHANGED
    assert change.diff is not None
    assert "-two" in change.diff.splitlines()
    assert "+three" in change.diff.splitlines()


def test_ugc_posts_cannot_be_updated() -> None:
    post = make_post()
    change = only(plan(edited(post), state=make_state(post), config=Config(on_change="update")))
    assert change.action is Action.CHANGED
    assert "api: posts" in change.reason


def test_only_the_text_is_updated_on_the_versioned_api() -> None:
    post = make_post()
    config = Config(api="posts", on_change="update")
    change = only(plan(edited(post), state=make_state(post), config=config))
    assert change.action is Action.UPDATE
    assert change.payload == {"patch": {"$set": {"commentary": "Something else."}}}


def test_more_than_the_text_is_not_updated() -> None:
    post = make_post()
    other = make_post(text="Something else.", visibility=Visibility.CONNECTIONS)
    change = only(plan(other, state=make_state(post), config=Config(api="posts", on_change="update")))
    assert change.action is Action.CHANGED
    assert "only the text can be edited" in change.reason


@pytest.mark.parametrize(("allowed", "action"), [(True, Action.REPLACE), (False, Action.CHANGED)])
def test_replacing_needs_permission(allowed: bool, action: Action) -> None:
    post = make_post()
    config = Config(on_change="replace")
    result = plan(edited(post), state=make_state(post), config=config, allow_replace=allowed)
    assert only(result).action is action


def test_a_renamed_file_moves_its_entry() -> None:
    old = make_post("old", "Same text")
    new = make_post("new", "Same text")
    change = only(plan(new, state=make_state(old)))
    assert (change.action, change.key, change.moved_from) == (Action.MOVE, "new", "old")


def test_two_renamed_twins_move_one_entry_each() -> None:
    olds = [make_post(key, "Same text") for key in ("a", "b")]
    news = [make_post(key, "Same text") for key in ("c", "d")]
    result = plan(*news, state=make_state(*olds))
    assert [(c.action, c.key, c.moved_from) for c in result.changes] == [
        (Action.MOVE, "c", "a"),
        (Action.MOVE, "d", "b"),
    ]


def test_a_vanished_file_leaves_an_orphan_that_only_prune_deletes() -> None:
    state = make_state(make_post())
    assert only(plan(state=state)).action is Action.ORPHAN
    assert only(plan(state=state, prune=True)).action is Action.DELETE


def test_a_post_deleted_by_us_does_not_come_back_by_itself() -> None:
    post = make_post()
    state = State({post.key: make_entry(post, status=Status.DELETED, deleted_at=NOW)})
    change = only(plan(post, state=state))
    assert change.action is Action.BLOCKED
    assert f"state rm {post.key}" in change.reason
    assert plan(state=state).changes == ()


def test_a_future_post_is_scheduled() -> None:
    change = only(plan(make_post(publish_at=NOW + timedelta(minutes=1))))
    assert change.action is Action.SCHEDULED
    assert change.publish_at == NOW + timedelta(minutes=1)


def test_a_due_post_is_created() -> None:
    assert only(plan(make_post(publish_at=NOW))).action is Action.CREATE
    assert only(plan(make_post(publish_at=NOW - timedelta(hours=24)))).action is Action.CREATE


@pytest.mark.parametrize(
    ("policy", "action"), [("hold", Action.LATE), ("skip", Action.LATE), ("publish", Action.CREATE)]
)
def test_a_post_past_its_grace_follows_the_policy(policy: str, action: Action) -> None:
    config = Config(late=Late(policy=policy))  # type: ignore[arg-type]
    late = make_post(publish_at=NOW - timedelta(hours=24, seconds=1))
    assert only(plan(late, config=config)).action is action


def test_a_draft_stays_out() -> None:
    assert only(plan(make_post(draft=True))).action is Action.DRAFT


def test_a_pending_entry_is_unknown_until_settled() -> None:
    post = make_post()
    change = only(plan(edited(post), state=State({post.key: pending(post)})))
    assert change.action is Action.UNKNOWN
    assert "state resolve" in change.reason


def test_a_pending_entry_whose_file_vanished_is_still_unknown() -> None:
    post = make_post()
    assert only(plan(state=State({post.key: pending(post)}), prune=True)).action is Action.UNKNOWN


def test_a_stamped_post_counts_as_done() -> None:
    post = make_post()
    state = State({post.key: make_entry(post, status=Status.STAMPED, urn=None)})
    assert only(plan(post, state=state)).action is Action.NONE
    assert only(plan(edited(post), state=state)).action is Action.CHANGED


def test_the_same_text_is_blocked_while_it_is_live() -> None:
    live = make_post("live", "The same words", visibility=Visibility.CONNECTIONS)
    twin = make_post("twin", "The same words")
    result = plan(live, twin, state=make_state(live))
    assert [(c.key, c.action) for c in result.changes] == [("live", Action.NONE), ("twin", Action.BLOCKED)]
    assert "'live'" in result.changes[1].reason


def test_the_same_text_twice_in_one_run_is_created_once() -> None:
    result = plan(make_post("a", "The same words"), make_post("b", "The same words"))
    assert [c.action for c in result.changes] == [Action.CREATE, Action.BLOCKED]


def test_two_authors_may_say_the_same() -> None:
    other = replace(ME, urn="urn:li:person:other00000", alias="other")
    result = plan(make_post("a", "The same words"), make_post("b", "The same words", author=other))
    assert [c.action for c in result.changes] == [Action.CREATE, Action.CREATE]


def test_posts_without_words_are_told_apart_by_what_else_they_show() -> None:
    pages = [
        Article("https://example.org/a"),
        Article("https://example.org/b"),
        Article("https://example.org/a"),
    ]
    posts = [make_post(key, " ", article=page) for key, page in zip("abc", pages, strict=True)]
    assert [c.action for c in plan(*posts).changes] == [Action.CREATE, Action.CREATE, Action.BLOCKED]


def test_a_run_over_the_limit_is_refused_as_a_whole_with_the_way_on() -> None:
    posts = [make_post(f"p{number}") for number in range(4)]
    result = plan(*posts, config=Config(limits=Limits(creates_per_run=2)))
    assert [c.action for c in result.changes] == [Action.CREATE] * 4
    assert "limits.creates_per_run" in result.refusal
    assert "--max-creates 4" in result.refusal
    assert plan(*posts, max_creates=4).refusal == ""
    assert plan(*posts[:2], config=Config(limits=Limits(creates_per_run=2))).refusal == ""


def test_keys_narrow_the_plan() -> None:
    posts = [make_post(key, first_comment=Text("Hi")) for key in ("a", "b")]
    result = plan(*posts, keys=frozenset({"b"}))
    assert [c.key for c in result.changes] == ["b", "b#first_comment"]


def test_changes_are_sorted_by_time_and_key() -> None:
    at = datetime(2026, 12, 1, tzinfo=UTC)
    posts = [make_post("z"), make_post("b", publish_at=at), make_post("a", publish_at=at), make_post("c")]
    assert [c.key for c in plan(*posts).changes] == ["c", "z", "a", "b"]


def test_a_first_comment_follows_its_new_post() -> None:
    post = make_post("a-post", first_comment=Text("Read more in the docs"))
    result = plan(post, make_post("a-post-2"))
    assert [(c.key, c.action) for c in result.changes] == [
        ("a-post", Action.CREATE),
        ("a-post#first_comment", Action.CREATE),
        ("a-post-2", Action.CREATE),
    ]


def test_a_first_comment_can_come_later_and_only_once() -> None:
    bare = make_post()
    post = make_post(first_comment=Text("Later thought"))
    state = make_state(bare)
    assert [c.action for c in plan(post, state=state).changes] == [Action.NONE, Action.CREATE]
    entry = make_entry(post, digest=comment_digest(post), urn="urn:li:comment:(urn:li:activity:1,2)")
    both = State({**state.posts, post.key + COMMENT_SUFFIX: entry})
    assert [c.action for c in plan(post, state=both).changes] == [Action.NONE, Action.NONE]
    other = make_post(first_comment=Text("Changed my mind"))
    assert [c.action for c in plan(other, state=both).changes] == [Action.NONE, Action.CHANGED]


def test_a_held_post_has_no_comment_yet() -> None:
    post = make_post(first_comment=Text("Hi"), publish_at=NOW + timedelta(days=1))
    assert [c.action for c in plan(post).changes] == [Action.SCHEDULED]


def test_the_article_is_part_of_what_readers_see() -> None:
    post = make_post(article=Article("https://example.org/a"))
    other = make_post(article=Article("https://example.org/b"))
    assert only(plan(other, state=make_state(post))).action is Action.CHANGED


def test_line_endings_and_source_do_not_matter() -> None:
    post = make_post()
    elsewhere = replace(post, source="content/sub/hello.md")
    assert only(plan(elsewhere, state=make_state(post))).action is Action.NONE
