"""The control endpoints under ``/_sandbox/``: look into the sandbox and change it, from any language."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from publisher.sandbox import evidence
from publisher.sandbox.faults import KINDS, read_fault
from publisher.sandbox.fields import fits, read_fields
from publisher.sandbox.json_views import (
    app_view,
    member_view,
    organization_view,
    post_json,
    time_text,
    token_view,
    upload_view,
)
from publisher.sandbox.linkedin.openapi import document
from publisher.sandbox.messages import Request, Response, json_response
from publisher.sandbox.store import BEGINNING, Store
from publisher.sandbox.values import App, Member, Organization

PREFIX = "/_sandbox/"


_EQUAL = ("verb", "resource", "method", "member", "fault", "committed")
"""The fields of a logged request by which it can be chosen."""

# A cap for a mistyped count: each member needs memory and a token.
_MOST_MEMBERS = 10_000
_LATEST = 7_258_118_400  # the year 2200


class BadControlRequest(Exception):  # noqa: N818 - the caller's mistake
    """A control request that can't be done; its message says why."""


class Control:
    """Answers control requests on one store."""

    def __init__(self, store: Store) -> None:
        self._world = store

    def answer(self, request: Request) -> Response:
        """Return the answer to one control request. 400 and 404 carry ``{"error": …}``."""
        name = request.path.removeprefix(PREFIX).strip("/")
        # DNS rebinding: a foreign page whose name leads to this machine would read the tokens
        if not request.trusted_host:
            host = request.header("host")
            return json_response(403, {"error": f"host {host!r} is not allowed; see --allow-host"})
        # a page of another site, open in the same browser, has no business here
        if request.header("origin") not in {"", request.base_url}:
            return json_response(403, {"error": "control requests from other sites are refused"})
        if (request.verb, name) == ("GET", "openapi.json"):
            return json_response(200, document(request.base_url))
        action = _ACTIONS.get((request.verb, name))
        if action is None:
            verbs = [verb for verb, path in _ACTIONS if path == name]
            return json_response(405 if verbs else 404, {"error": f"no {request.verb} {PREFIX}{name}"})
        try:
            return json_response(200, action(self._world, _arguments(request)))
        except BadControlRequest as error:
            return json_response(400, {"error": str(error)})


def _arguments(request: Request) -> dict[str, Any]:
    """Return the query of a read, or the JSON body of a change."""
    if request.verb == "GET":
        return dict(request.parameters)
    if not request.body:
        return {}
    try:
        document = json.loads(request.body)
    except (ValueError, RecursionError):
        raise BadControlRequest("the body is not JSON") from None
    if not isinstance(document, dict):
        raise BadControlRequest("the body must be a JSON object")
    return document


def _evidence(_store: Store, _: Mapping[str, Any]) -> Any:
    return evidence.document()


def _state(store: Store, _: Mapping[str, Any]) -> Any:
    return {
        "now": time_text(store.clock.now()),
        "frozen": store.clock.frozen,
        "settings": asdict(store.settings),
        "members": [member_view(member) for member in store.members.all()],
        "organizations": [organization_view(page) for page in store.organizations.all()],
        "apps": [app_view(app) for app in store.apps.all()],
        "tokens": [token_view(token, store.clock.now()) for token in store.tokens.all()],
        "posts": len(store.posts),
        "uploads": [upload_view(upload, store.clock.now()) for upload in store.uploads.all()],
        "quota": store.quota.used(),
        "counts": store.request_log.counts(),
        "faults": _faults(store, {})["faults"],
        "snapshots": sorted(store.snapshots),
    }


def _requests(store: Store, arguments: Mapping[str, Any]) -> Any:
    wanted: dict[str, Any] = {name: arguments[name] for name in _EQUAL if name in arguments}
    if "status" in arguments:
        wanted["status"] = _number(arguments, "status")
    after, limit = _number(arguments, "after", 0), _number(arguments, "limit", 1_000)
    found = [item for item in store.request_log.entries(**wanted) if item.number > after]
    return {
        "requests": [item.document() for item in found[:limit]],
        "total": len(found),
        "counts": store.request_log.counts(),
    }


def _forget_requests(store: Store, _: Mapping[str, Any]) -> Any:
    store.request_log.clear()
    return {}


def _posts(store: Store, arguments: Mapping[str, Any]) -> Any:
    limit = _number(arguments, "limit", 1_000)
    chosen = (
        list(store.posts.newest_first())[:limit] if "all" in arguments else store.posts_newest_first(limit)
    )
    return {"posts": [post_json(post, store) for post in chosen], "total": len(store.posts)}


def _clock(store: Store, arguments: Mapping[str, Any]) -> Any:
    clock = store.clock
    moment = _moment(arguments["now"]) if "now" in arguments else clock.now()
    step, freeze = arguments.get("advance", 0), arguments.get("freeze", clock.frozen)
    if not _is_number(step):
        raise BadControlRequest("advance must be a number of seconds")
    if not isinstance(freeze, bool):
        raise BadControlRequest("freeze must be true or false")
    if not 0 <= moment + step <= _LATEST:
        raise BadControlRequest("the clock goes from 1970 to 2200")
    if "freeze" in arguments:
        (clock.freeze if freeze else clock.run)()
    if {"now", "advance"} & set(arguments):
        clock.set(moment + step)
    return {"now": time_text(clock.now()), "frozen": clock.frozen}


def _faults(store: Store, _: Mapping[str, Any]) -> Any:
    waiting = [{"number": number, **asdict(fault)} for number, fault in store.faults.all()]
    return {"faults": waiting, "kinds": KINDS}


def _add_faults(store: Store, arguments: Mapping[str, Any]) -> Any:
    documents = arguments.get("faults", [arguments])
    if not isinstance(documents, list) or not all(isinstance(item, dict) for item in documents):
        raise BadControlRequest("faults must be a list of objects")
    try:
        faults = [read_fault(document) for document in documents]
    except ValueError as error:
        raise BadControlRequest(str(error)) from None
    return {"numbers": [store.faults.add(fault) for fault in faults]}


def _clear_faults(store: Store, _: Mapping[str, Any]) -> Any:
    store.faults.clear()
    return {}


def _add_members(store: Store, arguments: Mapping[str, Any]) -> Any:
    """Add members from ``{"count": 2000}``, ``{"members": [{…}]}`` or one member's fields.

    Each one comes with a self-serve token.
    """
    app = store.apps.all()[0]
    if "count" in arguments:
        if set(arguments) != {"count"}:
            raise BadControlRequest("count stands alone")
        wanted: Any = [{}] * _number(arguments, "count")
        if len(wanted) > _MOST_MEMBERS:
            raise BadControlRequest(f"count can't exceed {_MOST_MEMBERS}")
    else:
        wanted = arguments.get("members", [arguments])
    if not isinstance(wanted, list):
        raise BadControlRequest("members must be a list of objects")
    made = []
    for fields in wanted:
        member = _made(store.add_member, fields, Member)
        token = store.issue_token(member.urn, app.client_id, app.scopes)
        made.append({**member_view(member), "token": token.value})
    return {"members": made}


def _add_organization(store: Store, arguments: Mapping[str, Any]) -> Any:
    return organization_view(_made(store.add_organization, arguments, Organization))


def _add_app(store: Store, arguments: Mapping[str, Any]) -> Any:
    return app_view(_made(store.add_app, arguments, App))


def _add_token(store: Store, arguments: Mapping[str, Any]) -> Any:
    member, app = (str(arguments.get(name, "")) for name in ("member", "app"))
    chosen = store.member(member) if "member" in arguments else store.members.all()[0]
    known = store.apps.get(app) if "app" in arguments else store.apps.all()[0]
    if chosen is None or known is None:
        raise BadControlRequest(f"unknown member {member!r}" if chosen is None else f"unknown app {app!r}")
    scopes = arguments.get("scopes", list(known.scopes))
    scopes = scopes.split() if isinstance(scopes, str) else scopes
    lifetime = arguments.get("expires_in")
    if not fits(scopes, tuple[str, ...]) or not (lifetime is None or _is_number(lifetime)):
        raise BadControlRequest("scopes must be a list of texts, and expires_in a number of seconds")
    token = store.issue_token(chosen.urn, known.client_id, scopes, lifetime)
    return token_view(token, store.clock.now())


def _revoke_token(store: Store, arguments: Mapping[str, Any]) -> Any:
    token = store.tokens.get(str(arguments.get("token")))
    if token is None:
        raise BadControlRequest("unknown token")
    store.tokens.put(token.value, replace(token, revoked=True))
    return {}


def _reset(store: Store, _: Mapping[str, Any]) -> Any:
    store.reset()
    return {}


def _name(arguments: Mapping[str, Any]) -> str:
    name = arguments.get("name", "default")
    if not isinstance(name, str):
        raise BadControlRequest("name must be text")
    return name


def _snapshot(store: Store, arguments: Mapping[str, Any]) -> Any:
    name = _name(arguments)
    if name == BEGINNING:
        raise BadControlRequest(f"{BEGINNING!r} is taken: it is what reset goes back to")
    store.snapshots[name] = store.snapshot()
    return {"name": name}


def _restore(store: Store, arguments: Mapping[str, Any]) -> Any:
    name = _name(arguments)
    if name not in store.snapshots:
        raise BadControlRequest(f"no snapshot {name!r}; there are {', '.join(sorted(store.snapshots))}")
    store.restore(store.snapshots[name])
    return {"name": name}


@dataclass(frozen=True, slots=True)
class _Action:
    """An action and its arguments. The arguments are None if the action checks them itself."""

    act: Callable[[Store, Mapping[str, Any]], Any]
    known: frozenset[str] | None = frozenset()

    def __call__(self, store: Store, arguments: Mapping[str, Any]) -> Any:
        unknown = set() if self.known is None else set(arguments) - self.known
        if unknown:
            known = ", ".join(sorted(self.known or ())) or "none"
            raise BadControlRequest(f"unknown argument {sorted(unknown)[0]!r}; there are: {known}")
        return self.act(store, arguments)


_ACTIONS: dict[tuple[str, str], _Action] = {
    ("GET", "evidence"): _Action(_evidence),
    ("GET", "state"): _Action(_state),
    ("GET", "requests"): _Action(_requests, frozenset({*_EQUAL, "status", "after", "limit"})),
    ("DELETE", "requests"): _Action(_forget_requests),
    ("GET", "posts"): _Action(_posts, frozenset({"limit", "all"})),
    ("GET", "clock"): _Action(_clock),
    ("POST", "clock"): _Action(_clock, frozenset({"now", "advance", "freeze"})),
    ("GET", "faults"): _Action(_faults),
    ("POST", "faults"): _Action(_add_faults, None),
    ("DELETE", "faults"): _Action(_clear_faults),
    ("POST", "members"): _Action(_add_members, None),
    ("POST", "organizations"): _Action(_add_organization, None),
    ("POST", "apps"): _Action(_add_app, None),
    ("POST", "tokens"): _Action(_add_token, frozenset({"member", "app", "scopes", "expires_in"})),
    ("DELETE", "tokens"): _Action(_revoke_token, frozenset({"token"})),
    ("POST", "reset"): _Action(_reset),
    ("POST", "snapshot"): _Action(_snapshot, frozenset({"name"})),
    ("POST", "restore"): _Action(_restore, frozenset({"name"})),
}

ENDPOINTS = (*_ACTIONS, ("GET", "openapi.json"))
"""Verb and name of every control endpoint."""


def _made(make: Callable[..., Any], fields: Any, kind: type) -> Any:
    """Add something from its fields."""
    try:
        return make(**read_fields(kind, fields))
    except ValueError as error:
        raise BadControlRequest(str(error)) from None


def _number(arguments: Mapping[str, Any], name: str, default: int | None = None) -> int:
    """Return a whole number that isn't negative. Text is accepted because queries carry nothing else."""
    value: Any = arguments.get(name, default)
    text = value if isinstance(value, str) else str(value) if type(value) is int else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise BadControlRequest(f"{name} must be a whole number")
    return int(text)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _moment(value: Any) -> float:
    """Return epoch seconds from a number or an ISO date-time with an offset."""
    if _is_number(value):
        return float(value)
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise BadControlRequest(
            "now must be epoch seconds or an ISO date-time such as 2026-11-23T09:00:00Z"
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
