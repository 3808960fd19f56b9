"""Rendering: a document becomes a post, or diagnostics that say why not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from publisher.media.source import MediaSource
from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic, Position, has_errors
from publisher.model.document import Document
from publisher.model.post import Author, Media, MediaKind, Post, Text
from publisher.networks.linkedin.checks import check_post
from publisher.render import fields
from publisher.render.attachments import Attached, inspect_all, read_document, read_media, read_thumbnail
from publisher.render.digest import post_digest, text_digest
from publisher.text.body import Body, render_body, wanted_tags
from publisher.text.template import render_source

_NOBODY = Author("")
"""Stands for an author that can't be told, so that everything else about the post is checked all the same."""


@dataclass(frozen=True, slots=True)
class RenderContext:
    """What every document of a project is rendered with: settings, templates (name -> source), media files."""

    config: Config
    templates: Mapping[str, str]
    media: MediaSource


class Sketched(NamedTuple):
    """A post as far as it could be rendered, for lints: they speak of invalid posts as well.

    ``body`` is None where the template fails. ``media_places`` are those of ``post.media``.
    """

    post: Post
    body: Body | None
    media_places: tuple[Position, ...] = ()


class Rendered(NamedTuple):
    """A post and its diagnostics; no post where one of them is an error."""

    post: Post | None
    diagnostics: tuple[Diagnostic, ...]
    sketched: Sketched


def render_post(document: Document, context: RenderContext) -> Rendered:
    """Render a document. Never raises for what an author wrote, and reports every problem at once."""
    problems: list[Diagnostic] = []
    body = _body(document, context, problems)
    author = fields.read_author(document, context.config, problems) or _NOBODY
    media = _media(document, context, body, problems)
    facts = _facts(document, context, body, author, problems)
    # checked before the digests are made: most of the cost is theirs
    post = Post(**facts, media=tuple(one.media for one in media), digest="", text_digest="")
    problems += check_post(post, document, context.config, body)
    sketched = Sketched(post, body, tuple(one.at for one in media))
    if document.invalid or has_errors(problems):
        return Rendered(None, tuple(problems), sketched)
    post = replace(post, digest=post_digest(post), text_digest=text_digest(post))
    return Rendered(post, tuple(problems), sketched._replace(post=post))


def _body(document: Document, context: RenderContext, problems: list[Diagnostic]) -> Body | None:
    """The text, None where its template fails or it is too large."""
    wanted, refused = wanted_tags(document, context.config)
    problems += refused
    source, found = render_source(document, context.config, context.templates)
    problems += found
    if source is None:
        return None
    body, found = render_body(document, source, context.config, wanted)
    problems += found
    return body


def _facts(
    document: Document,
    context: RenderContext,
    body: Body | None,
    author: Author,
    problems: list[Diagnostic],
) -> dict[str, Any]:
    config, metadata = context.config, document.metadata
    publish_at, slot = fields.read_publish_at(document, config, problems)
    text = body.text if body else Text()
    return {
        "key": document.key,
        "source": document.path,
        "author": author,
        "text": text,
        "visibility": fields.read_visibility(document, config),
        "article": fields.read_article(document, _thumbnail(document, context, problems)),
        "poll": fields.read_poll(document),
        "reshare": metadata.get("reshare"),
        "first_comment": _comment(document, context, problems),
        "publish_at": publish_at,
        "slot": slot,
        "draft": bool(metadata.get("draft", False)),
        "tags": tuple(dict.fromkeys(hashtag.tag for hashtag in text.hashtags)),
    }


def _media(
    document: Document, context: RenderContext, body: Body | None, problems: list[Diagnostic]
) -> list[Attached]:
    attached = read_media(document, body)
    kinds = (MediaKind.IMAGE, MediaKind.VIDEO)
    media = inspect_all(document, attached, context.media, kinds, problems) if attached else []
    pages = read_document(document)
    if pages is None:
        return media
    return [*media, *inspect_all(document, [pages], context.media, (MediaKind.DOCUMENT,), problems)]


def _thumbnail(document: Document, context: RenderContext, problems: list[Diagnostic]) -> Media | None:
    written = read_thumbnail(document)
    if written is None:
        return None
    found = inspect_all(document, [written], context.media, (MediaKind.IMAGE,), problems)
    return found[0].media if found else None


def _comment(document: Document, context: RenderContext, problems: list[Diagnostic]) -> Text | None:
    written = document.metadata.get("first_comment")
    if written is None:
        return None
    at = document.position("first_comment")
    comment = replace(document, body=str(written), body_start=at, format="plain", body_indent=0)
    source, found = render_source(comment, context.config, context.templates, layout=False)
    problems += found
    if source is None:
        return None
    body, found = render_body(comment, source, context.config)
    problems += found
    return body.text if body else None
