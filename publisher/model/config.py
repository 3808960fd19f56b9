"""The project's settings, as one frozen value. Every setting has a default; secrets are never in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from publisher.model.diagnostic import Severity
from publisher.model.post import Author, Visibility

Api = Literal["ugcPosts", "posts"]


@dataclass(frozen=True, slots=True)
class TextConfig:
    """How Markdown becomes LinkedIn text."""

    emphasis: Literal["strip", "unicode"] = "strip"
    links: Literal["inline", "bare", "footnotes"] = "inline"
    line_breaks: Literal["join", "keep"] = "join"


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one run. ``spacing`` is the least time between two posts of one author."""

    creates_per_run: int = 5
    deletes_per_run: int = 1
    spacing: timedelta = timedelta(0)
    # requests per UTC day, as "Share on LinkedIn" (Microsoft Learn, read 2026-11-23) states them
    requests_per_member: int = 150
    requests_per_app: int = 100_000


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What becomes of other tools' fields: those to ignore, and names here by names there.

    ``toml`` reads ``+++``.
    """

    ignore: tuple[str, ...] = ()
    map: Mapping[str, str] = field(default_factory=dict)
    toml: bool = False


@dataclass(frozen=True, slots=True)
class Late:
    """The treatment of a post that is found later than ``grace`` after its time."""

    # a day covers one missed run of a daily job; after that, a post may be out of date, so a person decides
    grace: timedelta = timedelta(hours=24)
    policy: Literal["hold", "publish", "skip"] = "hold"


@dataclass(frozen=True, slots=True)
class Defaults:
    """Front-matter fields for posts that don't set them."""

    author: tuple[str, ...] = ()
    visibility: Visibility = Visibility.PUBLIC
    hashtags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """A weekly publishing slot: ``weekday`` 0 is Monday, ``time`` is ``HH:MM`` in ``timezone``."""

    weekday: int
    time: str
    timezone: str


@dataclass(frozen=True, slots=True)
class Cards:
    """How pictures from text look.

    Paths are POSIX, relative to the project; empty strings take the default.
    """

    theme: Literal["light", "dark"] = "light"
    background: str = ""
    foreground: str = ""
    accent: str = ""
    font: str = ""
    fonts: str = ""
    logo: str = ""
    by: str = ""
    size: Literal["landscape", "square", "portrait"] = "landscape"


@dataclass(frozen=True, slots=True)
class Links:
    """Campaign parameters by name without ``utm_``, and the domains whose links get them (empty: the sources')."""

    utm: Mapping[str, str] = field(default_factory=dict)
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MediaConfig:
    """The treatment of images that a network refuses: they are converted, or stay refused."""

    convert: Literal["auto", "never"] = "auto"


@dataclass(frozen=True, slots=True)
class Source:
    """A site's articles.

    ``path`` is a folder, POSIX and relative to the project; ``url`` is the articles' address.

    ``since`` is the first day (``2026-11-24``) of the articles that are published; empty without a bound.
    ``author`` is the ``author`` of their posts, None for the default.
    """

    name: str
    path: str
    url: str
    template: str = "blog.md.j2"
    since: str = ""
    author: Any = None


@dataclass(frozen=True, slots=True)
class LinkedIn:
    """The address of the API, and its version for ``/rest``."""

    api_url: str = "https://api.linkedin.com"
    oauth_url: str = "https://www.linkedin.com"
    version: str = "202609"


@dataclass(frozen=True, slots=True)
class Config:
    """``publisher.yaml`` with defaults filled in and environment overrides applied.

    ``state`` is the location as written: a path, ``git+branch:NAME`` or ``postgresql://…``; ``project`` names
    this project in a shared database. ``mentions`` maps an alias to its name on each network.
    """

    content: str = "content"
    templates: str = "templates"
    state: str = "publisher.state.json"
    project: str = ""
    api: Api = "ugcPosts"
    timezone: str | None = None
    authors: Mapping[str, Author] = field(default_factory=dict)
    defaults: Defaults = Defaults()
    mentions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    vars: Mapping[str, object] = field(default_factory=dict)
    text: TextConfig = TextConfig()
    front_matter: FrontMatter = FrontMatter()
    limits: Limits = Limits()
    late: Late = Late()
    slots: tuple[Slot, ...] = ()
    lints: Mapping[str, Severity | Literal["off"]] = field(default_factory=dict)
    on_change: Literal["hold", "update", "replace"] = "hold"
    cards: Cards = Cards()
    links: Links = Links()
    media: MediaConfig = MediaConfig()
    sources: Mapping[str, Source] = field(default_factory=dict)
    linkedin: LinkedIn = LinkedIn()
