"""The one transport: safe calls are retried, creates are sent once, and every failure is a typed error."""

import contextlib
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import requests

from publisher.errors import Duplicate, OutcomeUnknown, Unavailable, UsageError
from publisher.networks.linkedin.backoff import ATTEMPTS, LONGEST_WAIT, delay, retry_after
from publisher.networks.linkedin.hosts import Hosts, origin
from publisher.networks.linkedin.http import Timeouts, exchange, open_session
from publisher.networks.linkedin.messages import Answer, Failure, Request
from publisher.networks.linkedin.refusals import in_doubt, refusal, unreachable

# 409 is LinkedIn's "write conflict, retry"; 425 and 408 say that nothing was looked at
_RETRIED = frozenset({408, 409, 425, 500, 502, 503, 504})
# neither certificates nor malformed requests get better by waiting
_FUTILE = frozenset({"tls", "invalid", "changed"})


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a transport needs of its surroundings: clock, sleep, chance and timeouts. Tests can bring their own."""

    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    chance: Callable[[], float] = random.random
    timeouts: Timeouts = field(default_factory=Timeouts)
    attempts: int = ATTEMPTS
    sending: Callable[[str | None], None] = lambda token: None  # noqa: ARG005
    """Called with a request's token just before it leaves, each time; may raise `ApiError` to keep it back."""


@dataclass(frozen=True, slots=True)
class Transport:
    """Speaks to one configured API. ``url`` is its base, without a slash at the end; ``site`` is the address of the
    OAuth pages, which may see tokens as well. Safe to share by threads.
    """

    url: str
    runtime: Runtime = Runtime()
    site: str = ""
    hosts: Hosts = field(init=False)
    _session: requests.Session = field(init=False, repr=False, compare=False, default_factory=open_session)

    def __post_init__(self) -> None:
        found = origin(self.url)
        if found is None:
            raise UsageError(
                "The API's address is not an http or https URL.",
                "Set `linkedin.api_url` in publisher.yaml, or PUBLISHER_LINKEDIN_API_URL.",
            )
        object.__setattr__(self, "url", self.url.rstrip("/"))
        object.__setattr__(self, "hosts", Hosts(found, origin(self.site)))

    def safe(self, request: Request, *, asked: bool = False) -> Answer:
        """Send a request that may be repeated, several times where it fails; returns a 2xx answer.

        ``asked`` says that the address itself has asked for the token.
        Raises `Unavailable` where no usable answer came, else the answer's own error.
        """
        self._guard(request, asked=asked)
        for attempt in range(1, self.runtime.attempts + 1):
            self.runtime.sending(request.token)
            outcome = exchange(self._session, request, self.runtime.timeouts)
            if isinstance(outcome, Answer) and 200 <= outcome.status < 300 and outcome.complete:
                return outcome
            wait = self._wait(outcome, attempt)
            if wait is None:
                break
            self.runtime.sleep(wait)
        if isinstance(outcome, Failure):
            raise unreachable(request, outcome)
        raise refusal(outcome, self.runtime.now(), (request.token,))

    def once(self, request: Request) -> Answer:
        """Send a create exactly once, over a connection of its own; returns a 2xx answer, perhaps cut short.

        Raises `Unavailable` where provably nothing was sent, `OutcomeUnknown` where LinkedIn may have acted,
        else the answer's own error: then nothing was created.
        """
        self._guard(request)
        # a kept connection may die just as it is used, which could not be told from a lost answer
        self.runtime.sending(request.token)
        with contextlib.closing(open_session()) as session:
            outcome = exchange(session, request, self.runtime.timeouts)
        if isinstance(outcome, Failure):
            raise self._lost(request, outcome)
        if 200 <= outcome.status < 300:
            return outcome
        found = refusal(outcome, self.runtime.now(), (request.token,))
        if in_doubt(outcome.status) and not isinstance(found, Duplicate):
            # a gateway in front may give up while the server behind it goes on
            raise OutcomeUnknown(
                f"{found.message} Whether it was created is unknown.",
                "Look at the author's page, then `publisher state resolve`.",
                status=outcome.status,
                code=found.code,
                request_id=found.request_id,
            )
        raise found

    def _lost(self, request: Request, failure: Failure) -> Unavailable | OutcomeUnknown:
        if not failure.sent:
            return unreachable(request, failure)
        return OutcomeUnknown(
            f"The request left and {failure.reason}; whether it was created is unknown.",
            "Look at the author's page, then `publisher state resolve`.",
        )

    def _wait(self, outcome: Answer | Failure, attempt: int) -> float | None:
        """Seconds until a safe call may be tried again; None where it must not or won't help."""
        if attempt >= self.runtime.attempts:
            return None
        # jitter keeps several jobs that were thrown back together from coming back together
        pause = delay(attempt, self.runtime.chance())
        if isinstance(outcome, Failure):
            return None if outcome.kind in _FUTILE else pause
        stated = retry_after(outcome.headers.get("retry-after"), self.runtime.now())
        if outcome.status == 429:
            # without a stated time a quota is used up until midnight
            return stated if stated is not None and stated <= LONGEST_WAIT else None
        if outcome.status in _RETRIED or 200 <= outcome.status < 300:
            return None if stated is not None and stated > LONGEST_WAIT else max(pause, stated or 0.0)
        return None

    def _guard(self, request: Request, *, asked: bool = False) -> None:
        """The last look before anything leaves: a bearer never goes to a foreign host."""
        trusted = self.hosts.may_ask_for_token if asked else self.hosts.may_see_token
        if request.token and not trusted(request.url):
            raise Unavailable(
                f"Refused to send the token to {request.log_url}: neither LinkedIn's nor the configured API.",
                "Check `linkedin.api_url` and `linkedin.oauth_url`.",
            )


def restli(headers: Mapping[str, str] | None = None, version: str | None = None) -> dict[str, str]:
    """The headers of a Rest.li call: protocol 2, and ``Linkedin-Version`` for the versioned API."""
    common = {"X-Restli-Protocol-Version": "2.0.0"}
    if version:
        common["Linkedin-Version"] = version
    return common | dict(headers or {})
