"""Products as plain tuples: what the cache keeps of them, since it reads those back ten times as fast as objects."""

from typing import Any

from publisher.assemble.product import Made, Product
from publisher.model.post import Post

Stamp = tuple[int, int, int, int]
"""(mtime ns, ctime ns, size, inode) of a source file."""

Row = tuple[Stamp, bytes, tuple[Any, ...], tuple[Any, ...], tuple[Any, ...], float, float]
"""What is remembered of a file: its stamp, the sha256 of its bytes, and its product's made, diagnostics, media, since
and until."""

_Unfrozen = Post.unfrozen()


def row_of(stamp: Stamp, sha256: bytes, product: Product) -> Row:
    """A product as it is remembered."""
    made = tuple([(one.key, one.position, one.sketch, _contents(one.post)) for one in product.made])
    return (stamp, sha256, made, product.diagnostics, product.media, product.since, product.until)


def made_of(name: str, row: Row) -> list[Made]:
    """What the product of the file ``name`` had made."""
    return [Made(name, key, at, contents and _post(contents), sketch) for key, at, sketch, contents in row[2]]


def _contents(post: Post | None) -> tuple[object, ...] | None:
    """What a plan asks of every post, and the rest packed, which it asks only of those that it is to show or send."""
    if post is None:
        return None
    return (
        post.key,
        post.source,
        post.author,
        post.digest,
        post.text_digest,
        post.publish_at,
        post.slot,
        post.draft,
        post.pack(),
        post.first_comment is None and not post.media,  # which is asked of every post too
    )


def _post(contents: tuple[Any, ...]) -> Post:
    post: Any = object.__new__(_Unfrozen)
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
    post.__class__ = Post
    made: Post = post
    return made
