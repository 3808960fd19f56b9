"""Answers LinkedIn's API: find the route, check in LinkedIn's order, act, log the request."""

import base64
import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from publisher.sandbox.faults import Fault
from publisher.sandbox.linkedin import api_errors, oauth, pictures, restli
from publisher.sandbox.linkedin.api import (
    analytics,
    assets,
    comments,
    organizations,
    rest_posts,
    shares,
    social,
    ugc_posts,
    uploads,
    userinfo,
    versioned_media,
)
from publisher.sandbox.linkedin.call import JSON_LIMIT, Call, Route
from publisher.sandbox.linkedin.checks import CHECKS
from publisher.sandbox.linkedin.projection import project
from publisher.sandbox.messages import ApiError, Ending, Request, Response
from publisher.sandbox.request_log import LoggedRequest
from publisher.sandbox.store import Store


def _table(*routes: Route) -> dict[tuple[str, str], Route]:
    return {(route.resource, route.method): route for route in routes}


TABLES = {
    "v2": _table(
        *userinfo.ROUTES,
        *ugc_posts.ROUTES,
        *shares.ROUTES,
        *assets.ROUTES,
        *comments.UNVERSIONED,
        *social.UNVERSIONED,
        *organizations.UNVERSIONED,
    ),
    "rest": _table(
        *userinfo.VERSIONED,
        *rest_posts.ROUTES,
        *versioned_media.ROUTES,
        *comments.VERSIONED,
        *social.VERSIONED,
        *organizations.VERSIONED,
        *analytics.VERSIONED,
    ),
}
"""Family -> (resource, method) -> route."""


def _unknown(call: Call) -> Response:
    """Raise a 405 for a method that the resource lacks, and a 404 for an unknown resource."""
    table = TABLES[call.request.path.split("/")[1]]
    if any(resource == call.route.resource for resource, _ in table):
        raise api_errors.refuse(405, f"{call.route.method} is not supported by {call.route.resource}")
    raise api_errors.not_found(f"No virtual resource found for: {call.route.resource}")


class Service:
    """Answers the requests for LinkedIn's own surfaces; None for paths that are none of them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._numbers = itertools.count(1)

    def answer(self, request: Request) -> Response | None:
        """Answer a request, faults included, and log it. Return None if the path is not LinkedIn's."""
        request = restli.untunnelled(request) if request.path.startswith(("/v2/", "/rest/")) else request
        call = self._call(request)
        if call is None:
            return None
        started = self.store.clock.now()
        try:
            answer = self._through(call)
        except ApiError as error:
            answer = error.response
        except ConnectionError:
            # the client went away; what it sent so far is logged all the same
            self._keep(call, Response(0, ending=Ending.DROP), started)
            raise
        answer = _after(call, answer)
        answer = replace(answer, headers={**self._trace(), **answer.headers})
        self._keep(call, answer, started)
        return answer

    def _call(self, request: Request) -> Call | None:
        """Find the route by path and Rest.li method."""
        family = request.path.partition("/")[2].partition("/")[0]
        if family in TABLES:
            target = restli.read_target(request)
            route = TABLES[family].get((target.resource, target.method))
            # unknown routes go the same way, as LinkedIn asks for the token first
            if route is None:
                route = Route(target.resource, target.method, _unknown, versioned=family == "rest")
            return Call(self.store, request, route, target.raw_keys)
        if family == "dms-uploads":
            return self._upload(request)
        if route := oauth.ROUTES.get((request.verb, request.path)):
            return Call(self.store, request, route)
        if family == "dms":
            return Call(self.store, request, pictures.ROUTE, (request.path.rstrip("/").rpartition("/")[2],))
        return None

    def _upload(self, request: Request) -> Call:
        segments = request.path.split("/")
        key = segments[4] if len(segments) > 4 else ""
        upload = self.store.upload(key)
        # learn.microsoft.com, Videos API, read 2026-09: a video's address takes no token.
        needs_token = upload is not None and upload.kind != "video"
        return Call(self.store, request, uploads.UPLOAD if needs_token else uploads.UPLOAD_OPEN, (key,))

    def _through(self, call: Call) -> Response:
        """Read the body, let early faults strike, check, act."""
        # This fault proves that a client which sent no body may repeat its request.
        if call.strike("drop-before-body", with_body=False):
            return Response(0, ending=Ending.DROP)
        _check_length(call)
        # an upload's bytes go straight to disk; everything else is small, and faults look into it
        if call.route.resource != "uploads":
            _ = call.request.body
        if call.strike("drop-after-body"):
            call.request.drain()
            return Response(0, ending=Ending.DROP)
        # The fault strikes before the checks, as a failing gateway in front of LinkedIn does.
        if fault := call.strike("error"):
            return api_errors.failure(fault.status)
        if not call.route.anonymous:
            # LinkedIn's upload hosts know tokens, but neither versions, quotas nor scopes
            for check in CHECKS[:2] if call.route.resource == "uploads" else CHECKS:
                check(call)
        if call.route.resource != "uploads":
            lenient = call.store.settings.raw_urns
            call.keys = restli.read_keys(call.request, call.keys, raw_urns=lenient)
        return project(call.request, call.route.act(call))

    def _trace(self) -> dict[str, str]:
        """Return the headers LinkedIn's support asks for."""
        number = next(self._numbers)
        # Sixteen bytes that begin with 0x0006, as in public logs (observed, inferred).
        uuid = base64.b64encode(b"\x00\x06" + number.to_bytes(14, "big")).decode()
        return {
            "x-li-uuid": uuid,
            # The name of a data centre in public logs (observed, 2025).
            "x-li-fabric": "prod-lor1",
            "x-li-pop": "sandbox",
            "x-li-proto": "http/1.1",
            "x-li-request-id": f"{number:012d}",
            "x-restli-protocol-version": "2.0.0",
        }

    def _keep(self, call: Call, answer: Response, started: float) -> None:
        request = call.request
        is_upload = call.route.resource == "uploads"

        def entry(number: int) -> LoggedRequest:
            return LoggedRequest(
                number=number,
                seconds=started,
                verb=request.verb,
                target=request.target,
                resource=call.route.resource,
                method=call.route.method,
                member=call.token.member if call.token else "",
                request_headers=request.headers,
                request_body=b"" if is_upload or request.unread else request.body,
                request_size=(request.length or 0) - request.unread,
                sha256=request.digest,
                status=answer.status,
                headers=answer.headers,
                body=answer.body,
                ending=answer.ending.value,
                fault=call.struck,
                committed=call.committed,
                warnings=tuple(call.warnings),
            )

        self.store.request_log.add(entry)


def _check_length(call: Call) -> None:
    """Raise a 411 without a length, and a 413 for more than the resource takes."""
    request = call.request
    if request.length is None:
        # LinkedIn answers 411 to a POST without Content-Length (learn.microsoft.com, Error handling, read
        # 2026-09).
        if request.verb in {"POST", "PUT", "PATCH"}:
            raise api_errors.refuse(411, "A Content-Length header is required")
        return
    if request.length > (uploads.LARGEST if call.route.resource == "uploads" else JSON_LIMIT):
        raise api_errors.refuse(413, "Request entity too large")


_AFTER: dict[str, Callable[[Fault, Response], Response]] = {
    "commit-then-hang": lambda _, answer: replace(answer, ending=Ending.HANG),
    "commit-then-drop": lambda _, answer: replace(answer, ending=Ending.DROP),
    "commit-then-error": lambda fault, _: api_errors.failure(fault.status),
    "no-id": lambda _, answer: _nameless(answer),
    "cut": lambda fault, answer: replace(answer, ending=Ending.CUT, cut_at=fault.at),
    "slow": lambda fault, answer: replace(answer, delay=fault.seconds),
}
_ON_SUCCESS_ONLY = ("commit-then-hang", "commit-then-drop", "commit-then-error", "no-id")


def _after(call: Call, answer: Response) -> Response:
    """Let the faults strike that spoil an answer which is ready."""
    if not call.store.faults.waiting or answer.ending is not Ending.WHOLE:
        return answer
    kinds = ("cut", "slow") + (_ON_SUCCESS_ONLY if answer.status in range(200, 300) else ())
    # several faults may spoil one answer, such as a slow one that is cut; each kind only once
    while fault := call.strike(*kinds):
        answer = _AFTER[fault.kind](fault, answer)
        kinds = tuple(kind for kind in kinds if kind != fault.kind)
    return answer


def _nameless(answer: Response) -> Response:
    """Return the same answer without the id in header or body."""
    headers: dict[str, Any] = {
        name: value for name, value in answer.headers.items() if name not in {"x-restli-id", "location"}
    }
    return replace(answer, headers=headers, body=b"{}" if answer.body else b"")
