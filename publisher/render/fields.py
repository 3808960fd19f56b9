"""Front-matter fields to values of a post: author, visibility, article, poll, times."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic
from publisher.model.document import Document
from publisher.model.post import Article, Author, Media, Poll, Visibility
from publisher.text.findings import diagnose, did_you_mean

# A post's author on LinkedIn is a person or an organization (Microsoft Learn, UGC Post API, 2026-09).
_AUTHOR_URN = re.compile(r"urn:li:(?:person|organization):[A-Za-z0-9_-]+")
Problems = list[Diagnostic]
"""Where a field's reader leaves what is wrong."""


def read_authors(document: Document, config: Config, problems: Problems) -> list[Author]:
    """Return the post's authors, else the default ones, else the only one there is; each account once."""
    written = document.metadata.get("author")
    names = [written] if isinstance(written, str) else list(written or config.defaults.author)
    if not names:
        # with one author there is nothing to choose
        if len(config.authors) == 1:
            return [*config.authors.values()]
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
        return []
    authors: list[Author] = []
    for index, name in enumerate(names):
        at = document.position("author", index) if isinstance(written, list) else document.position("author")
        author = find_author(str(name), config)
        # Every name is checked, so that one run reports all of them.
        if author is None:
            problems.append(
                diagnose(
                    document,
                    "author-unknown",
                    f"{name!r} is neither an author of publisher.yaml{did_you_mean(str(name), config.authors)} "
                    "nor a person's or organization's URN",
                    "use an alias of authors:, or urn:li:person:… or urn:li:organization:…",
                    at=at,
                )
            )
        elif any(author.urn == other.urn for other in authors):
            message = f"{name!r} is an account that the list has already, so there is one copy for both"
            problems.append(diagnose(document, "author-repeated", message, "remove one of them", at=at))
        else:
            authors.append(author)
    return authors


def find_author(name: str, config: Config) -> Author | None:
    """Return the author an alias or URN names; a URN of a configured author brings its token's name along."""
    if name in config.authors:
        return config.authors[name]
    if not _AUTHOR_URN.fullmatch(name):
        return None
    # so that the token of a configured author is found by URN as well
    return next((author for author in config.authors.values() if author.urn == name), Author(name))


def read_visibility(document: Document, config: Config) -> Visibility:
    """Return the post's visibility, or the default one."""
    written = document.metadata.get("visibility")
    return config.defaults.visibility if written is None else Visibility(written.upper())


def read_article(document: Document, thumbnail: Media | None) -> Article | None:
    """Return the article of ``article:``, which is a URL or a mapping with one."""
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


def read_poll(document: Document) -> Poll | None:
    """Return the poll of ``poll:``: a question, its options, and a duration."""
    written = document.metadata.get("poll")
    if written is None:
        return None
    options = tuple(" ".join(option.split()) for option in written["options"])
    return Poll(_line(written, "question"), options, written.get("duration", "THREE_DAYS"))


def read_publish_at(document: Document, config: Config, problems: Problems) -> tuple[datetime | None, bool]:
    """Return when the post is due, and whether it asks for the next free slot instead."""
    written = document.metadata.get("publish_at")
    if written is None:
        return None, False
    if written == "next-slot":
        if not config.slots:
            message = "publish_at: next-slot needs slots, and publisher.yaml has none"
            remedy = 'add slots: [{weekday: tuesday, time: "09:00"}], or write a time'
            problems.append(
                diagnose(document, "time-invalid", message, remedy, at=document.position("publish_at"))
            )
        return None, True
    # Imported here, because most posts have no time.
    from publisher.content.times import parse_publish_at

    at = parse_publish_at(written, config.timezone)
    if isinstance(at, datetime):
        return at, False
    problems.append(diagnose(document, at.code, at.message, at.remedy, at=document.position("publish_at")))
    return None, False


def _line(mapping: Mapping[str, Any], name: str) -> str:
    return " ".join(str(mapping.get(name, "")).split())
