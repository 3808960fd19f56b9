"""How each behaviour of the emulated LinkedIn is known: the table in ``evidence.json``, which tests check."""

import json
from functools import cache
from pathlib import Path
from typing import Any

KINDS: dict[str, str] = {
    "documented": "LinkedIn's documentation says so",
    "observed": "somebody saw LinkedIn do it: a log, an issue, or code that says it was measured",
    "inferred": "the likeliest reading of what is known; LinkedIn may differ",
}


@cache
def table() -> tuple[dict[str, Any], ...]:
    """Return the entries: ``behaviour``, ``kind``, ``source``, ``date`` and ``covers``.

    ``date`` is when the source was written or read: a year, a month or a day. ``covers`` names what the code
    has for the behaviour: ``route:FAMILY RESOURCE METHOD``, ``error:FUNCTION`` or ``setting:NAME``.
    """
    text = Path(__file__).with_suffix(".json").read_text(encoding="utf-8")
    return tuple(json.loads(text))


def document() -> dict[str, Any]:
    """Return the table as JSON values."""
    return {"kinds": KINDS, "evidence": list(table())}


def markdown() -> str:
    """Return the table for the documentation."""
    lines = ["| behaviour | how it is known | source | date |", "|---|---|---|---|"]
    lines += [
        f"| {item['behaviour']} | {item['kind']} | {item['source']} | {item['date']} |" for item in table()
    ]
    return "\n".join(lines) + "\n"
