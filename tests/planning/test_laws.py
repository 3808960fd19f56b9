"""Laws of planning: same input, same bytes; what is published needs nothing more; nothing is done twice."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.model.config import Config, Limits
from publisher.model.plan import Action
from publisher.model.post import Post, Text
from publisher.model.state import COMMENT_SUFFIX, State
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.render.digest import comment_digest
from publisher.reports.plan_json import decode_plan, encode_plan
from tests.support.posts import NOW, make_entry, make_post

KEYS = st.from_regex(r"[a-z0-9_][a-z0-9._-]{0,4}(/[a-z0-9_][a-z0-9._-]{0,3})?", fullmatch=True)
TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
POSTS = st.builds(
    make_post,
    KEYS,
    TEXTS,
    draft=st.booleans(),
    publish_at=st.none() | st.integers(-72, 72).map(lambda hours: NOW + timedelta(hours=hours)),
    first_comment=st.none() | TEXTS.map(Text),
)
PROJECTS = st.lists(POSTS, max_size=8, unique_by=lambda post: post.key)
CONFIG = Config(limits=Limits(creates_per_run=100))


def published(posts: list[Post], state: State) -> State:
    """The state after all acting changes of a plan."""
    entries = dict(state.posts)
    for change in make_plan(posts, state, CONFIG, NOW, PlanOptions()).acting:
        assert change.post is not None
        entry = make_entry(change.post)
        if change.key.endswith(COMMENT_SUFFIX):
            entry = entry._replace(digest=comment_digest(change.post))
        entries[change.key] = entry
    return State(entries)


@given(PROJECTS)
@settings(deadline=None)
def test_a_plan_after_publishing_is_empty(posts: list[Post]) -> None:
    state = published(posts, State())
    assert make_plan(posts, state, CONFIG, NOW, PlanOptions()).acting == ()


@given(PROJECTS, st.randoms())
@settings(deadline=None)
def test_the_same_input_gives_the_same_bytes(posts: list[Post], random: object) -> None:
    first = encode_plan(make_plan(posts, State(), CONFIG, NOW, PlanOptions()))
    random.shuffle(posts)  # type: ignore[attr-defined]
    assert encode_plan(make_plan(posts, State(), CONFIG, NOW, PlanOptions())) == first


@given(PROJECTS)
@settings(deadline=None)
def test_every_post_has_exactly_one_change_and_no_text_is_created_twice(posts: list[Post]) -> None:
    plan = make_plan(posts, State(), CONFIG, NOW, PlanOptions())
    keys = [change.key for change in plan.changes if COMMENT_SUFFIX not in change.key]
    assert sorted(keys) == sorted(post.key for post in posts)
    created = [c.post.text.plain for c in plan.acting if c.post and COMMENT_SUFFIX not in c.key]
    worded = [text for text in created if text.strip()]
    assert len(worded) == len(set(worded))


@given(PROJECTS)
@settings(deadline=None)
def test_a_saved_plan_reads_back_what_it_would_do(posts: list[Post]) -> None:
    plan = make_plan(posts, State(), CONFIG, NOW, PlanOptions())
    saved = decode_plan(encode_plan(plan), "p")
    assert saved.acting == tuple((c.key, c.action, c.digest) for c in plan.acting)
    assert (saved.state_digest, saved.content_digest) == (plan.state_digest, plan.content_digest)
    assert {change.action for change in plan.changes} <= set(Action)
