"""Lints of what stands beside the text: links, images, times."""

from collections.abc import Iterator
from datetime import datetime

from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic
from publisher.model.document import Document
from publisher.model.post import MediaKind
from publisher.render.post import Sketched
from publisher.text.findings import diagnose
from publisher.text.inline import same_address

UGC_IMAGES = 9
"""The largest number of images that public clients send on ugcPosts (2026-11).

LinkedIn documents no limit there.
"""


def lint_content(
    sketched: Sketched, document: Document, config: Config, now: datetime
) -> Iterator[Diagnostic]:
    """Yield advice about links, media and times."""
    post = sketched.post
    # with a card or a picture the author has chosen what is shown
    on_linkedin = post.author.network == "linkedin"
    if on_linkedin and not post.article and not post.media and not post.poll:
        yield from _link(sketched, document)
    yield from _alt(sketched, document)
    ugc = on_linkedin and config.api == "ugcPosts"
    # /rest/posts documents 2 to 20 images (MultiImage API, 2026-09), so the advice is for ugcPosts only.
    if ugc and len(post.media) > UGC_IMAGES:
        yield diagnose(
            document,
            "many-images",
            f"{len(post.media)} images; more than {UGC_IMAGES} may fail on ugcPosts",
            f"leave out {len(post.media) - UGC_IMAGES}, or set api: posts in publisher.yaml",
            at=sketched.media_places[UGC_IMAGES],
        )
    if ugc:
        yield from _offsets(sketched, document)
    # a post that is live keeps its time; planning knows which ones are
    if post.publish_at is not None and post.publish_at < now and not post.draft:
        yield diagnose(
            document,
            "past-publish-at",
            f"publish_at {post.publish_at.isoformat()} is in the past",
            "ignore this for a live post; another post counts as late",
            at=document.position("publish_at"),
        )


def _link(sketched: Sketched, document: Document) -> Iterator[Diagnostic]:
    text, body = sketched.post.text, sketched.body
    for link in text.links:
        if body and same_address(text.plain[link.start : link.end], link.url) and "@" not in link.url:
            yield diagnose(
                document,
                "link-without-article",
                f"{link.url} is only in the text; links in text get no preview card",
                f"add article: {link.url} for a card",
                at=body.place(link.start),
            )
            return


def _alt(sketched: Sketched, document: Document) -> Iterator[Diagnostic]:
    for media, at in zip(sketched.post.media, sketched.media_places, strict=True):
        if media.kind is MediaKind.IMAGE and not media.alt:
            yield diagnose(
                document,
                "alt-missing",
                f"{media.path} has no alt text: screen-reader users will miss it",
                "write {path: …, alt: …}, or ![alt](path) in the body",
                at=at,
            )


def _offsets(sketched: Sketched, document: Document) -> Iterator[Diagnostic]:
    text, body = sketched.post.text, sketched.body
    # LinkedIn does not document the unit of a mention's offset: UTF-16 units are likely, but some readers
    # count code points.
    first = next((index for index, character in enumerate(text.plain) if character > "\uffff"), None)
    for mention in text.mentions:
        if body and first is not None and mention.start > first:
            yield diagnose(
                document,
                "mention-after-emoji",
                f"the mention of {text.plain[mention.start : mention.end]!r} stands after an emoji or a "
                "styled letter; some readers of LinkedIn's offsets count those differently and would link the wrong "
                "letters",
                "move the mention before it, or set api: posts",
                at=body.place(mention.start),
            )
            return
