"""The request log: every request and its response, so that a test can say what arrived."""

import base64
import json
import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# 64 KiB: a whole API body fits, and the log stays small in memory.
_BODY_LIMIT = 65_536


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request and its answer; ``seconds`` is epoch time, bodies are bytes as they travelled.

    ``request_size`` is the body's length even where an upload's bytes are not kept. ``committed`` is the URN
    of what was made (whatever the answer said), ``ending`` how the connection was left, ``fault``
    the fault that struck.
    """

    number: int
    seconds: float
    verb: str
    target: str
    resource: str
    method: str
    member: str
    request_headers: Mapping[str, str]
    request_body: bytes
    request_size: int
    sha256: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    ending: str
    fault: str
    committed: str
    warnings: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return the entry as JSON values."""
        return {
            "number": self.number,
            "time": self.seconds,
            "verb": self.verb,
            "target": self.target,
            "path": self.target.partition("?")[0],
            "resource": self.resource,
            "method": self.method,
            "member": self.member,
            "fault": self.fault,
            "committed": self.committed,
            "warnings": list(self.warnings),
            "request": {
                "headers": dict(self.request_headers),
                "size": self.request_size,
                **({"sha256": self.sha256} if self.sha256 else {}),
                **_body(self.request_body),
            },
            "response": {
                "status": self.status,
                "headers": dict(self.headers),
                "ending": self.ending,
                **_body(self.body),
            },
        }


def _body(body: bytes) -> dict[str, Any]:
    """Return a body as ``json`` if it is JSON, as ``text`` if it is text, and as ``base64`` otherwise."""
    if not body:
        return {}
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body[:_BODY_LIMIT]).decode()}
    if text[:1] in {"{", "["}:
        try:
            return {"json": json.loads(text)}
        except ValueError:
            pass
    return {"text": text}


class RequestLog:
    """The last ``limit`` requests, and counts of all of them."""

    def __init__(self, limit: int, told: Callable[[LoggedRequest], None] = lambda _entry: None) -> None:
        self._told = told
        self._lock = threading.Lock()
        self._entries: deque[LoggedRequest] = deque(maxlen=limit)
        self._counts: Counter[tuple[str, str, int]] = Counter()
        self._number = 0

    def add(self, make: Callable[[int], LoggedRequest]) -> LoggedRequest:
        """Keep the entry that ``make`` builds from its number."""
        with self._lock:
            self._number += 1
            entry = make(self._number)
            # the deque drops the oldest by itself; the counts keep all
            self._entries.append(entry)
            self._counts[entry.resource, entry.method, entry.status] += 1
        self._told(entry)
        return entry

    def entries(self, **wanted: Any) -> list[LoggedRequest]:
        """Return those whose fields equal ``wanted``, oldest first."""
        with self._lock:
            kept = tuple(self._entries)
        return [item for item in kept if all(getattr(item, name) == value for name, value in wanted.items())]

    def counts(self) -> dict[str, dict[str, Any]]:
        """Return for each ``resource.METHOD`` how many requests came and how they were answered."""
        with self._lock:
            counted = sorted(self._counts.items())
        result: dict[str, dict[str, Any]] = {}
        for (resource, method, status), count in counted:
            entry = result.setdefault(f"{resource}.{method}", {"requests": 0, "statuses": {}})
            entry["requests"] += count
            entry["statuses"][str(status)] = count
        return result

    def clear(self) -> None:
        """Forget everything; numbers go on."""
        with self._lock:
            self._entries.clear()
            self._counts.clear()
