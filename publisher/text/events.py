"""Parse Markdown to events with exact places.

This is the only module that imports pyromark (pulldown-cmark, CommonMark 0.31). The parser lacks two things:
emphasis next to East Asian characters, and bare URLs that keep ``*``, ``_`` and ``~``. Private-use characters
are inserted for both, and removed from every event.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pyromark

from publisher.text.sentinels import Prepared, prepare

_O = pyromark.Options
_OPTIONS = _O.ENABLE_TABLES | _O.ENABLE_STRIKETHROUGH | _O.ENABLE_TASKLISTS | _O.ENABLE_FOOTNOTES

_SURROGATE = re.compile("[\ud800-\udfff]")


class Event(NamedTuple):
    """One step through a document.

    ``kind`` is ``Start:X`` or ``End:X`` for an element X, else ``Text``, ``Code``, ``Html``, ``InlineHtml``,
    ``FootnoteReference``, ``TaskListMarker``, ``SoftBreak``, ``HardBreak`` or ``Rule``. ``value`` is the text
    of a leaf, or what the parser says about an element. ``start`` and ``end`` count code points of the
    source; the range of a Text that stands in the source as it is has the length of the text. Only the
    beginning of an element has a range.
    """

    kind: str
    value: Any
    start: int
    end: int


def events(source: str) -> Iterator[Event]:
    """Yield the events of a Markdown document, in order. Takes time linear in its length."""
    # half a surrogate pair has no UTF-8; the post is refused for it, so what stands there does not matter
    prepared = prepare(_SURROGATE.sub("\ufffd", source))
    clean, place = prepared.clean, prepared.place
    single: list[bool] = []  # for each open strikethrough, whether it is of single tildes
    event: Any
    for event, span in pyromark.events_with_range(prepared.text, options=_OPTIONS):
        if event.__class__ is str:
            yield Event(event, None, place(span["start"]), place(span["end"]))
            continue
        # pyromark gives every event with data as a dict of one item (0.10, 2026-11).
        kind, value = event.popitem()
        if value == "Strikethrough":
            # GFM strikes with one tilde, too, and people write ~10 and ~d~: only two are meant (checked 2026-11-24)
            start, end = place(span["start"]), place(span["end"])
            if kind == "Start":
                single.append(source[start : start + 2] != "~~")
            if single[-1]:
                at = start if kind == "Start" else end - 1
                yield Event("Text", "~", at, at + 1)
            else:
                yield Event(f"{kind}:Strikethrough", None, start, end)
            if kind == "End":
                single.pop()
        elif kind == "End":
            yield Event(f"End:{value if value.__class__ is str else next(iter(value))}", None, 0, 0)
        elif kind == "Start":
            name, data = (value, None) if value.__class__ is str else value.popitem()
            yield Event(f"Start:{name}", _cleaned(data, prepared), place(span["start"]), place(span["end"]))
        else:
            text = clean(value) if value.__class__ is str else value
            yield Event(kind, text, place(span["start"]), place(span["end"]))


def _cleaned(data: Any, prepared: Prepared) -> Any:
    if isinstance(data, str):
        return prepared.clean(data)
    if isinstance(data, dict):
        return {
            name: prepared.clean(value) if isinstance(value, str) else value for name, value in data.items()
        }
    return data
