"""Choose the author of a command: by alias, by URN, or the only one there is."""

import re
from collections.abc import Mapping

from publisher.errors import UsageError
from publisher.model.config import Config
from publisher.model.post import Author

_URN = re.compile(r"urn:li:(?:person|organization):[A-Za-z0-9_-]+")
FIRST_ALIAS = "me"


def choose_author(
    config: Config, text: str | None, stored: Mapping[str, object], *, new: bool = False
) -> Author:
    """Return the author that ``text`` (an alias or URN) names; without text the default or only one.

    ``stored`` has the URNs of stored tokens. ``new`` allows an alias that is not configured. Its URN is empty
    until the login tells it. Raise `UsageError` if there is no such author, or no single one.
    """
    if text is None:
        return _only(config, stored, new=new)
    if text in config.authors:
        return config.authors[text]
    if _URN.fullmatch(text):
        # a configured author brings its variable and alias along
        same = (author for author in config.authors.values() if author.urn == text)
        return next(same, Author(text))
    if new and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", text):
        return Author("", text)
    known = ", ".join(sorted(config.authors)) or "none yet"
    raise UsageError(
        f"No author is called {text!r}; `authors:` in publisher.yaml has {known}.",
        "Write the author there, give its URN, or log in with --write-config to have it written.",
    )


def _only(config: Config, stored: Mapping[str, object], *, new: bool) -> Author:
    if len(config.defaults.author) == 1:
        return choose_author(config, config.defaults.author[0], stored)
    if len(config.authors) == 1:
        return next(iter(config.authors.values()))
    if config.authors:
        names = ", ".join(sorted(config.authors))
        raise UsageError(f"There are several authors: {names}.", "Say which one with --author.")
    if new:
        return Author("", FIRST_ALIAS)
    if len(stored) == 1:
        return Author(next(iter(stored)))
    raise UsageError(
        "There is no author: publisher.yaml has none, and not exactly one token is stored.",
        "`publisher auth login --write-config` adds one.",
    )
