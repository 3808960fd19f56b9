"""What the feed shows of the request log: the requests behind a post, and those that were refused."""

import contextlib
import json
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from publisher.sandbox.json_views import post_json
from publisher.sandbox.request_log import LoggedRequest
from publisher.sandbox.store import Store
from publisher.sandbox.values import Post

MASK = "$LINKEDIN_ACCESS_TOKEN"
# Bodies may have megabytes; a reader needs only the beginning.
_BODY_SHOWN = 6_000
# A command that a reader copies must not contain a secret.
_SECRETS = ("client_secret", "refresh_token", "code", "token", "oauth2_access_token")
# headers that every client sets by itself
_DULL = frozenset({"host", "user-agent", "accept-encoding", "accept", "connection", "content-length"})


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its response as text, with tokens masked; ``curl`` repeats it."""

    number: int
    title: str
    status: int
    request: str
    response: str
    curl: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A request that was refused, or that LinkedIn may refuse; ``reason`` is LinkedIn's or the sandbox's."""

    number: int
    title: str
    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class Panel:
    """What was sent for a post, what is stored, and what readers see."""

    urn: str
    exchanges: tuple[Exchange, ...]
    stored: str
    shown: str


def requests_by_urn(store: Store) -> dict[str, list[LoggedRequest]]:
    """Return the logged requests by what they made; built once for a page."""
    found: dict[str, list[LoggedRequest]] = {}
    for entry in store.request_log.entries():
        if entry.committed:
            found.setdefault(entry.committed, []).append(entry)
        elif entry.resource == "uploads":
            # an upload's bytes arrive at an address with the upload's key
            upload = store.upload(entry.target.split("/")[4] if entry.target.count("/") > 4 else "")
            if upload:
                found.setdefault(upload.urn, []).append(entry)
    return found


def panel(store: Store, post: Post, logged: dict[str, list[LoggedRequest]], base: str) -> Panel:
    """Return the panel of a post."""
    media = [item["urn"] for item in post.content.get("media", ())]
    media += filter(None, [post.content.get("article", {}).get("thumbnail", "")])
    entries = [entry for urn in (*media, post.urn) for entry in logged.get(urn, ())]
    stored = json.dumps(post_json(post, store), indent=2, ensure_ascii=False, default=str)
    return Panel(
        post.urn,
        tuple(exchange(entry, base) for entry in sorted(entries, key=lambda entry: entry.number)),
        stored,
        post.text,
    )


def exchange(entry: LoggedRequest, base: str) -> Exchange:
    """Return a logged request as text."""
    headers = [(name, _masked(name, value)) for name, value in entry.request_headers.items()]
    shown = [f"{name}: {value}" for name, value in headers]
    body = _text(entry.request_body) if entry.request_body else _size(entry)
    request = "\n".join(
        [f"{entry.verb} {_masked_query(entry.target)}", *shown, *([""] if body else []), body]
    )
    answered = [f"{name}: {value}" for name, value in entry.headers.items()]
    response = "\n".join([str(entry.status), *answered, "", _text(entry.body)]).rstrip()
    return Exchange(
        entry.number,
        f"{entry.verb} {entry.target.partition('?')[0]}",
        entry.status,
        request.rstrip(),
        response,
        curl(entry, base),
        entry.warnings,
    )


def curl(entry: LoggedRequest, base: str) -> str:
    """Return a command that sends the request again; the token comes from the environment."""
    parts = ["curl"] + (["-X", entry.verb] if entry.verb not in {"GET", "POST"} else [])
    parts.append(shlex.quote(f"{base}{_masked_query(entry.target)}"))
    for name, value in entry.request_headers.items():
        if name in _DULL:
            continue
        if name == "authorization":
            # double quotes: the shell fills in the token
            parts.append(f'-H "authorization: Bearer {MASK}"')
        else:
            parts.append(f"-H {shlex.quote(f'{name}: {value}')}")
    if entry.request_body:
        parts.append(f"--data-binary {shlex.quote(_text(entry.request_body, whole=True))}")
    elif entry.request_size:
        parts.append("--data-binary @FILE")
    return " \\\n  ".join([" ".join(parts[: 3 if "-X" in parts else 1]), *parts[3 if "-X" in parts else 1 :]])


def troubles(entries: Iterable[LoggedRequest]) -> Iterator[Trouble]:
    """Yield those that were refused, or that carry a warning; newest first."""
    for entry in sorted(entries, key=lambda item: -item.number):
        trouble = trouble_of(entry)
        if trouble:
            yield trouble


def trouble_of(entry: LoggedRequest) -> Trouble | None:
    """Return the trouble with a request, or None if there is none."""
    title = f"{entry.verb} {entry.target.partition('?')[0]}"
    if entry.status >= 400:
        return Trouble(entry.number, title, entry.status, _reason(entry))
    if entry.warnings:
        return Trouble(entry.number, title, entry.status, " ".join(entry.warnings))
    return None


def _reason(entry: LoggedRequest) -> str:
    try:
        document: Any = json.loads(entry.body)
    except ValueError:
        return (entry.fault and f"The fault {entry.fault} made this answer.") or "The answer is a page."
    if not isinstance(document, dict):
        return ""
    named = document.get("error_description") or document.get("message") or document.get("error") or ""
    return str(named).strip()


def _masked(name: str, value: str) -> str:
    if name == "authorization":
        return f"{value.partition(' ')[0]} {MASK}"
    return "…" if name == "cookie" else value


def _masked_query(target: str) -> str:
    path, mark, query = target.partition("?")
    pairs = [
        f"{name}{equals}…" if name in _SECRETS and equals else f"{name}{equals}{value}"
        for name, equals, value in (pair.partition("=") for pair in query.split("&"))
    ]
    return path + mark + "&".join(pairs)


def _text(body: bytes, *, whole: bool = False) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return f"({len(body)} bytes)"
    if whole:
        return text
    if text[:1] in {"{", "["}:
        with contextlib.suppress(ValueError):
            text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    return text if len(text) <= _BODY_SHOWN else text[:_BODY_SHOWN] + "\n…"


def _size(entry: LoggedRequest) -> str:
    return f"({entry.request_size} bytes, sha256 {entry.sha256[:12]}…)" if entry.request_size else ""
