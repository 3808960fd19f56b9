"""Front-matter fields to values of a post: author, visibility, article, poll, times."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args, get_type_hints

from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic
from publisher.model.document import Document
from publisher.model.post import Article, Author, Media, Poll, Visibility
from publisher.render.findings import diagnose, did_you_mean

_AUTHOR_URN = re.compile(r"urn:li:(?:person|organization):[A-Za-z0-9_-]+")
_RESHARE_URN = re.compile(r"urn:li:(?:share|ugcPost):[0-9]+")
_DURATIONS = get_args(get_type_hints(Poll)["duration"])
_DAYS = {1: "ONE_DAY", 3: "THREE_DAYS", 7: "SEVEN_DAYS", 14: "FOURTEEN_DAYS"}

Problems = list[Diagnostic]
"""Where a field's reader leaves what is wrong."""


def read_author(document: Document, config: Config, problems: Problems) -> Author | None:
    """The post's author, else the default one, else the only one there is."""
    name = document.metadata.get("author") or config.defaults.author
    if name is None:
        if len(config.authors) == 1:
            return next(iter(config.authors.values()))
        several = "several authors are configured" if config.authors else "no author is configured"
        problems.append(
            diagnose(
                document,
                "author-missing",
                f"the post names no author and {several}",
                "add author: to the post, or defaults: {author: …} and authors: to publisher.yaml",
                at=document.position(),
            )
        )
        return None
    author = find_author(str(name), config)
    if author is None:
        problems.append(
            diagnose(
                document,
                "author-unknown",
                f"{name!r} is neither an author of publisher.yaml{did_you_mean(str(name), config.authors)} "
                "nor a person's or organization's URN",
                "use an alias of authors:, or urn:li:person:… or urn:li:organization:…",
                at=document.position("author"),
            )
        )
    return author


def find_author(name: str, config: Config) -> Author | None:
    """The author an alias or URN names; a URN of a configured author brings its token's name along."""
    if name in config.authors:
        return config.authors[name]
    if not _AUTHOR_URN.fullmatch(name):
        return None
    return next((author for author in config.authors.values() if author.urn == name), Author(name))


def read_visibility(document: Document, config: Config, problems: Problems) -> Visibility:
    """``public`` or ``connections``."""
    written = document.metadata.get("visibility")
    if written is None:
        return config.defaults.visibility
    try:
        return Visibility(str(written).upper())
    except ValueError:
        problems.append(
            diagnose(
                document,
                "visibility-unknown",
                f"visibility {written!r} is unknown",
                "write public or connections",
                at=document.position("visibility"),
            )
        )
        return config.defaults.visibility


def read_article(document: Document, thumbnail: Media | None) -> Article | None:
    """``article``: a URL, or a mapping with one."""
    written = document.metadata.get("article")
    if written is None:
        return None
    if isinstance(written, str):
        return Article(written.strip())
    return Article(
        str(written.get("url", "")).strip(),
        _line(written, "title"),
        str(written.get("description", "")).strip(),
        thumbnail,
    )


def read_poll(document: Document, problems: Problems) -> Poll | None:
    """``poll``: a question, two to four options, how long it is open."""
    written = document.metadata.get("poll")
    if written is None:
        return None
    duration = poll_duration(written.get("duration", "THREE_DAYS"))
    if duration is None:
        problems.append(
            diagnose(
                document,
                "poll-invalid",
                f"a poll can't be open for {written['duration']!r}",
                "write 1, 3, 7 or 14 days as ONE_DAY, THREE_DAYS, SEVEN_DAYS or FOURTEEN_DAYS",
                at=document.position("poll", "duration"),
            )
        )
        return None
    options = tuple(str(option).strip() for option in written.get("options", ()))
    return Poll(_line(written, "question"), options, duration)  # type: ignore[arg-type]


def poll_duration(written: object) -> str | None:
    """LinkedIn's name of a duration: the name itself, or a number of days such as ``3`` or ``3 days``."""
    name = str(written).strip().upper().replace(" ", "_")
    if name in _DURATIONS:
        return name
    days = re.fullmatch(r"(\d{1,2})_?(?:D|DAYS?)?", name)
    return _DAYS.get(int(days[1])) if days else None


def read_reshare(document: Document, problems: Problems) -> str | None:
    """``reshare``: the URN of the post that is shared again."""
    written = document.metadata.get("reshare")
    if written is None:
        return None
    urn = str(written).strip()
    if not _RESHARE_URN.fullmatch(urn):
        problems.append(
            diagnose(
                document,
                "reshare-invalid",
                f"{urn!r} is not the URN of a post",
                "write urn:li:share:… or urn:li:ugcPost:…, as `publisher state show` and LinkedIn's links have it",
                at=document.position("reshare"),
            )
        )
        return None
    return urn


def read_publish_at(document: Document, config: Config, problems: Problems) -> tuple[datetime | None, bool]:
    """When the post is due, and whether it asks for the next free slot instead."""
    written = document.metadata.get("publish_at")
    if written is None:
        return None, False
    if written == "next-slot":
        return None, True
    from publisher.content.times import parse_publish_at

    try:
        return parse_publish_at(written, config.timezone), False
    except ValueError as error:
        problems.append(
            diagnose(
                document,
                "publish-at-invalid",
                str(error),
                "write a date-time with offset, such as 2026-11-23T09:00:00+01:00, or set timezone: "
                "in publisher.yaml",
                at=document.position("publish_at"),
            )
        )
        return None, False


def _line(mapping: Mapping[str, Any], name: str) -> str:
    return " ".join(str(mapping.get(name, "")).split())
