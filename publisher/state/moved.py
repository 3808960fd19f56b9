"""Mark a state that was moved.

It stays in its old place and names the new one. Nothing is published from it.
"""

import json
from dataclasses import replace
from pathlib import Path

from publisher.model.state import State

_FIELD = "moved_to"
"""An unknown field for older versions, which keep it."""


def moved_to(state: State) -> str:
    """Return the location that a state was moved to; empty if it was not moved."""
    return str(_extra(state).get(_FIELD, ""))


def with_mark(state: State, location: str) -> State:
    """Return the state with the mark; without one if ``location`` is empty."""
    extra = _extra(state)
    extra.pop(_FIELD, None)
    if location:
        extra[_FIELD] = location
    return replace(state, extra=json.dumps(extra, sort_keys=True) if extra else "")


def is_marked(path: Path) -> bool:
    """Tell whether a state file, or a folder's meta.json, has the mark.

    A file that can't be read has none.
    """
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(document, dict) and bool(document.get(_FIELD))


def _extra(state: State) -> dict[str, object]:
    return dict(json.loads(state.extra)) if state.extra else {}
