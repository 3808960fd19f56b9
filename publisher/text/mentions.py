"""Mentions: ``@[Name](urn:li:organization:123)`` or ``@[Name](alias)``."""

import re
from collections.abc import Callable, Mapping

from publisher.text.characters import joins_words
from publisher.text.findings import Finding

# Both parts are bounded: without a limit, a text of many "@[" would take quadratic time.
MENTION = re.compile(r"@\[((?:\\.|[^\[\]\\\n]){0,400})\]\(([^()\n]{0,400})\)")
"""A mention in plain text: the name, with backslash escapes, and the target."""

URN = re.compile(r"urn:li:(?:person:[A-Za-z0-9_-]+|organization:[0-9]+)")
"""Who can be mentioned on LinkedIn: people and organizations."""

_ESCAPE = re.compile(r"\\([\[\]\\@()*_`~#<>{}|])")

Resolve = Callable[[str], str | None]
"""Returns the name of a mention's target on a network.

The name is empty if the target has none there, and None if the target is unknown.
"""


def resolver(aliases: Mapping[str, Mapping[str, str]], network: str = "linkedin") -> Resolve:
    """Return the function that finds a target's name on ``network``.

    A target is a URN, or an alias of ``mentions:`` in the configuration.
    """

    def resolve(target: str) -> str | None:
        names = aliases.get(target)
        if names is None:
            names = {"linkedin": target} if URN.fullmatch(target) else None
        found = names.get(network, "") if names is not None else None
        return None if found and network == "linkedin" and not URN.fullmatch(found) else found

    return resolve


def mention_name(written: str) -> str:
    """Return the name as readers see it, its backslash escapes undone."""
    return _ESCAPE.sub(r"\1", written).strip()


def mention_problem(name: str, target: str, urn: str | None, before: str, at: int) -> Finding | None:
    """Return what is wrong with a mention of ``name`` behind the character ``before``, if anything is."""
    if not name:
        return Finding(
            "mention-unresolved",
            f"the mention of {target or 'nobody'!r} has no name",
            "write the name between the brackets: @[Name](target)",
            at,
        )
    if urn is None:
        return Finding(
            "mention-unresolved",
            f"the mention of {name!r} points to {target or 'nothing'!r}, which is neither the URN of a person or "
            "organization nor an alias",
            "write urn:li:person:… or urn:li:organization:…, or add the alias under mentions: in publisher.yaml",
            at,
        )
    if not urn:
        alias = "acme" if target.startswith("urn:") else target
        return Finding(
            "mention-missing",
            f"the mention of {name!r} has no name on this copy's network, which shows the plain name",
            f"add one under mentions: in publisher.yaml, such as {alias}: {{bluesky: acme.dev}}",
            at,
        )
    if before and joins_words(before):
        return Finding(
            "mention-unresolved",
            f"the mention of {name!r} follows a word without a space; readers would see one word",
            "put a space before the @",
            at,
        )
    return None
