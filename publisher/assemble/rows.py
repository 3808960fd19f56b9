"""Products as plain tuples: what the cache keeps of them, since it reads those back ten times as fast as objects."""

from operator import attrgetter
from typing import Any

from publisher.assemble.product import Made, Product
from publisher.model.packed import packed_class
from publisher.model.post import Post

Stamp = tuple[int, int, int, int]
"""(mtime ns, ctime ns, size, inode) of a source file."""

Row = tuple[Stamp, bytes, tuple[Any, ...], tuple[Any, ...], tuple[Any, ...], float, float]
"""What is remembered of a file: its stamp, the sha256 of its bytes, and its product's made, diagnostics, media, since
and until."""

_HEAD = ("key", "source", "author", "digest", "text_digest", "publish_at", "slot", "draft")
"""What a plan asks of every post; the rest only of those that it is to show or send."""

_head = attrgetter(*_HEAD)
_Packed = packed_class(Post, _HEAD)
_Bare = packed_class(
    Post, (*_HEAD, "first_comment", "media")
)  # without the two, which is asked of every post too


def row_of(stamp: Stamp, sha256: bytes, product: Product) -> Row:
    """A product as it is remembered."""
    made = tuple([(one.key, one.position, one.sketch, _contents(one.post)) for one in product.made])
    return (stamp, sha256, made, product.diagnostics, product.media, product.since, product.until)


def made_of(name: str, row: Row) -> list[Made]:
    """What the product of the file ``name`` had made."""
    return [Made(name, key, at, contents and _post(contents), sketch) for key, at, sketch, contents in row[2]]


def _contents(post: Post | None) -> tuple[object, ...] | None:
    if post is None:
        return None
    return (*_head(post), post.pack(), post.first_comment is None and not post.media)


def _post(contents: tuple[Any, ...]) -> Post:
    post: Any = object.__new__(_Bare if contents[-1] else _Packed)
    # in the order of _HEAD
    (
        post.key,
        post.source,
        post.author,
        post.digest,
        post.text_digest,
        post.publish_at,
        post.slot,
        post.draft,
        post._packed,
        bare,
    ) = contents
    if bare:
        post.first_comment, post.media = None, ()
    made: Post = post
    return made
