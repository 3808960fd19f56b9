"""Find the entry of each copy by key and account, independent of the order and aliases of authors. Pure.

Only the network knows the account behind a handle or a token. A plan asks no network, so it takes what the
state recorded when a copy was published, and what a run was told (`PlanOptions.identities`).
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from publisher.model.plan import Change
from publisher.model.post import Author, Post
from publisher.model.state import Entry, State, name_copies, split_name
from publisher.planning.options import PlanOptions

_NEVER = datetime.min.replace(tzinfo=UTC)

Names = dict[str, Entry]
"""Name -> entry of each copy of one document."""


class Identified(NamedTuple):
    """Posts under the names of their entries, with the identities of their authors.

    ``contested`` maps aliases to the identity that the state knows, where a network told another one.
    """

    posts: list[Post]
    contested: Mapping[str, str]


def identify(posts: Sequence[Post], state: State, options: PlanOptions) -> Identified:
    """Find the entry of each copy, sorted by its name.

    A copy without an entry takes that of a copy of the same document on the same network whose account is no
    longer among the authors: the account may have another handle, or the app gives its member another URN.
    Such a copy is compared, and never created a second time.
    """
    contested: dict[str, str] = {}
    recorded = _recorded(state)
    known: dict[str, Names] = defaultdict(dict)
    for name, entry in state.posts.items():
        key, _, part = split_name(name)
        if not part:
            known[key][name] = entry
    groups: dict[str, list[Post]] = defaultdict(list)
    for post in posts:
        groups[post.document_key].append(_with_identity(post, recorded, options, contested))
    keys = groups.keys()
    found = (post for key, group in groups.items() for post in _named(key, group, known.get(key, {}), keys))
    return Identified(sorted(found, key=lambda post: post.key), contested)


def under_their_names(posts: Iterable[Post], state: State) -> list[Post]:
    """Return posts under the names of their entries, as far as the state knows the accounts."""
    return identify([*posts], state, PlanOptions()).posts


def _named(key: str, group: list[Post], known: Names, keys: Container[str]) -> Iterator[Post]:
    """Yield the copies of one document, each under the name of its entry."""
    if len(group) == 1 and (not known or _is_settled(key, group[0], known)):
        yield from group  # most posts
        return
    group = sorted(group, key=lambda post: (post.key != key, post.key))
    own = {entry.author: name for name, entry in known.items()}
    names = {
        post.author.urn: own[identity]
        for post in group
        for identity in (post.author.placeholder, post.author.urn)
        if identity in own
    }
    left = {name: entry for name, entry in known.items() if name not in names.values()}
    for post in group:
        if post.author.urn not in names and (heir := _inherited(post, left)):
            names[post.author.urn] = heir
            left.pop(heir)
    authors = [(post.author.urn, post.author.alias, post.author.network) for post in group]
    others = {name for _, alias, _ in authors if (name := f"{key}@{alias}") in keys}
    names = name_copies(names, key, authors, {*known, *others})
    for post in group:
        name = names[post.author.urn]
        entry, author = known.get(name), post.author
        if entry is not None and author.provisional:
            author = replace(author, urn=entry.author)
        yield replace(post, key=name, document="" if name == key else key, author=author)


def _is_settled(key: str, post: Post, known: Names) -> bool:
    """Return whether a document's only copy has the only entry, under the document's key."""
    entry = known.get(key) if len(known) == 1 else None
    same = entry is not None and entry.author == post.author.urn
    return same and post.key == key and not post.document and not post.author.provisional


def _inherited(post: Post, left: Names) -> str | None:
    """Return the name of an entry whose account is no longer among the authors, and on the same network."""
    candidates = [name for name, entry in left.items() if is_same_place(post.author, entry)]
    return min(candidates, key=lambda name: (name != post.key, name), default=None)


def is_same_place(author: Author, entry: Entry) -> bool:
    """Return whether an entry is on an author's network; at Zernio, on the same platform."""
    same = entry.network == author.network
    return same and entry.ids.get("platform", author.platform) == author.platform


def _with_identity(
    post: Post, recorded: Mapping[tuple[str, str], str], options: PlanOptions, contested: dict[str, str]
) -> Post:
    author = post.author
    if not author.provisional:
        return post
    before = recorded.get((author.network, author.handle or author.server))
    told = options.identities.get(author.alias)
    if before and told and before != told:
        contested[author.alias] = before
    found = told or before
    return replace(post, author=replace(author, urn=found)) if found else post


def _recorded(state: State) -> dict[tuple[str, str], str]:
    """Return (network, handle or server) -> account, by the newest entry that has both."""
    found: dict[tuple[str, str], tuple[datetime, str]] = {}
    for entry in state.posts.values():
        place = entry.ids.get("handle" if entry.network == "bluesky" else "server", "")
        if place and entry.network in ("bluesky", "mastodon"):
            at = entry.published_at or (entry.attempt.started_at if entry.attempt else _NEVER)
            found[entry.network, place] = max(
                found.get((entry.network, place), (at, entry.author)), (at, entry.author)
            )
    return {place: author for place, (_, author) in found.items()}


def selected(changes: Iterable[Change], options: PlanOptions, authors: Mapping[str, str]) -> list[Change]:
    """Return the changes of the keys, copies and authors that a plan is narrowed to.

    ``authors``: alias -> identity.
    """
    wanted = {authors.get(name, name) for name in options.authors}
    return [
        change
        for change in changes
        if (not options.keys or {change.document, copy_of(change.key)} & options.keys)
        and (
            not wanted
            or change.author in wanted
            or (change.post and change.post.author.alias in options.authors)
        )
    ]


def copy_of(name: str) -> str:
    """Return the name of the copy that a comment or a part belongs to."""
    return name.partition("#")[0]
