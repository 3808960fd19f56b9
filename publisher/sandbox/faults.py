"""Faults on demand: each one says what goes wrong, for which requests, and how often."""

import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

KINDS: dict[str, str] = {
    "commit-then-hang": "the post is made, and no answer ever comes",
    "commit-later": "no answer comes, and the post is made `seconds` later (not LinkedIn)",
    "commit-then-error": "the post is made, and the answer is `status` (500, 502 as HTML, 504)",
    "error": "nothing is made, and the answer is `status`",
    "no-id": "201, but neither header nor body names the new post",
    "no-key": "the post is made, and its idempotency key is not kept (Mastodon, Zernio)",
    "target-failed": "207: the post is made, and one of its accounts refuses it (Zernio)",
    "target-retried": "207: the post is made, and one of its accounts is tried again later (Zernio)",
    "invisible": "accepted with a 201, yet readers never see it",
    "throttle": "429 for the `scope` (app or member) until the next UTC midnight",
    "lose-bytes": "the upload is answered with 201 and the bytes are dropped",
    "slow-media": "processing takes `seconds`",
    "media-failed": "processing ends in PROCESSING_FAILED",
    "sunset": "the version `version` is dead from `since` (a date) on",
    "revoke-token": "the token dies with this request: 65601 from now on",
    "expire-token": "the token dies with this request: 65602 from now on",
    "drop-before-body": "the connection is reset before the body is read; nothing is made",
    "drop-after-body": "the connection is reset after the body was read; nothing is made",
    "commit-then-drop": "the post is made, and the connection is reset without an answer",
    "cut": "the post is made, and the answer ends after `at` bytes",
    "slow": "the answer comes `seconds` late",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a fault can match: LinkedIn's resource and method, the author or member, and the text."""

    resource: str
    method: str
    author: str = ""
    member: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. It strikes ``count`` matching requests (0: every one) after letting ``skip`` pass.

    ``resource``, ``method`` and ``author`` must be equal, ``text`` be contained; empty ones match all.
    """

    kind: str
    count: int = 1
    skip: int = 0
    resource: str = ""
    method: str = ""
    author: str = ""
    text: str = ""
    status: int = 500
    seconds: float = 0.0
    at: int = 0
    scope: str = "member"
    version: str = ""
    since: str = ""

    def matches(self, facts: Facts) -> bool:
        """Return whether this fault matches a request."""
        return (
            self.resource in {"", facts.resource}
            and self.method in {"", facts.method}
            and self.author in {"", facts.author, facts.member}
            and self.text in facts.text
        )


_TYPES: dict[str, Any] = {item.name: item.type for item in fields(Fault)}
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})?")


def read_fault(document: Mapping[str, Any]) -> Fault:
    """Return a fault from JSON values. Raise ValueError, naming what there is."""
    kind = document.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(f"unknown fault {kind!r}; one of {', '.join(KINDS)}")
    for name, value in document.items():
        if name not in _TYPES:
            raise ValueError(f"unknown field {name!r} of fault {kind}; one of {', '.join(_TYPES)}")
        if not _fits(name, value):
            raise ValueError(f"{name} of fault {kind} can't be {value!r}")
    return Fault(**document)


def _fits(name: str, value: Any) -> bool:
    wanted = (int, float) if _TYPES[name] is float else _TYPES[name]
    if not isinstance(value, wanted) or isinstance(value, bool):
        return False
    if name == "status":
        # RFC 9110, section 15: errors are 4xx and 5xx.
        return bool(400 <= value <= 599)
    if name == "scope":
        return value in {"app", "member"}
    if name == "since":
        return _DAY.fullmatch(str(value)) is not None
    return isinstance(value, str) or bool(value >= 0)


def parse_fault(text: str) -> Fault:
    """Return a fault from the command line: ``commit-then-error,status=502``. Raise ValueError."""
    kind, *pairs = text.split(",")
    named: dict[str, Any] = {"kind": kind.strip()}
    for pair in pairs:
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not equals:
            raise ValueError(f"{pair!r} is not NAME=VALUE")
        try:
            named[name] = _TYPES.get(name, str)(value)
        except ValueError:
            raise ValueError(f"{name} needs a number, not {value!r}") from None
    return read_fault(named)


class Faults:
    """The faults waiting for their requests."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._lock = threading.Lock()
        self._waiting: list[tuple[int, Fault]] = []
        self._count = 0
        for fault in faults:
            self.add(fault)

    @property
    def waiting(self) -> bool:
        """Return whether any fault waits."""
        return bool(self._waiting)

    def add(self, fault: Fault) -> int:
        """Wait for its requests. Return its number."""
        with self._lock:
            self._count += 1
            self._waiting.append((self._count, fault))
            return self._count

    def clear(self) -> None:
        """Forget them all."""
        with self._lock:
            self._waiting.clear()

    def all(self) -> tuple[tuple[int, Fault], ...]:
        """Return those still waiting, with their numbers."""
        with self._lock:
            return tuple(self._waiting)

    def claim(self, facts: Facts, *kinds: str) -> Fault | None:
        """Return the first waiting fault of these kinds that matches the request. Its count goes down."""
        if not self._waiting:
            return None
        with self._lock:
            for position, (number, fault) in enumerate(self._waiting):
                if fault.kind in kinds and fault.matches(facts):
                    return self._strike(position, number, fault)
        return None

    def _strike(self, position: int, number: int, fault: Fault) -> Fault | None:
        if fault.skip:
            self._waiting[position] = (number, replace(fault, skip=fault.skip - 1))
            return None
        if fault.count == 1:
            del self._waiting[position]
        elif fault.count > 1:
            self._waiting[position] = (number, replace(fault, count=fault.count - 1))
        return fault
