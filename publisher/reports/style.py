"""Styles of reports. A report names a style, and the caller gives its colour."""

from collections.abc import Callable

from publisher.model.plan import Action

Paint = Callable[[str, str], str]
"""(text, style) -> text; styles are colour names, ``bold`` and ``dim``."""

ACTION_STYLE = {
    Action.CREATE: ("+", "green"),
    Action.UPDATE: ("~", "yellow"),
    Action.REPLACE: ("±", "magenta"),
    Action.MOVE: (">", "cyan"),
    Action.DELETE: ("-", "red"),
    Action.CHANGED: ("~", "yellow"),
    Action.NONE: (" ", "dim"),
    Action.ORPHAN: ("?", "yellow"),
    Action.SCHEDULED: ("@", "blue"),
    Action.DRAFT: (".", "dim"),
    Action.LATE: ("!", "yellow"),
    Action.UNKNOWN: ("!", "red"),
    Action.BLOCKED: ("x", "red"),
}


def count_word(action: str) -> str:
    """Return the word for an action in a count: an unchanged post is one for which nothing is done."""
    return "unchanged" if action == Action.NONE.value else action


def plain(text: str, style: str) -> str:  # noqa: ARG001 - the protocol's arguments
    """Return the text without colour."""
    return text
