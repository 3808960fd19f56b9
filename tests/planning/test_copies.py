"""Copies: found by key and account, never published again whatever happens to aliases, order and handles."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.model.config import Config, Limits
from publisher.model.plan import Action, Plan
from publisher.model.post import Author, Post, Text
from publisher.model.state import Attempt, Entry, State, Status, name_copies
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.planning.state_edits import forget, move, stamp
from publisher.render.digest import post_digest, text_digest
from publisher.reports.plan_json import decode_plan, encode_plan
from tests.support.posts import NOW

ME = Author("urn:li:person:AbC_123456", "me")
ACME = Author("urn:li:organization:4711", "acme")
SKY = Author("bluesky:acme.dev", "sky", network="bluesky", handle="acme.dev", service="https://bsky.social")
TWO = Author("did:plc:two", "two", network="bluesky", handle="two.dev", service="https://bsky.social")
MASTO = Author("mastodon:https://m.io", "masto", network="mastodon", server="https://m.io")
X = Author("65f0", "x", network="zernio", platform="twitter", account="65f0")
THREADS = Author("77aa", "th", network="zernio", platform="threads", account="77aa")
EVERYBODY = (ME, ACME, SKY, TWO, MASTO, X, THREADS)
REAL = {"sky": "did:plc:acme", "masto": "https://m.io/@acme"}
NOTHING = State()
CONFIG = Config(limits=Limits(creates_per_run=100))


def copies(key: str, authors: Sequence[Author], text: str = "Hello, world.", **fields: object) -> list[Post]:
    names = name_copies({}, key, [(one.urn, one.alias, one.network) for one in authors])
    posts = []
    for author in authors:
        name = names[author.urn]
        post = Post(
            name,
            f"content/{key}.md",
            author,
            Text(text),
            "",
            "",
            document="" if name == key else key,
            **fields,
        )
        posts.append(replace(post, digest=post_digest(post), text_digest=text_digest(post)))
    return posts


def plan(posts: Sequence[Post], state: State, **options: object) -> Plan:
    return make_plan(posts, state, CONFIG, NOW, PlanOptions(**options))


def actions(made: Plan) -> dict[str, str]:
    return {change.key: change.action.value for change in made.changes}


def publish(posts: Sequence[Post], state: State = NOTHING, **options: object) -> State:
    """The state after a run that asked the networks who the accounts are."""
    made = plan(posts, state, identities=REAL, **options)
    entries = dict(state.posts)
    for change in made.changes:
        if change.action is Action.CREATE:
            author = change.post.author
            places = {"handle": author.handle, "server": author.server, "platform": author.platform}
            entries[change.key] = Entry(
                Status.PUBLISHED,
                change.author,
                change.digest,
                change.post.text_digest,
                "",
                change.source,
                urn=f"urn:{change.key}",
                published_at=NOW - timedelta(hours=1),
                text=change.post.text.plain,
                network=change.network,
                ids={name: place for name, place in places.items() if place},
            )
    return State(posts=entries)


some_authors = st.lists(st.sampled_from(EVERYBODY), min_size=1, max_size=5, unique_by=lambda one: one.alias)


@settings(deadline=None)
@given(some_authors, st.randoms(use_true_random=False), st.booleans())
def test_no_copy_is_published_twice(authors: list[Author], random: object, offline: bool) -> None:
    """Not after the list was reordered, shortened or its aliases were renamed, online or offline."""
    state = publish(copies("k", authors))
    assert len(state.posts) == len(authors)
    renamed = [replace(one, alias=f"n{index}") for index, one in enumerate(authors)]
    random.shuffle(renamed)
    kept = renamed[: random.randint(1, len(renamed))]
    told = (
        {}
        if offline
        else {new.alias: REAL.get(old.alias, "") for new in kept for old in authors if new.urn == old.urn}
    )
    again = plan(copies("k", kept), state, identities={alias: urn for alias, urn in told.items() if urn})
    found = actions(again)
    assert set(found.values()) <= {"none", "orphan"}
    assert list(found.values()).count("none") == len(kept)


@settings(deadline=None)
@given(some_authors, some_authors)
def test_a_new_author_gets_a_copy_and_no_entry_changes_hands(
    before: list[Author], after: list[Author]
) -> None:
    state = publish(copies("k", before))
    made = plan(copies("k", after), state, identities=REAL)
    created = {change.author for change in made.changes if change.action is Action.CREATE}
    assert not created & {entry.author for entry in state.posts.values()}
    assert len(made.changes) == len({change.key for change in made.changes})
    assert not {change.key for change in made.changes if change.action is Action.CREATE} & state.posts.keys()
    for change in made.changes:
        entry = state.posts.get(change.key)
        if change.action is Action.NONE:
            assert entry is not None
            assert entry.author == change.author


def test_names_follow_the_first_linkedin_author_and_entries_that_exist() -> None:
    assert actions(plan(copies("k", [SKY, ME, MASTO]), State())) == {
        "k": "create",
        "k@sky": "create",
        "k@masto": "create",
    }
    old = publish(copies("k", [SKY]))
    assert [*old.posts] == ["k"]
    assert actions(plan(copies("k", [SKY, ME]), old)) == {"k": "none", "k@me": "create"}


def test_a_changed_handle_of_the_same_account_is_the_same_copy() -> None:
    state = publish(copies("k", [ME, SKY]))
    moved = replace(SKY, urn="bluesky:new.dev", handle="new.dev")
    assert actions(plan(copies("k", [ME, moved]), state)) == {"k": "none", "k@sky": "none"}
    assert actions(plan(copies("k", [ME, moved]), state, identities=REAL)) == {"k": "none", "k@sky": "none"}


def test_another_account_of_the_network_does_not_take_the_copy_over() -> None:
    state = publish(copies("k", [ME, SKY]))
    made = plan(copies("k", [ME, TWO]), state)
    assert actions(made) == {"k": "none", "k@sky": "changed"}
    assert any("was published by did:plc:acme" in change.reason for change in made.changes)
    assert actions(plan(copies("k", [ME, SKY, TWO]), state))["k@two"] == "create"


def test_another_platform_is_another_place() -> None:
    state = publish(copies("k", [X]))
    assert actions(plan(copies("k", [THREADS]), state)) == {"k": "orphan", "k@th": "create"}


def test_a_handle_that_now_belongs_to_another_account_publishes_nothing() -> None:
    state = publish(copies("k", [SKY]))
    made = plan(
        [*copies("k", [SKY]), *copies("new", [SKY], "Other words.")],
        state,
        identities={"sky": "did:plc:thief"},
    )
    assert actions(made) == {"k": "changed", "new": "blocked"}
    assert "the state knows did:plc:acme" in made.changes[1].reason


def test_a_renamed_file_moves_each_copy() -> None:
    state = publish(copies("k", [ME, SKY, MASTO]))
    made = plan(copies("new", [ME, SKY, MASTO]), state)
    assert {change.key: change.moved_from for change in made.changes} == {
        "new": "k",
        "new@sky": "k@sky",
        "new@masto": "k@masto",
    }


def test_limits_count_a_post_once() -> None:
    posts = [post for n in range(3) for post in copies(f"k{n}", [ME, SKY, MASTO], f"Text {n}.")]
    config = Config(limits=Limits(creates_per_run=3))
    assert make_plan(posts, State(), config, NOW, PlanOptions()).refusal == ""
    assert "3 posts" in make_plan(posts, State(), config, NOW, PlanOptions(max_creates=2)).refusal


def test_a_plan_is_narrowed_to_authors_copies_and_documents() -> None:
    posts = [*copies("a", [ME, SKY], "One."), *copies("b", [ME, SKY], "Two.")]
    assert set(actions(plan(posts, State(), authors=frozenset({"sky"})))) == {"a@sky", "b@sky"}
    assert set(actions(plan(posts, State(), authors=frozenset({ME.urn})))) == {"a", "b"}
    assert set(actions(plan(posts, State(), keys=frozenset({"a"})))) == {"a", "a@sky"}
    assert set(actions(plan(posts, State(), keys=frozenset({"a@sky", "b"})))) == {"a@sky", "b", "b@sky"}


def test_a_copy_in_doubt_holds_back_no_other_one() -> None:
    state = publish(copies("k", [ME, SKY]))
    old = state.posts["k"]
    doubt = old._replace(
        status=Status.PENDING, urn=None, attempt=Attempt("a", NOW - timedelta(days=1), old.digest)
    )
    state = State(posts={"k": doubt})
    assert actions(plan(copies("k", [ME, SKY]), state)) == {"k": "unknown", "k@sky": "create"}


def test_changes_are_sorted_by_time_key_and_account() -> None:
    posts = [*copies("b", EVERYBODY, "B."), *copies("a", EVERYBODY, "A.")]
    made = plan(posts, State(), identities=REAL)
    order = [(change.document, change.author) for change in made.changes]
    assert order == sorted(order)
    assert encode_plan(made) == encode_plan(plan(list(reversed(posts)), State(), identities=REAL))


def test_a_saved_plan_names_copies() -> None:
    made = plan(copies("k", [ME, SKY]), State())
    saved = decode_plan(encode_plan(made), "p")
    assert {name for name, _, _ in saved.acting} == {"k", "k@sky"}


def test_digests_do_not_depend_on_what_only_the_network_knows() -> None:
    (offline,) = plan(copies("k", [SKY]), State()).changes
    (online,) = plan(copies("k", [SKY]), State(), identities=REAL).changes
    assert offline.author != online.author
    assert offline.digest == online.digest


# --- threads -------------------------------------------------------------------------------------------------


def thread(key: str = "t", words: str = "Part") -> list[Post]:
    (post,) = copies(key, [SKY], f"{words} one.\n\n{words} two.\n\n{words} three.")
    return [replace(post, parts=tuple(Text(f"{words} {n}.") for n in ("one", "two", "three")))]


def part_state(state: State, *numbers: int) -> State:
    """The state in which further parts are live."""
    made = {change.key: change for change in plan(thread(), state).changes}
    first = state.posts["t"]
    entries = {f"t#{n}": first._replace(digest=made[f"t#{n}"].digest, urn=f"urn:t#{n}") for n in numbers}
    return State(posts={**state.posts, **entries})


def test_each_part_is_a_change_of_its_own() -> None:
    made = plan(thread(), State())
    assert [(change.key, change.action.value) for change in made.changes] == [
        ("t", "create"),
        ("t#2", "create"),
        ("t#3", "create"),
    ]
    assert [change.post.text.plain for change in made.changes[1:]] == ["Part two.", "Part three."]
    assert made.refusal == ""
    assert (
        make_plan(thread(), State(), Config(limits=Limits(creates_per_run=1)), NOW, PlanOptions()).refusal
        == ""
    )


def test_a_thread_goes_on_where_it_stopped() -> None:
    state = part_state(State(posts={"t": publish(thread()).posts["t"]}), 2)
    assert actions(plan(thread(), state)) == {"t": "none", "t#2": "none", "t#3": "create"}


def test_a_thread_that_was_edited_half_way_is_not_continued() -> None:
    state = part_state(State(posts={"t": publish(thread()).posts["t"]}), 2)
    made = plan(thread(words="Piece"), state)
    assert actions(made) == {"t": "changed", "t#2": "changed", "t#3": "changed"}


def test_a_part_waits_for_the_one_before() -> None:
    state = part_state(State(posts={"t": publish(thread()).posts["t"]}), 2)
    second = state.posts["t#2"]
    doubt = second._replace(
        status=Status.PENDING, urn=None, attempt=Attempt("a", NOW - timedelta(days=1), second.digest)
    )
    state = State(posts={**state.posts, "t#2": doubt})
    assert actions(plan(thread(), state)) == {"t": "none", "t#2": "unknown", "t#3": "blocked"}


@pytest.mark.parametrize("edit", [forget, lambda state, key, now: move(state, key, "u", now)])
def test_parts_go_with_their_thread(edit: object) -> None:
    state = part_state(State(posts={"t": publish(thread()).posts["t"]}), 2, 3)
    named = {one.key for one in edit(state, "t", NOW) if hasattr(one, "after")}
    assert {"t", "t#2", "t#3"} <= named


def test_parts_are_deleted_with_their_thread() -> None:
    state = part_state(State(posts={"t": publish(thread()).posts["t"]}), 2, 3)
    made = plan([], state, prune=True, max_deletes=1)
    assert actions(made) == {"t": "delete", "t#2": "delete", "t#3": "delete"}
    assert made.refusal == ""


def test_a_stamped_backlog_is_not_published_when_the_network_tells_the_account() -> None:
    posts = copies("k", [ME, SKY, MASTO])
    edits = stamp(NOTHING, posts, "ugcPosts", NOW)
    state = State(posts={edit.key: edit.after for edit in edits if hasattr(edit, "after")})
    assert set(state.posts) == {"k", "k@masto", "k@sky"}
    for told in ({}, REAL):
        assert set(actions(plan(posts, state, identities=told)).values()) == {"none"}


def test_what_is_stamped_is_found_by_account_and_not_by_the_order_of_authors() -> None:
    state = publish(copies("k", [SKY]))
    edits = stamp(state, copies("k", [ME, SKY]), "ugcPosts", NOW)
    assert {edit.key: edit.after.author for edit in edits if hasattr(edit, "after")} == {"k@me": ME.urn}


def test_parts_of_a_thread_that_goes_on_are_no_posts_of_a_run() -> None:
    state = part_state(State(posts={"t": publish(thread()).posts["t"]}), 2)
    made = plan(thread(), state, max_creates=0)
    assert actions(made)["t#3"] == "create"
    assert made.refusal == ""


def test_a_copy_takes_no_name_that_a_document_has() -> None:
    older = replace(copies("other", [ME], "Other words.")[0], key="k@sky", document="")
    made = plan([*copies("k", [ME, SKY]), older], State())
    assert set(actions(made)) == {"k", "k@sky", "k@sky-2"}
    assert {change.key: change.author for change in made.changes}["k@sky"] == ME.urn
