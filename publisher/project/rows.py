"""Products as plain tuples: what the cache keeps of them, since it reads those back ten times as fast as objects."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from publisher.model.packed import packed_class
from publisher.model.post import Post
from publisher.project.file_builder import FileResult, RenderedDocument

Stamp = tuple[int, int, int, int]
"""(mtime ns, ctime ns, size, inode) of a source file."""

Row = tuple[Stamp, bytes, tuple[Any, ...], tuple[Any, ...], tuple[Any, ...], float, float]
"""What is remembered of a file: its stamp, the sha256 of its bytes, and its product's made, diagnostics, media, since
and until."""

Reader = Callable[[int, int], bytes]
"""(start, end) -> bytes that were put elsewhere."""

_ASKED = ("author", "digest", "text_digest", "publish_at", "slot", "draft")
"""What a plan asks of every post beside key and source; the rest only of those that it is to show or send."""

_HEAD = ("key", "source", *_ASKED)
_asked = attrgetter(*_ASKED)
_Packed = packed_class(Post, _HEAD)
# without first comment and media, which is asked of every post too
_Bare = packed_class(Post, (*_HEAD, "first_comment", "media"))


def row_of(stamp: Stamp, sha256: bytes, product: FileResult) -> Row:
    """A product as it is remembered."""
    made = tuple([(one.key, one.position, one.sketch, _contents(one.post)) for one in product.made])
    return (stamp, sha256, made, product.diagnostics, product.media, product.since, product.until)


def made_of(name: str, row: Row, read: Reader) -> list[RenderedDocument]:
    """What the product of the file ``name`` had made; ``read`` gives what `moved` had put elsewhere."""
    return [
        RenderedDocument(name, key, at, contents and _post(name, key, contents, read), sketch)
        for key, at, sketch, contents in row[2]
    ]


def moved(row: Row, move: Callable[[Any], Any]) -> Row:
    """The row with the packed part of its posts put elsewhere: ``move`` says where, or gets it from there."""
    made = [(*one, contents and (*contents[:-1], move(contents[-1]))) for *one, contents in row[2]]
    return (*row[:2], tuple(made), *row[3:])


def _contents(post: Post | None) -> tuple[object, ...] | None:
    if post is None:
        return None
    return (*_asked(post), post.first_comment is None and not post.media, post.pack())


def _post(name: str, key: str, contents: tuple[Any, ...], read: Reader) -> Post:
    author, digest, text_digest, publish_at, slot, draft, bare, packed = contents
    post: Any = object.__new__(_Bare if bare else _Packed)
    post.key = key
    post.source = name
    post.author = author
    post.digest = digest
    post.text_digest = text_digest
    post.publish_at = publish_at
    post.slot = slot
    post.draft = draft
    post._packed = packed if packed.__class__ is bytes else (read, *packed)
    if bare:
        post.first_comment = None
        post.media = ()
    made: Post = post
    return made
