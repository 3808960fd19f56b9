"""The posts of every network as the feed page reads them: in the shape that LinkedIn's have in the store."""

from collections.abc import Iterator

from publisher.sandbox.store import Store
from publisher.sandbox.values import Member, Organization, Post, StoredMedia

NETWORKS = {"bluesky": "Bluesky", "mastodon": "Mastodon", "zernio": "Zernio"}
"""The networks beside LinkedIn by the ``api`` of their posts, and what the feed calls them."""


def posts_of_all(store: Store) -> Iterator[Post]:
    """Yield the posts of all networks, newest first."""
    others = [post for source in store.feed_sources for post in source.feed_posts()]
    if not others:
        return store.posts.newest_first()
    return iter(sorted([*store.posts.all(), *others], key=lambda post: post.created_at, reverse=True))


def find_post(store: Store, urn: str) -> Post | None:
    """Return a post of any network."""
    others = (post for source in store.feed_sources for post in source.feed_posts() if post.urn == urn)
    return store.post(urn) or next(others, None)


def is_visible(store: Store, post: Post) -> bool:
    """Return whether readers see it; the other networks give such posts only."""
    return post.api in NETWORKS or store.visible(post)


def find_author(store: Store, urn: str) -> Member | Organization | None:
    """Return who posts under this URN, on any network."""
    others = (source.feed_author(urn) for source in store.feed_sources)
    return store.author(urn) or next((author for author in others if author), None)


def find_media(store: Store, urn: str) -> StoredMedia | None:
    """Return a file of any network."""
    others = (source.feed_media(urn) for source in store.feed_sources)
    return store.media(urn) or next((media for media in others if media), None)
