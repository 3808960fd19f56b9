"""The plan as a calendar (RFC 5545), for people's calendar programs."""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from publisher.model.plan import Action, Change, Plan

_SHOWN = frozenset({Action.CREATE, Action.SCHEDULED, Action.LATE, Action.BLOCKED, Action.DRAFT})
# RFC 5545, 3.3.11: a colon needs no backslash in a TEXT.
_ESCAPED = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
# RFC 5545, 3.1: longer lines are folded, and a blank begins each further piece.
_LINE = 75
"""Octets of a content line, without its line break."""


def plan_ical(plan: Plan, now: datetime) -> str:
    """Return an event for each post that has a time and is not published yet.

    ``now`` (aware) is the plan's time. Times are UTC. An event keeps its UID as long as its post keeps its
    key and author, so a calendar that reads the plan again moves the event and makes no second one.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//publisher//plan//EN", "CALSCALE:GREGORIAN"]
    for change in plan.changes:
        # Parts of a thread go out with their first part, so they are not events of their own.
        if change.publish_at is not None and change.action in _SHOWN and not change.part:
            lines += _event(change, change.publish_at, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _event(change: Change, at: datetime, now: datetime) -> Iterator[str]:
    text = change.post.text.plain if change.post else ""
    # The first line with words is what an author recognizes in a calendar's narrow cell.
    first = next((line for line in text.split("\n") if line.strip()), change.key)
    name = change.post.author.alias if change.post else ""
    yield "BEGIN:VEVENT"
    # A digest, because a key can have characters that some programs refuse in a UID.
    yield f"UID:{hashlib.sha256(f'{change.author} {change.key}'.encode()).hexdigest()[:32]}@publisher"
    yield f"DTSTAMP:{_time(now)}"
    yield f"DTSTART:{_time(at)}"
    yield f"SUMMARY:{_text(first)}"
    yield "DESCRIPTION:" + _text(f"{change.action.value}: {change.reason}\n{change.source}\n\n{text}")
    yield f"CATEGORIES:{_text(name or change.author)}"
    yield f"STATUS:{'CONFIRMED' if change.action in (Action.CREATE, Action.SCHEDULED) else 'TENTATIVE'}"
    # A scheduled post must not make its reader's time look busy.
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """Return the value as TEXT; characters that no TEXT can hold are left out."""
    return _CONTROLS.sub("", value).translate(_ESCAPED)


def _folded(line: str) -> str:
    """Return the line in pieces of at most 75 octets, none of which cuts a character in two."""
    pieces: list[list[str]] = [[]]
    size = 0
    # By characters: RFC 5545 lets a fold cut a UTF-8 sequence, but some programs then show broken letters.
    for character in line:
        octets = len(character.encode())
        if size + octets > _LINE:
            pieces.append([" "])
            size = 1
        pieces[-1].append(character)
        size += octets
    return "\r\n".join("".join(piece) for piece in pieces)
