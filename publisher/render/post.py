"""Rendering: a document becomes a post, or diagnostics that say why not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from publisher.media.source import MediaSource
from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic, Position, has_errors
from publisher.model.document import Document
from publisher.model.post import Article, Media, MediaKind, Post, Text
from publisher.networks.registry import FACTS, facts_of
from publisher.render import fields
from publisher.render.attachments import Attached, inspect_all, read_document, read_media, read_thumbnail
from publisher.render.copies import Copy, read_copies
from publisher.render.digest import post_digest, text_digest
from publisher.render.threads import thread_of
from publisher.text.body import Body, render_body, wanted_tags
from publisher.text.parameters import link_tag
from publisher.text.template import render_source


@dataclass(frozen=True, slots=True)
class RenderContext:
    """What every document of a project is rendered with: settings, templates (name ->
    source), media files.
    """

    config: Config
    templates: Mapping[str, str]
    media: MediaSource


class Sketched(NamedTuple):
    """A post as far as it could be rendered, for lints: they speak of invalid posts as well.

    ``body`` is None if the template fails. ``media_places`` are those of ``post.media``.
    """

    post: Post
    body: Body | None
    media_places: tuple[Position, ...] = ()


class Rendered(NamedTuple):
    """A copy and its diagnostics; no post where one of them is an error.

    ``document`` is as the copy reads it.
    """

    post: Post | None
    diagnostics: tuple[Diagnostic, ...]
    sketched: Sketched
    document: Document


def render_post(document: Document, context: RenderContext) -> tuple[Rendered, ...]:
    """Render the copies of a document, one for each author: at least one.

    Never raises for what somebody wrote, and reports every problem at once.
    """
    copies, problems = read_copies(document, context.config)
    return tuple(_render_copy(copy, context, list(problems)) for copy in copies)


def _render_copy(copy: Copy, context: RenderContext, problems: list[Diagnostic]) -> Rendered:
    document, author = copy.document, copy.author
    network = facts_of(author)
    body = _body(document, context, problems)
    media = _media(document, context, body, problems)
    facts = _facts(copy, context, body, problems)
    # checked before the digests are made: most of the cost is theirs
    post = Post(**facts, media=tuple(one.media for one in media), digest="", text_digest="")
    # A thread is split before the network checks the length, which then looks at each part.
    post = replace(post, parts=thread_of(post)) if document.metadata.get("thread") else post
    found = network.check(post, document, context.config, body)
    # what one network says is about its copy alone
    own = copy.name if author.network != "linkedin" else document.key
    problems += [replace(problem, key=own) for problem in found]
    sketched = Sketched(post, body, tuple(one.at for one in media))
    if document.invalid or has_errors(problems):
        return Rendered(None, tuple(problems), sketched, document)
    post = replace(post, digest=post_digest(post), text_digest=text_digest(post))
    return Rendered(post, tuple(problems), sketched._replace(post=post), document)


def _body(document: Document, context: RenderContext, problems: list[Diagnostic]) -> Body | None:
    """Return the text, None if its template fails or it is too large."""
    wanted, refused = wanted_tags(document, context.config)
    problems += refused
    source, found = render_source(document, context.config, context.templates)
    problems += found
    if source is None:
        return None
    style = FACTS[document.network].style
    body, found = render_body(document, source, context.config, wanted, style=style)
    problems += found
    return body


def _facts(
    copy: Copy, context: RenderContext, body: Body | None, problems: list[Diagnostic]
) -> dict[str, Any]:
    document, config, metadata = copy.document, context.config, copy.document.metadata
    publish_at, slot = fields.read_publish_at(document, config, problems)
    text = body.text if body else Text()
    return {
        "key": copy.name,
        "document": "" if copy.name == document.key else document.key,
        "source": document.path,
        "author": copy.author,
        "text": text,
        "visibility": fields.read_visibility(document, config),
        "article": _article(document, context, problems),
        "poll": fields.read_poll(document),
        "reshare": metadata.get("reshare"),
        "first_comment": _comment(document, context, problems),
        "publish_at": publish_at,
        "slot": slot,
        "draft": bool(metadata.get("draft", False)),
        "language": metadata.get("language", ""),
        "spoiler": " ".join(metadata.get("spoiler", "").split()),
        "backlog": document.backlog,
        "dated": document.dated,
        "tags": tuple(dict.fromkeys(hashtag.tag for hashtag in text.hashtags)),
    }


def _article(document: Document, context: RenderContext, problems: list[Diagnostic]) -> Article | None:
    article = fields.read_article(document, _thumbnail(document, context, problems))
    if article is None or not context.config.links.utm:
        return article
    tag = link_tag(context.config, document.network, document.key)
    return replace(article, url=tag(article.url))


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
    # `plain` also in a Markdown file: no network renders Markdown in comments.
    comment = replace(document, body=str(written), body_start=at, format="plain", body_indent=0)
    source, found = render_source(comment, context.config, context.templates, layout=False)
    problems += found
    if source is None:
        return None
    style = FACTS[document.network].style
    body, found = render_body(comment, source, context.config, style=style)
    problems += found
    return body.text if body else None
