"""Mentions: ``@[Name](urn:li:organization:123)`` or ``@[Name](alias)``."""

import re
from collections.abc import Callable, Mapping

from publisher.text.findings import Finding

MENTION = re.compile(r"@\[ *((?:\\.|[^\[\]\\\s])(?:\\.|[^\[\]\\\n]){0,400})\]\(([^()\s]{0,400})\)")
"""A mention in source text: the name, with backslash escapes, and the target."""

URN = re.compile(r"urn:li:(?:person:[A-Za-z0-9_-]+|organization:[0-9]+)")
"""Who can be mentioned: people and organizations."""

_ESCAPE = re.compile(r"\\([\[\]\\@()*_`~#<>{}|])")

Resolve = Callable[[str], str | None]
"""The URN of a mention's target, None where it names nobody."""


def resolver(aliases: Mapping[str, str]) -> Resolve:
    """Targets are URNs, or aliases of ``mentions:`` in the configuration."""

    def resolve(target: str) -> str | None:
        urn = aliases.get(target, target)
        return urn if URN.fullmatch(urn) else None

    return resolve


def mention_name(written: str) -> str:
    """The name as readers see it, its backslash escapes undone."""
    return _ESCAPE.sub(r"\1", written).rstrip()


def unresolved(written: str, target: str) -> Finding:
    """The finding for a mention whose target names nobody."""
    # an empty target would make an unreadable sentence
    shown = target or "nothing"
    return Finding(
        "mention-unresolved",
        f"the mention of {mention_name(written)!r} points to {shown!r}, which is neither the URN of a person "
        "or organization nor an alias",
        "write urn:li:person:… or urn:li:organization:…, or add the alias under mentions: in publisher.yaml",
        f"@[{written}]({target})",
    )
