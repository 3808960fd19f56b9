"""Notifications: one message for each event that needs a person, to a command or a webhook that the environment names.

A project's files can't name either: a pull request must not run commands or send anything anywhere. No message holds a
text or a secret. A notification that fails is reported, and stops nothing.
"""

import hashlib
import json
import os
import shlex
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.auth.status import TokenStatus, expiring
from publisher.environment import NOTIFY_VARIABLE
from publisher.networks.hosts import is_loopback, origin
from publisher.networks.redaction import redact
from publisher.planning.status import Health, ProblemKind
from publisher.replacing import replace_file

if TYPE_CHECKING:
    from requests import PreparedRequest

EXPIRY = timedelta(days=14)
"""How long before its end a token is reported: LinkedIn's last 60 days and need a person to renew them."""

_TIMEOUT = 10.0
_MOST = 20
"""Messages of one run. A project with a thousand failures needs one person, not a thousand messages."""

_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT")
_KINDS = {
    ProblemKind.FAILED: "failed",
    ProblemKind.UNKNOWN: "unknown",
    ProblemKind.HELD: "overdue",
    ProblemKind.NOT_RUN: "overdue",
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that needs a person. ``id`` stays the same while it lasts; ``since`` is ISO text, or empty."""

    event: str
    key: str
    author: str
    message: str
    remedy: str
    since: str
    id: str


def events_of(
    health: Health, tokens: Iterable[TokenStatus], now: datetime, secrets: Sequence[str]
) -> list[Event]:
    """Return the events that last at ``now``, without ``secrets``."""
    found = [
        _event(_KINDS[one.trouble], one.key, "", one.message, one.remedy, one.since, secrets)
        for one in health.problems
        if one.trouble in _KINDS
    ]
    for status in tokens:
        reason = "" if status.refreshable or status.expires_at is None else expiring(status, EXPIRY, now)
        if reason:
            alias = status.author.alias or status.author.urn
            remedy = "`publisher auth login` renews it."
            found.append(_event("token-expiry", "", alias, reason, remedy, status.expires_at, secrets))
    return found


def notify(events: Sequence[Event], project: str, environ: Mapping[str, str], memory: Path) -> Iterator[str]:
    """Send each event that was not sent before. Yield what went wrong, as sentences without secrets.

    ``memory`` is the file with the ids of what was sent. An event that ended is forgotten, and is sent when it returns.
    """
    target = environ.get(NOTIFY_VARIABLE, "").strip()
    if not target:
        return
    known = _read(memory)
    lasting = {event.id for event in events}
    sent = known & lasting
    for event in [event for event in events if event.id not in known][:_MOST]:
        problem = _send(target, {"format_version": 1, "project": project, **asdict(event)}, environ)
        if problem:
            yield f"The notification about {event.event} {event.key or event.author} was not sent: {problem}."
        else:
            sent.add(event.id)
    if sent != known:
        with suppress(OSError):
            _write(memory, sent)


def memory_file(root: Path) -> Path:
    """Return where it is kept what was sent for the project at ``root``: in the user's state folder."""
    from platformdirs import user_state_path

    name = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:32]
    return user_state_path("publisher") / "notified" / f"{name}.json"


def _event(
    kind: str,
    key: str,
    author: str,
    message: str,
    remedy: str,
    since: datetime | None,
    secrets: Sequence[str],
) -> Event:
    plain = redact(message, secrets)[:500]
    # a failure is repeated with each run, at another time; its reason makes it the same
    at = "" if kind == "failed" or since is None else since.isoformat()
    name = hashlib.sha256(
        "\0".join((kind, key, author, plain if kind == "failed" else "", at)).encode()
    ).hexdigest()
    shown = since.isoformat() if since else ""
    return Event(kind, key, author, plain, redact(remedy, secrets)[:500], shown, name[:32])


def _send(target: str, document: Mapping[str, object], environ: Mapping[str, str]) -> str:
    """Send one event; return why that failed, or nothing."""
    if "://" in target.split(maxsplit=1)[0]:
        return _post(target, document)
    return _run(target, document, environ)


def _post(url: str, document: Mapping[str, object]) -> str:
    import requests

    try:
        place = origin(url)
        loopback = place is not None and is_loopback(place)
        if place is None or (place[0] != "https" and not loopback):
            return f"{NOTIFY_VARIABLE} must be https, or http to this machine"
        with requests.Session() as session:
            session.trust_env = not loopback  # a proxy is for other machines
            session.auth = _no_auth  # else a .netrc would speak for us
            answer = session.post(url, json=document, timeout=_TIMEOUT, allow_redirects=False, stream=True)
            answer.close()
        return "" if answer.status_code // 100 == 2 else f"the webhook answered {answer.status_code}"
    except (requests.RequestException, ValueError) as error:
        return f"the webhook can't be reached ({type(error).__name__})"  # its message may hold the address


def _no_auth(request: "PreparedRequest") -> "PreparedRequest":
    return request


def _run(command: str, document: Mapping[str, object], environ: Mapping[str, str]) -> str:
    """Run the command without a shell, with the event as JSON on its stdin and without our tokens."""
    try:
        arguments = shlex.split(command)
        done = subprocess.run(  # noqa: S603 - the environment names the command, and no shell reads it
            arguments,
            input=json.dumps(document).encode(),
            env={name: environ[name] for name in _PASSED_ON if name in environ},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return f"the command can't be run ({type(error).__name__})"
    return "" if done.returncode == 0 else f"the command ended with {done.returncode}"


def _read(memory: Path) -> set[str]:
    try:
        with memory.open("rb") as file:
            found = json.loads(file.read(1_000_000))
        return {name for name in found["sent"] if isinstance(name, str)}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()


def _write(memory: Path, sent: set[str]) -> None:
    memory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_file(memory, json.dumps({"format_version": 1, "sent": sorted(sent)}).encode())
