"""Rendering: a document becomes a post, or diagnostics that say why not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from publisher.media.source import MediaSource
from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic, has_errors
from publisher.model.document import Document
from publisher.model.post import Author, Media, MediaKind, Post, Text
from publisher.model.value import Value
from publisher.networks.linkedin.checks import check_post
from publisher.render import fields
from publisher.render.attachments import inspect_all, read_document, read_media, read_thumbnail
from publisher.render.digest import post_digest, text_digest
from publisher.text.body import RenderedText, render_comment, render_text
from publisher.text.findings import place
from publisher.text.template import render_source


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RenderContext(Value):
    """What every document of a project is rendered with: settings, templates (name -> source), media files."""

    config: Config
    templates: Mapping[str, str]
    media: MediaSource


class Rendered(NamedTuple):
    """A post and its diagnostics; no post where one of them is an error."""

    post: Post | None
    diagnostics: tuple[Diagnostic, ...] = ()


def render_post(document: Document, context: RenderContext) -> Rendered:
    """Render a document. Never raises for what an author wrote."""
    problems: list[Diagnostic] = []
    text = _text(document, context, problems)
    author = fields.read_author(document, context.config, problems)
    if author is None:
        return Rendered(None, tuple(problems))
    facts = _facts(document, context, text or RenderedText(Text()), author, problems)
    # checked before the digests are made: most of the cost is theirs
    post = Post(**facts, digest="", text_digest="")
    # after a failed template, a complaint about the missing text would only distract
    if text is not None:
        problems += check_post(post, document, context.config)
    if has_errors(problems):
        return Rendered(None, tuple(problems))
    return Rendered(Post(**facts, digest=post_digest(post), text_digest=text_digest(post)), tuple(problems))


def _text(document: Document, context: RenderContext, problems: list[Diagnostic]) -> RenderedText | None:
    """The text, None where its template fails."""
    source, found = render_source(document, context.config, context.templates)
    problems += found
    if source is None:
        return None
    text = render_text(document, source, context.config)
    problems += text.diagnostics
    return text


def _facts(
    document: Document,
    context: RenderContext,
    text: RenderedText,
    author: Author,
    problems: list[Diagnostic],
) -> dict[str, Any]:
    config, metadata = context.config, document.metadata
    publish_at, slot = fields.read_publish_at(document, config, problems)
    return {
        "key": document.key,
        "source": document.path,
        "author": author,
        "text": text.text,
        "visibility": fields.read_visibility(document, config),
        "article": fields.read_article(document, _thumbnail(document, context, problems)),
        "media": _media(document, context, text, problems),
        "poll": fields.read_poll(document),
        "reshare": metadata.get("reshare"),
        "first_comment": _comment(document, context, problems),
        "publish_at": publish_at,
        "slot": slot,
        "draft": bool(metadata.get("draft", False)),
        "tags": tuple(dict.fromkeys(hashtag.tag for hashtag in text.text.hashtags)),
    }


def _media(
    document: Document, context: RenderContext, text: RenderedText, problems: list[Diagnostic]
) -> tuple[Media, ...]:
    attached = read_media(document, text.images)
    kinds = (MediaKind.IMAGE, MediaKind.VIDEO)
    media = inspect_all(document, attached, context.media, kinds, problems) if attached else ()
    pages = read_document(document)
    if pages is None:
        return media
    return (*media, *inspect_all(document, [pages], context.media, (MediaKind.DOCUMENT,), problems))


def _thumbnail(document: Document, context: RenderContext, problems: list[Diagnostic]) -> Media | None:
    written = read_thumbnail(document)
    if written is None:
        return None
    found = inspect_all(document, [written], context.media, (MediaKind.IMAGE,), problems)
    return found[0] if found else None


def _comment(document: Document, context: RenderContext, problems: list[Diagnostic]) -> Text | None:
    written = document.metadata.get("first_comment")
    if written is None:
        return None
    at = document.position("first_comment")
    comment = replace(document, body=str(written), body_start=at, format="plain")
    source, found = render_source(comment, context.config, context.templates, layout=False)
    problems += found
    if source is None:
        return None
    text, findings = render_comment(source, context.config)
    problems += [place(comment, finding) for finding in findings]
    return text
