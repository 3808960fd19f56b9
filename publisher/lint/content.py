"""Lints of what stands beside the text: links, images, times."""

from collections.abc import Iterator
from datetime import datetime

from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic
from publisher.model.document import Document
from publisher.model.post import MediaKind, Post
from publisher.text.findings import Finding, diagnose, place
from publisher.text.urls import url_spans

UGC_IMAGES = 9
"""More images than this were never seen to work on ugcPosts."""


def lint_content(post: Post, document: Document, config: Config, now: datetime) -> Iterator[Diagnostic]:
    """Advice about links, media and times."""
    # with a card or a picture the author has chosen what is shown
    if not post.article and not post.media and not post.poll:
        yield from _link(post, document)
    yield from _alt(post, document)
    if config.api == "ugcPosts" and len(post.media) > UGC_IMAGES:
        yield diagnose(
            document,
            "many-images",
            f"{len(post.media)} images; more than {UGC_IMAGES} are not known to work on ugcPosts",
            f"leave out {len(post.media) - UGC_IMAGES}, or set api: posts in publisher.yaml",
            at=document.position("media"),
        )
    if config.api == "ugcPosts":
        yield from _offsets(post, document)
    # a post that is live keeps its time; planning knows which ones are
    if post.publish_at is not None and post.publish_at < now and not post.draft:
        yield diagnose(
            document,
            "past-publish-at",
            f"publish_at {post.publish_at.isoformat()} is past",
            "fine for a post that is live; else it counts as late",
            at=document.position("publish_at"),
        )


def _link(post: Post, document: Document) -> Iterator[Diagnostic]:
    spans = url_spans(post.text.plain)
    if spans:
        url = post.text.plain[spans[0][0] : spans[0][1]]
        yield place(
            document,
            Finding(
                "link-without-article",
                f"{url} stands in the text only: LinkedIn shows no card for it",
                f"add article: {url} for a card",
                url,
            ),
        )


def _alt(post: Post, document: Document) -> Iterator[Diagnostic]:
    for index, media in enumerate(post.media):
        if media.kind is MediaKind.IMAGE and not media.alt:
            yield diagnose(
                document,
                "alt-missing",
                f"{media.path} has no alt text: readers who can't see it learn nothing of it",
                "write {path: …, alt: …}, or ![alt](path) in the body",
                at=document.position("media", index) if "media" in document.metadata else None,
            )


def _offsets(post: Post, document: Document) -> Iterator[Diagnostic]:
    for mention in post.text.mentions:
        if any(character > "\uffff" for character in post.text.plain[: mention.start]):
            yield diagnose(
                document,
                "mention-after-emoji",
                f"the mention of {post.text.plain[mention.start : mention.end]!r} stands after an emoji or a "
                "styled letter; some readers of LinkedIn's offsets count those differently and would link the wrong "
                "letters",
                "move the mention before it, or set api: posts",
            )
            return
