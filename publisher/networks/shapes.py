"""Checks of a copy against the shape of its network's posts: fields, files, card, comment."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from publisher.model.diagnostic import Diagnostic, Position
from publisher.model.document import Document
from publisher.model.post import Media, MediaKind, Post, Visibility
from publisher.text.body import Body
from publisher.text.findings import diagnose

_LINKEDIN_ONLY = ("poll", "document", "reshare")


@dataclass(frozen=True, slots=True)
class Shape:
    """What a network's posts hold. Sizes are bytes, times seconds; None means that no limit is known.

    ``card`` says what becomes of an article: a card that stands alone, or its address in the text.
    """

    label: str
    images: int
    videos: int = 1
    documents: int = 0
    mixed: bool = False
    image_bytes: int | None = None
    video_bytes: int | None = None
    video_seconds: int | None = None
    alt_limit: int | None = None
    card: Literal["alone", "in text"] = "in text"
    restricted: bool = False
    replies: bool = True
    spoilers: bool = False
    needs_files: bool = False


def check_shape(post: Post, document: Document, shape: Shape, body: Body | None) -> list[Diagnostic]:
    """Return every way in which a post does not fit its network. ``body`` is None if the text failed."""
    copy = _Copy(post, document, shape)
    return [*copy.fields(), *copy.contents(body), *copy.files(), *copy.card()]


class _Copy:
    """One copy under check."""

    def __init__(self, post: Post, document: Document, shape: Shape) -> None:
        self._post, self._document, self._shape = post, document, shape
        self._report = partial(diagnose, document)
        alias = post.author.alias
        self._who = f"{shape.label} ({alias})" if alias else shape.label
        self._name = alias or post.author.network

    def fields(self) -> Iterator[Diagnostic]:
        """Yield a problem for each field that the network lacks."""
        for name in _LINKEDIN_ONLY:
            if name in self._document.written and not (name == "document" and self._shape.documents):
                yield self._unsupported(name, f"{self._who} has no {name}s")
        if self._post.visibility is Visibility.CONNECTIONS and not self._shape.restricted:
            yield self._unsupported(
                "visibility",
                f"{self._who} shows posts to everybody; it has no visibility: connections",
                f"write variants: {{{self._name}: {{visibility: public}}}}, or leave {self._name} out of author:",
            )
        if self._post.first_comment is not None and not self._shape.replies:
            yield self._unsupported("first_comment", f"{self._who} takes no first comment")
        if self._post.spoiler and not self._shape.spoilers:
            yield self._report(
                "network-ignored",
                f"{self._who} has no content warnings, so the spoiler is not shown there",
                f"move it to variants: {{mastodon: {{spoiler: …}}}}, or leave {self._name} out of author:",
                at=self._document.position("spoiler"),
            )

    def contents(self, body: Body | None) -> Iterator[Diagnostic]:
        """Yield a problem where a post says nothing."""
        post, written = self._post, self._document.written
        meant = written & {"article", "media", *_LINKEDIN_ONLY} or body is None or body.images
        empty = not post.text.plain.strip() and not post.article and not post.media and not meant
        if empty and body is not None and not body.prose.findings:
            yield self._report(
                "text-empty", "the post has no text", "write a text", at=self._document.body_start
            )
        if self._shape.needs_files and not post.media and not written & {"media", "document"}:
            yield self._report(
                "network-unsupported",
                f"{self._who} shows no post without an image or a video",
                f"add media:, or leave {self._name} out of author:",
                at=self._document.position("author"),
            )

    def files(self) -> Iterator[Diagnostic]:
        """Yield a problem for each file that is too many, too large or of the wrong kind."""
        shape, media = self._shape, self._post.media
        counts = {kind: sum(one.kind is kind for one in media) for kind in MediaKind}
        limits = {
            MediaKind.IMAGE: shape.images,
            MediaKind.VIDEO: shape.videos,
            MediaKind.DOCUMENT: shape.documents,
        }
        at = self._document.position("media")
        for kind, count in counts.items():
            if count > limits[kind] and not (kind is MediaKind.DOCUMENT and not limits[kind]):
                most = f"at most {limits[kind]} {kind.value}{'s' if limits[kind] > 1 else ''}"
                says = f"{self._who} shows {most if limits[kind] else f'no {kind.value}s'}; this post has {count}"
                yield self._report("media-count", says, self._remedy("media"), at=at)
        if sum(1 for count in counts.values() if count) > 1 and not shape.mixed:
            message = f"{self._who} shows images or a video, not both"
            yield self._report("media-mixed", message, self._remedy("media"), at=at)
        for index, one in enumerate(media):
            yield from self._file(one, self._document.position("media", index))

    def _file(self, media: Media, at: Position) -> Iterator[Diagnostic]:
        shape = self._shape
        limit = {MediaKind.IMAGE: shape.image_bytes, MediaKind.VIDEO: shape.video_bytes}.get(media.kind)
        if limit is not None and media.size > limit:
            yield self._report(
                "media-size",
                f"{media.path} has {media.size:,} bytes; {self._who} takes {limit:,}",
                self._remedy("media"),
                at=at,
            )
        if shape.video_seconds and media.duration and media.duration > shape.video_seconds:
            yield self._report(
                "media-duration",
                f"{media.path} is {media.duration:.0f} s long; {self._who} takes {shape.video_seconds} s",
                self._remedy("media"),
                at=at,
            )
        if shape.alt_limit and len(media.alt) > shape.alt_limit:
            yield self._report(
                "field-too-long",
                f"the alt text of {media.path} has {len(media.alt)} characters; {self._who} takes {shape.alt_limit}",
                "shorten it",
                at=at,
            )

    def card(self) -> Iterator[Diagnostic]:
        """Yield a problem where the card is not what it seems."""
        article = self._post.article
        if article is None or self._shape.card != "alone":
            return
        at = self._document.position("article")
        if self._post.media:
            message = f"{self._who} shows files or a card, not both"
            yield self._report("content-mixed", message, self._remedy("article"), at=at)
        elif not article.title:
            message = f"{self._who} fetches no title for a card: the post would show the bare address"
            remedy = "write article: {url: …, title: …, description: …}"
            yield self._report("article-title", message, remedy, at=at)

    def _unsupported(self, name: str, message: str, remedy: str = "") -> Diagnostic:
        remedy = remedy or (
            f"move {name} to variants: {{linkedin: {{{name}: …}}}}, or leave {self._name} out of author:"
        )
        return self._report("network-unsupported", message, remedy, at=self._document.position(name))

    def _remedy(self, name: str) -> str:
        return f"write variants: {{{self._name}: {{{name}: …}}}} for this copy"
