"""Checks of a rendered post against what LinkedIn and the configured API take."""

from collections.abc import Callable, Iterator
from functools import partial

from publisher.model.config import Api, Config
from publisher.model.diagnostic import Diagnostic
from publisher.model.document import Document, FieldPath
from publisher.model.post import Media, MediaKind, Post, utf16_length
from publisher.text.body import Body
from publisher.text.findings import diagnose

# learn.microsoft.com, Posts API, read 2026-09: titles 400, alternative text and descriptions 4,086.
TITLE_LIMIT = 400
ALT_LIMIT = 4086
DESCRIPTION_LIMIT = 4086
# learn.microsoft.com, UGC Post API, read 2026-09: originalUrl.
URL_LIMIT = 8192
# learn.microsoft.com, Posts API, Poll, read 2026-09.
QUESTION_LIMIT = 140
OPTION_LIMIT = 30
# Publishing tools limit comments to 1,250 characters (observed, 2026).
COMMENT_LIMIT = 1250
# learn.microsoft.com, MultiImage API, read 2026-09: 2 to 20 images.
IMAGES_LIMIT = 20

Report = Callable[..., Diagnostic]


def check_post(post: Post, document: Document, config: Config, body: Body | None) -> list[Diagnostic]:
    """Return the ways in which LinkedIn would refuse the post, or show it other than it reads.

    ``body`` is the source of ``post.text``, or None if reading it failed.
    """
    report = partial(diagnose, document)
    return [
        *_contents(post, document, report, body),
        *_media(post, document, report),
        *_api(post, document, config.api, report, body),
        *_lengths(post, document, report),
        *_poll(post, document, report),
        *_ignored(post, document, report),
    ]


def _ignored(post: Post, document: Document, report: Report) -> Iterator[Diagnostic]:
    if post.spoiler:
        yield report(
            "network-ignored",
            "LinkedIn has no content warnings, so the spoiler is not shown there",
            "move it to variants: {mastodon: {spoiler: …}}",
            at=document.position("spoiler"),
        )


def _contents(post: Post, document: Document, report: Report, body: Body | None) -> Iterator[Diagnostic]:
    """Yield problems with the content: several kinds at once, or nothing to say."""
    kinds = {
        "article": post.article is not None,
        "media": any(media.kind is not MediaKind.DOCUMENT for media in post.media),
        "document": any(media.kind is MediaKind.DOCUMENT for media in post.media),
        "poll": post.poll is not None,
        "reshare": post.reshare is not None,
    }
    present = [kind for kind, is_there in kinds.items() if is_there]
    if len(present) > 1:
        yield report(
            "content-mixed",
            f"a post has one kind of content, this one has {' and '.join(present)}",
            f"keep {present[0]} or {present[1]}; a link can also be in the text",
            at=document.position(present[1]),
        )
    # an image that is missing, or a template that fails, was reported already
    meant = document.written & kinds.keys() or body is None or body.images or body.prose.findings
    if not present and not meant and not post.text.plain.strip():
        yield report("text-empty", "the post has no text", "write a text", at=document.body_start)


def _media(post: Post, document: Document, report: Report) -> Iterator[Diagnostic]:
    videos = sum(media.kind is MediaKind.VIDEO for media in post.media)
    at = document.position("media")
    if videos and len(post.media) > videos:
        yield report("media-mixed", "LinkedIn shows images or a video, not both", "make two posts", at=at)
    elif videos > 1:
        yield report("media-mixed", "LinkedIn shows one video in a post", "keep one video", at=at)
    elif len(post.media) > IMAGES_LIMIT:
        yield report(
            "media-count",
            f"a post shows at most {IMAGES_LIMIT} images, this one has {len(post.media)}",
            f"leave out {len(post.media) - IMAGES_LIMIT}",
            at=at,
        )


def _api(post: Post, document: Document, api: Api, report: Report, body: Body | None) -> Iterator[Diagnostic]:
    """Yield what the configured API can't do."""
    if api == "ugcPosts":
        for name in ("poll", "document", "reshare"):
            if name in document.written:
                yield report(
                    "api-unsupported",
                    f"{name!r} needs LinkedIn's versioned API, but the project uses ugcPosts",
                    f"set api: posts in publisher.yaml, or remove {name}",
                    at=document.position(name),
                )
        if post.article and post.article.thumbnail:
            yield report(
                "thumbnail-unused",
                "on ugcPosts LinkedIn makes the card's picture itself; the thumbnail is not sent",
                "set api: posts in publisher.yaml to send it",
                at=document.position("article", "thumbnail"),
            )
        return
    # only a poll was ever seen to pass without a text
    content = post.article or post.media or post.reshare
    if body and not post.text.plain.strip() and not post.poll and content:
        yield report(
            "text-empty",
            "the versioned API needs a text for every post",
            "write a text",
            at=document.body_start,
        )
    if post.article and not post.article.title:
        yield report(
            "article-title",
            "the versioned API doesn't fetch a title for a card, so the card would show the URL",
            "write article: {url: …, title: …, description: …}",
            at=document.position("article"),
        )
    for media in post.media:
        if media.kind is MediaKind.DOCUMENT and not media.title:
            yield report(
                "document-title",
                "a document needs a title",
                "write document: {path: …, title: …}",
                at=document.position("document"),
            )


def _lengths(post: Post, document: Document, report: Report) -> Iterator[Diagnostic]:
    for name, text, limit, path in _limited(post):
        length = utf16_length(text)
        # the schema counted characters as written; LinkedIn counts UTF-16 units of what is sent
        if length > limit:
            yield report(
                "field-too-long",
                f"{name} is {length} characters long, {length - limit} more than LinkedIn's {limit}",
                "shorten it",
                at=document.position(*path) if path[0] in document.metadata else document.body_start,
            )


def _limited(post: Post) -> Iterator[tuple[str, str, int, FieldPath]]:
    if post.article:
        yield "the article's URL", post.article.url, URL_LIMIT, ("article",)
        yield "the article's title", post.article.title, TITLE_LIMIT, ("article", "title")
        yield (
            "the article's description",
            post.article.description,
            DESCRIPTION_LIMIT,
            ("article", "description"),
        )
    for index, media in enumerate(post.media):
        yield from _limited_media(media, index)
    if post.poll:
        yield "the poll's question", post.poll.question, QUESTION_LIMIT, ("poll", "question")
        for index, option in enumerate(post.poll.options):
            yield f"option {option!r}", option, OPTION_LIMIT, ("poll", "options", index)
    if post.first_comment:
        yield "the first comment", post.first_comment.plain, COMMENT_LIMIT, ("first_comment",)


def _limited_media(media: Media, index: int) -> Iterator[tuple[str, str, int, FieldPath]]:
    # an image of the body has no field: its diagnostic points at the body
    path: FieldPath = ("document",) if media.kind is MediaKind.DOCUMENT else ("media", index)
    yield f"the title of {media.path}", media.title, TITLE_LIMIT, (*path, "title")
    yield f"the alt text of {media.path}", media.alt, ALT_LIMIT, (*path, "alt")


def _poll(post: Post, document: Document, report: Report) -> Iterator[Diagnostic]:
    if post.poll and len({option.casefold() for option in post.poll.options}) < len(post.poll.options):
        yield report(
            "poll-options",
            "two options of the poll are the same",
            "change one of them",
            at=document.position("poll", "options"),
        )
