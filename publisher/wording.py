"""What strangers wrote, named in messages: on one line, cut where it is long."""

import json
import re
from collections.abc import Sequence

from publisher.model.document import FieldPath

_LONGEST = 60


def shorten(value: object) -> str:
    """A value in quotes as Python writes it, which shows control characters."""
    text = repr(value[: 2 * _LONGEST] if isinstance(value, str) else value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def describe(value: object) -> str:
    """A YAML value as its author would call it."""
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return json.dumps(value) if isinstance(value, bool) else shorten(value)


def describe_root(value: object) -> str:
    """A whole document in words, never quoted: a link may have led to something that is neither a post nor settings."""
    known = value is None or isinstance(value, dict | list)
    return describe(value) if known else "a text, a number or a truth value"


def field_name(path: FieldPath) -> str:
    """A field as it is written in paths, such as ``media[0].alt``; empty for the document itself."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            plain = part if re.fullmatch(r"[\w.-]{1,40}", part) else shorten(part)
            text += f".{plain}" if text else plain
    return text


def closest(wrong: object, known: Sequence[str]) -> str:
    """ "Did you mean" the nearest of ``known``; empty where none is near."""
    text = str(wrong)
    folded = {name.lower(): name for name in known}
    from difflib import get_close_matches  # here, because it is slow to import

    close = get_close_matches(text.lower(), folded, n=1, cutoff=0.6) if len(text) <= 60 else []
    return f"Did you mean {folded[close[0]]!r}?" if close else ""


def slug(text: str) -> str:
    """A key near a text: lower-case ASCII letters, digits, dots, underscores, hyphens and slashes."""
    return re.sub(r"[^a-z0-9._/-]+", "-", text.lower()[:200]).strip("-._/") or "my-post"
