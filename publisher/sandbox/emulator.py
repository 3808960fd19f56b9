"""Provide what every network except LinkedIn shares: routes, faults, the request log, stored values."""

import json
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from publisher.sandbox.faults import Facts, Fault
from publisher.sandbox.ids import Ids
from publisher.sandbox.messages import ApiError, Ending, Request, Response, json_response
from publisher.sandbox.request_log import LoggedRequest
from publisher.sandbox.store import Store
from publisher.sandbox.values import Member, Post, StoredMedia

BODY_LIMIT = 115_343_360
"""The largest request body that an emulator reads: 110 MiB, above every network's limit for one request."""


Value = TypeVar("Value")


class Values(Generic[Value]):
    """One collection of the store as values of a dataclass whose fields are JSON types."""

    def __init__(self, store: Store, name: str, kind: type[Value], *, stays: bool = False) -> None:
        self._kind = kind
        self._collection = store.collection(name, stays=stays)

    def put(self, key: str, value: Value) -> Value:
        """Add or replace."""
        self._collection.put(key, asdict(value))  # type: ignore[call-overload]
        return value

    def get(self, key: str) -> Value | None:
        """Return the value, or None."""
        document = self._collection.get(key)
        return None if document is None else self._kind(**document)

    def all(self) -> list[Value]:
        """Return every value, oldest first."""
        return [self._kind(**document) for document in self._collection.all()]

    def __len__(self) -> int:
        return len(self._collection)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A verb and a path, and the function that answers it.

    ``{name}`` in the path stands for one segment. ``resource`` names the endpoint in faults and in the
    request log. ``media`` says that the body is a file, which is not logged.
    """

    verb: str
    path: str
    resource: str
    act: Callable[["NetworkCall"], Response]
    media: bool = False

    @property
    def pattern(self) -> re.Pattern[str]:
        """Return the path as a regular expression."""
        return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(self.path)))


class NetworkCall:
    """One request to a network.

    ``account`` is the owner of its token. ``committed`` is the id of what the request made.
    """

    def __init__(
        self, network: "Emulator", request: Request, endpoint: Endpoint, names: dict[str, str]
    ) -> None:
        self.network = network
        self.request = request
        self.endpoint = endpoint
        self.names = names
        self.account = ""
        self.committed = ""
        self.struck: tuple[Fault, ...] = ()

    @cached_property
    def lenient(self) -> dict[str, Any]:
        """Return the body as fields for the matching of faults. It is empty if it is none."""
        if self.endpoint.media:
            return {}
        if self.request.content_type == "application/x-www-form-urlencoded":
            return dict(self.request.form)
        try:
            document = json.loads(self.request.body)
        except (ValueError, RecursionError):
            return {}
        return document if isinstance(document, dict) else {}

    def strike(self, *kinds: str, with_body: bool = True) -> Fault | None:
        """Claim a waiting fault of these kinds for this call, and note it for the request log."""
        faults = self.network.store.faults
        if not faults.waiting:
            return None
        text = self.network.said(self.lenient) if with_body else ""
        owner = self.account or self.network.owner(self.request)
        facts = Facts(self.endpoint.resource, self.request.verb, owner, owner, text)
        fault = faults.claim(facts, *kinds)
        if fault:
            self.struck = (*self.struck, fault)
        return fault


class Emulator:
    """One network; subclasses give its routes, its error bodies and its values.

    Values that outlive a request are kept in the store: the sandbox's snapshots, reset and database include
    them.
    """

    name = ""
    slash = False  # whether a path may end with a slash

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = store.clock
        store.on_restore(self.clear)
        store.feed_sources.append(self)
        # ids of its own: another network must not change those of LinkedIn's members
        starts = store.starts
        self.ids = Ids(
            f"{store.settings.seed}/{self.name}" + (f"/{starts}" if starts > 1 else ""), store.clock
        )
        self.lock = threading.RLock()
        self._endpoints = tuple((endpoint, endpoint.pattern) for endpoint in self.endpoints())
        self._later: list[tuple[float, Callable[[], object]]] = []

    def endpoints(self) -> Iterable[Endpoint]:
        """Return the routes."""
        raise NotImplementedError

    def populate(self) -> None:
        """Fill an empty network with its first account."""
        raise NotImplementedError

    def failure(self, status: int) -> Response:
        """Return the network's answer for a failure of its own (4xx or 5xx by a fault)."""
        return json_response(status, {"error": _phrase(status)})

    def throttled(self, _call: NetworkCall) -> Response:
        """Return the network's 429."""
        return self.failure(429)

    def said(self, document: dict[str, Any]) -> str:
        """Return the text of the post in a body, for the matching of faults."""
        text = document.get("text", "")
        return text if isinstance(text, str) else ""

    def owner(self, _request: Request) -> str:
        """Return whose token a request carries, or an empty text."""
        return ""

    def finish(self, _call: NetworkCall, answer: Response) -> Response:
        """Add the headers that every answer of this network has."""
        return answer

    def delayed(self, _call: NetworkCall) -> None:
        """Note that a fault holds a call back; it is executed later."""
        return

    def feed_posts(self) -> list[Post]:
        """Return what readers see, oldest first."""
        raise NotImplementedError

    def feed_author(self, urn: str) -> Member | None:
        """Return who posted."""
        raise NotImplementedError

    def feed_media(self, urn: str) -> StoredMedia | None:
        """Return a file of a post."""
        raise NotImplementedError

    def feed_file(self, urn: str, kind: str, mime_type: str, name: str) -> StoredMedia:
        """Return a file of the folder of uploads as the feed takes it."""
        path = self.store.media_folder / name
        size = path.stat().st_size if path.is_file() else 0
        return StoredMedia(urn, kind, "", self.name, 0, "", mime_type, path, size, uploaded_at=0.0)

    def clear(self) -> None:
        """Forget what is in no collection; part of a reset."""
        with self.lock:
            self._later.clear()

    def missing(self, request: Request) -> Response | None:  # noqa: ARG002 - for subclasses
        """Return the answer for a path that is the network's but has no route; None for other paths."""
        return None

    def answer(self, request: Request) -> Response | None:
        """Answer a request, apply its faults and record it. Return None for a path of another network."""
        call = self._find(request)
        if call is None:
            return self.missing(request)
        started = self.clock.now()
        self._catch_up(started)
        try:
            answer = self._through(call)
        except ApiError as error:
            answer = error.response
        except ConnectionError:
            self._keep(call, Response(0, ending=Ending.DROP), started)
            raise
        answer = self._spoil(call, self.finish(call, answer))
        self._keep(call, answer, started)
        return answer

    def _find(self, request: Request) -> NetworkCall | None:
        path = request.path.rstrip("/") if self.slash else request.path
        for endpoint, pattern in self._endpoints:
            if endpoint.verb == request.verb and (found := pattern.fullmatch(path)):
                return NetworkCall(self, request, endpoint, found.groupdict())
        return None

    def _through(self, call: NetworkCall) -> Response:
        """Read the body, let early faults strike, act."""
        request = call.request
        if call.strike("drop-before-body", with_body=False):
            return Response(0, ending=Ending.DROP)
        if (request.length or 0) > BODY_LIMIT:
            return self.failure(413)
        _ = request.body
        if call.strike("drop-after-body"):
            return Response(0, ending=Ending.DROP)
        if fault := call.strike("error"):
            return self.failure(fault.status)
        if call.strike("throttle"):
            return self.throttled(call)
        if fault := call.strike("commit-later"):
            self.delayed(call)
            with self.lock:
                self._later.append((self.clock.now() + fault.seconds, lambda: call.endpoint.act(call)))
            return Response(0, ending=Ending.HANG)
        return call.endpoint.act(call)

    def _catch_up(self, now: float) -> None:
        """Commit what a "commit-later" fault has held back until now."""
        with self.lock:
            due = [act for moment, act in self._later if moment <= now]
            self._later = [item for item in self._later if item[0] > now]
        for act in due:
            try:
                act()
            except ApiError:
                # refused like any other request; the client is gone and never learns it
                continue

    def _spoil(self, call: NetworkCall, answer: Response) -> Response:
        """Let the faults strike that spoil an answer which is ready."""
        if not self.store.faults.waiting or answer.ending is not Ending.WHOLE:
            return answer
        # Some faults spoil only a success: a refused request has committed nothing.
        if 200 <= answer.status < 300:
            if call.strike("commit-then-hang"):
                return replace(answer, ending=Ending.HANG)
            if call.strike("commit-then-drop"):
                return replace(answer, ending=Ending.DROP)
            if fault := call.strike("commit-then-error"):
                return self.finish(call, self.failure(fault.status))
            if call.strike("no-id"):
                answer = replace(answer, body=b"{}")
        if fault := call.strike("cut"):
            answer = replace(answer, ending=Ending.CUT, cut_at=fault.at)
        if fault := call.strike("slow"):
            answer = replace(answer, delay=fault.seconds)
        return answer

    def _keep(self, call: NetworkCall, answer: Response, started: float) -> None:
        request, media = call.request, call.endpoint.media

        def entry(number: int) -> LoggedRequest:
            return LoggedRequest(
                number=number,
                seconds=started,
                verb=request.verb,
                target=request.target,
                resource=call.endpoint.resource,
                method=request.verb,
                member=call.account,
                request_headers=request.headers,
                request_body=b"" if media or request.unread else request.body,
                request_size=(request.length or 0) - request.unread,
                sha256=request.digest,
                status=answer.status,
                headers=answer.headers,
                body=answer.body,
                ending=answer.ending.value,
                fault=call.struck[-1].kind if call.struck else "",
                committed=call.committed,
            )

        self.store.request_log.add(entry)


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Error"
