"""The files of a post: ``media:``, images standing alone in the body, documents, thumbnails."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from publisher.media.source import MediaSource
from publisher.model.diagnostic import Diagnostic, Position
from publisher.model.document import Document, FieldPath
from publisher.model.post import Media, MediaKind
from publisher.text.body import Body
from publisher.text.findings import diagnose

_A = {MediaKind.IMAGE: "an image", MediaKind.VIDEO: "a video", MediaKind.DOCUMENT: "a document"}


class Attachment(NamedTuple):
    """A reference to a file as the author wrote it, and where that is; ``request`` is that of a picture to
    make.
    """

    reference: str
    alt: str = ""
    title: str = ""
    at: Position = Position()
    request: Mapping[str, Any] | None = None


class Attached(NamedTuple):
    """A media file of a post, and where the author wrote it."""

    media: Media
    at: Position


def read_media(document: Document, body: Body | None) -> list[Attachment]:
    """Return the attachments of ``media:``, then of the body, in order.

    A file named in both is attached once.
    """
    written = document.metadata.get("media")
    entries: Sequence[Any] = () if written is None else written if isinstance(written, list) else [written]
    path: FieldPath = ("media",)
    attachments = [
        _attachment(document, entry, (*path, index) if isinstance(written, list) else path)
        for index, entry in enumerate(entries)
    ]
    # an image may be listed for its title and shown in the text as well
    named = {attachment.reference for attachment in attachments}
    if body is None:
        return attachments
    return [
        *attachments,
        *[
            Attachment(image.source, image.alt, image.title, body.source_place(image.at))
            for image in body.images
            if image.source not in named
        ],
    ]


def read_document(document: Document) -> Attachment | None:
    """Return the attachment of ``document:``."""
    written = document.metadata.get("document")
    return None if written is None else _attachment(document, written, ("document",))


def read_thumbnail(document: Document) -> Attachment | None:
    """Return the attachment of ``article: {thumbnail: …}``."""
    article = document.metadata.get("article")
    written = article.get("thumbnail") if isinstance(article, Mapping) else None
    return None if written is None else _attachment(document, written, ("article", "thumbnail"))


def _attachment(document: Document, entry: Any, path: FieldPath) -> Attachment:
    if isinstance(entry, str):
        return Attachment(entry, at=document.position(*path))
    made = next((name for name in ("card", "slides") if name in entry), None)
    return Attachment(
        str(entry.get(made or "path", "")),
        str(entry.get("alt", "")).strip(),
        str(entry.get("title", "")).strip(),
        document.position(*path, made or "path"),
        entry if made else None,
    )


def inspect_all(
    document: Document,
    attachments: Sequence[Attachment],
    source: MediaSource,
    kinds: Sequence[MediaKind],
    problems: list[Diagnostic],
) -> list[Attached]:
    """Return the files behind attachments; what can't be used, or is of another kind, is a problem."""
    found = []
    for attachment in attachments:
        if attachment.reference.startswith(("http://", "https://")):
            # said here and not by the reader of files, who would look for a file of that name
            problems.append(_remote(document, attachment))
            continue
        if attachment.request is None:
            media = source.inspect(attachment.reference, document.path)
        else:
            media = source.make(attachment.request, document.path)
        if not isinstance(media, Media):
            problems.append(diagnose(document, media.code, media.message, media.remedy, at=attachment.at))
        elif media.kind not in kinds:
            problems.append(_wrong_kind(document, attachment, media, kinds))
        else:
            if media.converted:
                problems.append(_conversion(document, attachment, media))
            # The author's alt text wins over that of a picture which publisher makes.
            described = replace(media, alt=attachment.alt or media.alt, title=attachment.title)
            found.append(Attached(described, attachment.at))
    return found


def _remote(document: Document, attachment: Attachment) -> Diagnostic:
    return diagnose(
        document,
        "media-remote",
        f"{attachment.reference} is on another machine; only files of the project are uploaded",
        "download the file into the project and refer to it by its path",
        at=attachment.at,
    )


def _conversion(document: Document, attachment: Attachment, media: Media) -> Diagnostic:
    return diagnose(
        document,
        "media-converted",
        f"{attachment.reference} is sent converted: {media.converted}",
        "nothing is to be done; media: {convert: never} refuses such images instead",
        at=attachment.at,
    )


def _wrong_kind(
    document: Document, attachment: Attachment, media: Media, kinds: Sequence[MediaKind]
) -> Diagnostic:
    wanted = " or ".join(_A[kind] for kind in kinds)
    return diagnose(
        document,
        "media-kind",
        f"{attachment.reference} is {_A[media.kind]}, but this field needs {wanted}",
        "use document: for a document, and media: for images and a video",
        at=attachment.at,
    )
