"""Renamed posts: a key that vanished, and a new key with its content. Pure."""

from collections.abc import Mapping

from publisher.model.post import Post
from publisher.model.state import State, Status, split_name


def find_moves(by_key: Mapping[str, Post], state: State) -> dict[str, str]:
    """Return new key -> old key for each new key with the digest of a vanished one, paired in key order."""
    vanished: dict[tuple[str, str], list[str]] = {}
    for key in sorted(state.posts.keys() - by_key.keys()):
        entry = state.posts[key]
        if not split_name(key).part and entry.status in (Status.PUBLISHED, Status.STAMPED):
            # on LinkedIn the digest covers the author
            account = "" if entry.network == "linkedin" else entry.author
            vanished.setdefault((account, entry.digest), []).append(key)
    for keys in vanished.values():
        # a live post comes before one that was only stamped as done: its URN is worth more
        keys.sort(key=lambda key: (state.posts[key].status is not Status.PUBLISHED, key))
    moves: dict[str, str] = {}
    for key in sorted(by_key.keys() - state.posts.keys()) if vanished else ():
        post = by_key[key]
        account = "" if post.author.network == "linkedin" else post.author.urn
        candidates = vanished.get((account, post.digest))
        if candidates:
            moves[key] = candidates.pop(0)
    return moves
