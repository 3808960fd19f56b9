"""Posts: validated, rendered documents. What readers would see, and nothing about how an API wants it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal


class Visibility(StrEnum):
    """The readers of a post, in LinkedIn's words."""

    PUBLIC = "PUBLIC"
    CONNECTIONS = "CONNECTIONS"


class MediaKind(StrEnum):
    """The kind of a media file, by its content."""

    IMAGE = "image"
    VIDEO = "video"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Mention:
    """A named person or organization inside a text; offsets count code points of ``Text.plain``."""

    start: int
    end: int
    urn: str


@dataclass(frozen=True, slots=True)
class Hashtag:
    """A hashtag inside a text, ``#`` included; offsets count code points of ``Text.plain``."""

    start: int
    end: int
    tag: str


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to an absolute URL; offsets count code points of ``Text.plain``.

    The words may be the address itself (a bare URL), with or without its scheme.
    """

    start: int
    end: int
    url: str


@dataclass(frozen=True, slots=True)
class Style:
    """Emphasis or code; offsets count code points of ``Text.plain``.

    Styles of different kinds may overlap.
    """

    start: int
    end: int
    kind: Literal["bold", "italic", "code"]


@dataclass(frozen=True, slots=True)
class Text:
    """A rendered text as readers see it: plain characters, LF line endings, and marks over spans of it.

    The spans of a kind are in order. Links don't overlap each other; a network's encoder decides what it can
    show. ``notes`` is the number of the last footnote.
    """

    plain: str = ""
    mentions: tuple[Mention, ...] = ()
    hashtags: tuple[Hashtag, ...] = ()
    links: tuple[Link, ...] = ()
    styles: tuple[Style, ...] = ()
    notes: int = 0

    @property
    def utf16_length(self) -> int:
        """Length in UTF-16 code units, the unit of LinkedIn's limits."""
        return utf16_length(self.plain)


def utf16_length(text: str) -> int:
    """UTF-16 code units of a string: astral characters count two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True, slots=True)
class Media:
    """One media file of a post.

    ``path`` is POSIX and relative to the project root. ``sha256`` is the hex digest of the bytes, ``size``
    their number. ``width``/``height`` are pixels, ``duration`` seconds, ``pages`` a document's page count;
    None if the kind has none or the file does not tell.

    A picture that publisher makes is in ``file``, outside of the project; ``recipe`` is the sha256 (hex) of
    what it is made from. The post's digest covers the recipe, because another machine may draw the same
    picture with other bytes. ``converted`` says what was done to a picture of the project; empty if it is
    sent as it is.
    """

    path: str
    kind: MediaKind
    mime_type: str
    size: int
    sha256: str
    alt: str = ""
    title: str = ""
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    pages: int | None = None
    file: str = field(default="", compare=False)
    recipe: str = ""
    converted: str = ""

    def location(self, root: Path) -> Path:
        """Return where the bytes are, in the project at ``root`` or outside of it."""
        return Path(self.file) if self.file else root / self.path


@dataclass(frozen=True, slots=True)
class Article:
    """A link shown as a card. Empty strings mean "not given"."""

    url: str
    title: str = ""
    description: str = ""
    thumbnail: Media | None = None


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll (versioned API only). ``duration`` is LinkedIn's enum, such as ``THREE_DAYS``."""

    question: str
    options: tuple[str, ...]
    duration: Literal["ONE_DAY", "THREE_DAYS", "SEVEN_DAYS", "FOURTEEN_DAYS"] = "THREE_DAYS"


Network = Literal["linkedin", "bluesky", "mastodon", "zernio"]
"""The networks that posts are published on, in the words of the contract."""

NETWORKS: tuple[Network, ...] = ("linkedin", "bluesky", "mastodon", "zernio")

DEFAULT_SERVICE = "https://bsky.social"
"""The server that most accounts on Bluesky sign in to."""


@dataclass(frozen=True, slots=True)
class Author:
    """An author: an account on one network, its alias in the settings, and where its token is looked up.

    ``urn`` is the account's identity: a LinkedIn URN, a DID, the page of a Mastodon account
    (``https://hachyderm.io/@acme``), or Zernio's account id. If only the network knows it, ``urn`` is
    `provisional`. ``name``, ``headline`` and ``avatar`` (an image's path in the project) are for previews
    only. ``handle`` and ``service`` belong to Bluesky, ``server`` to Mastodon, ``platform`` to Zernio,
    ``account`` to the last two; addresses end without a slash.
    """

    urn: str
    alias: str = ""
    token_env: str = "LINKEDIN_ACCESS_TOKEN"  # noqa: S105 - the name of a variable
    name: str = ""
    headline: str = ""
    avatar: str = ""
    network: Network = "linkedin"
    handle: str = ""
    service: str = ""
    server: str = ""
    platform: str = ""
    account: str = ""

    @property
    def provisional(self) -> bool:
        """Whether only the network knows the identity: ``urn`` is the `placeholder`."""
        return self.urn.startswith(("bluesky:", "mastodon:"))

    @property
    def placeholder(self) -> str:
        """The placeholder of an identity that only the network knows.

        Entries written by hand have it, too.
        """
        place = {"bluesky": self.handle, "mastodon": self.server}.get(self.network, "")
        return f"{self.network}:{place}" if place else self.urn


UNKNOWN_AUTHOR = Author("{author}", "author")
"""The visible placeholder where no author is configured: such a post can be looked at, but not published."""


@dataclass(frozen=True, slots=True)
class Post:
    """A document, rendered for one author: a copy.

    ``digest`` is the contract's; ``text_digest`` covers the text and its marks only.

    ``key`` is the name of the copy's entry in the state: the document's key, or KEY@ALIAS for a further
    author. ``document`` is the document's key where that differs. ``parts`` are the texts of a thread, two or
    more; ``text`` is the whole. ``spoiler`` is a content warning, ``language`` a code such as ``en``; only
    some networks have them. ``media`` holds images (one or several) or one video or one document, in order.
    ``publish_at`` is aware (UTC offset kept); ``slot`` is true where the author asked for the next free slot
    instead. ``backlog`` is true for an article that is older than its source's ``since``: it is not
    published, but one that is live is not an orphan. ``dated`` is the date of a site's article.
    """

    key: str
    source: str
    author: Author
    text: Text
    digest: str
    text_digest: str
    visibility: Visibility = Visibility.PUBLIC
    article: Article | None = None
    media: tuple[Media, ...] = ()
    poll: Poll | None = None
    reshare: str | None = None
    first_comment: Text | None = None
    publish_at: datetime | None = None
    slot: bool = False
    draft: bool = False
    tags: tuple[str, ...] = ()
    document: str = ""
    parts: tuple[Text, ...] = ()
    spoiler: str = ""
    language: str = ""
    backlog: bool = False
    dated: datetime | None = None

    @property
    def document_key(self) -> str:
        """The document's key, which all copies of a post share."""
        return self.document or self.key

    @property
    def files(self) -> tuple[Media, ...]:
        """All files of the post: its media, and its article's thumbnail."""
        thumbnail = self.article.thumbnail if self.article else None
        return (*self.media, thumbnail) if thumbnail else self.media
