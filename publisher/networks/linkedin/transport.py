"""The one transport: safe calls are retried, creates are sent once, and every failure is a typed error."""

import contextlib
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import requests

from publisher.errors import ApiError, Duplicate, OutcomeUnknown, Unavailable, UsageError
from publisher.networks.backoff import ATTEMPTS, LONGEST_WAIT, delay, retry_after
from publisher.networks.bodies import Fenced
from publisher.networks.http import Timeouts, exchange, open_session
from publisher.networks.linkedin.hosts import Hosts, origin
from publisher.networks.linkedin.refusals import NO_ACCESS, in_doubt, read_reason, refusal, unreachable
from publisher.networks.messages import Answer, Failure, Request

# 409 is LinkedIn's "write conflict, retry"; 425 and 408 say that nothing was looked at
_RETRIED = frozenset({408, 409, 425, 500, 502, 503, 504})
# neither certificates nor malformed requests get better by waiting
_FUTILE = frozenset({"tls", "invalid", "changed"})


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a transport needs of its surroundings: clock, sleep, chance and timeouts.

    Tests can bring their own.
    """

    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    chance: Callable[[], float] = random.random
    timeouts: Timeouts = field(default_factory=Timeouts)
    attempts: int = ATTEMPTS
    sending: Callable[[str | None], None] = lambda token: None  # noqa: ARG005
    """Called with a request's token just before it leaves, each time; may raise `PublisherError` to keep it back."""
    leaving: Callable[[], None] = lambda: None
    """Called just before the first byte of a write's body leaves, or of a request without one; may raise, too."""


@dataclass(frozen=True, slots=True)
class Transport:
    """Speaks to one configured API.

    ``url`` is its base, without a slash at the end; ``site`` is the address of the OAuth pages, which may see
    tokens as well. Safe to share by threads.
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
        """Send a request that may be repeated, several times if it fails. Return a 2xx answer.

        ``asked`` says that the address itself has asked for the token. Raise `Unavailable` if no usable
        answer came, else the answer's own error.
        """
        self._guard(request, asked=asked)
        outcome, _ = self._try(request)
        return self._usable(request, outcome)

    def repeatable(self, request: Request, proves: Callable[[Answer], bool]) -> None:
        """Send a write that may be repeated, until an answer ``proves`` that it worked.

        Raise `OutcomeUnknown` if it may have worked, and `Unavailable` if provably nothing was sent. Raise
        the answer's own error otherwise: then nothing was changed.
        """
        self._guard(request)
        outcome, in_doubt_before = self._try(request, proves, self.runtime.leaving)
        if isinstance(outcome, Answer) and proves(outcome):
            return
        try:
            self._usable(request, outcome)
        except ApiError as error:
            if not in_doubt_before and not self._may_have_worked(outcome):
                raise
            said = error.message
        else:
            said = f"LinkedIn answered {outcome.status} with something that is not its API's own answer."  # type: ignore[union-attr]
        raise OutcomeUnknown(
            f"{said} Whether it worked is unknown.", "Look at the post, then `publisher state resolve`."
        )

    def _try(
        self,
        request: Request,
        proves: Callable[[Answer], bool] = lambda _answer: True,
        leaving: Callable[[], None] = lambda: None,
    ) -> tuple[Answer | Failure, bool]:
        """Return the last outcome of some attempts, and whether one before it may have worked."""
        in_doubt_before = False
        for attempt in range(1, self.runtime.attempts + 1):
            try:
                self.runtime.sending(request.token)
                leaving()
            except ApiError as error:
                if in_doubt_before:
                    return Failure("dropped", error.message, sent=True), True
                raise
            outcome = exchange(self._session, request, self.runtime.timeouts)
            if (
                isinstance(outcome, Answer)
                and 200 <= outcome.status < 300
                and outcome.complete
                and proves(outcome)
            ):
                break
            wait = self._wait(outcome, attempt)
            if wait is None:
                break
            in_doubt_before = in_doubt_before or self._may_have_worked(outcome)
            self.runtime.sleep(wait)
        return outcome, in_doubt_before

    def _usable(self, request: Request, outcome: Answer | Failure) -> Answer:
        if isinstance(outcome, Failure):
            raise unreachable(request, outcome)
        if 200 <= outcome.status < 300 and outcome.complete:
            return outcome
        raise refusal(outcome, self.runtime.now(), (request.token,))

    @staticmethod
    def _may_have_worked(outcome: Answer | Failure) -> bool:
        if isinstance(outcome, Failure):
            return outcome.sent
        # a post that is gone, or one that is hidden from this token: the answer is the same
        hidden = outcome.status in {404, 410} and not NO_ACCESS.search(read_reason(outcome).message)
        redirected = 300 <= outcome.status < 400  # what is repeatable says where it goes; nobody followed
        return (in_doubt(outcome.status) and not redirected) or hidden

    def once(self, request: Request) -> Answer:
        """Send a create exactly once, over a connection of its own. Return a 2xx answer.

        The answer may be cut short. Raise `Unavailable` if provably nothing was sent, and `OutcomeUnknown` if
        LinkedIn may have acted. Raise the answer's own error otherwise: then nothing was created.
        """
        self._guard(request)
        # a kept connection may die just as it is used, which could not be told from a lost answer
        self.runtime.sending(request.token)
        with contextlib.closing(open_session()) as session:
            outcome = exchange(session, self._fenced(request), self.runtime.timeouts)
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

    def _fenced(self, request: Request) -> Request:
        """Return the request with a body that asks `Runtime.leaving` before its first byte leaves."""
        opened = request.open_body
        return (
            replace(request, open_body=lambda: Fenced(opened(), self.runtime.leaving)) if opened else request
        )

    def _lost(self, request: Request, failure: Failure) -> Unavailable | OutcomeUnknown:
        if not failure.sent:
            return unreachable(request, failure)
        return OutcomeUnknown(
            f"The request left and {failure.reason}; whether it was created is unknown.",
            "Look at the author's page, then `publisher state resolve`.",
        )

    def _wait(self, outcome: Answer | Failure, attempt: int) -> float | None:
        """Return seconds until a safe call may be tried again, or None if it must not or won't help."""
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
        """Refuse to send a bearer token to a foreign host."""
        trusted = self.hosts.may_ask_for_token if asked else self.hosts.may_see_token
        if request.token and not trusted(request.url):
            raise Unavailable(
                f"Refused to send the token to {request.log_url}: neither LinkedIn's nor the configured API.",
                "Check `linkedin.api_url` and `linkedin.oauth_url`.",
            )


def restli(headers: Mapping[str, str] | None = None, version: str | None = None) -> dict[str, str]:
    """Return the headers of a Rest.li call: protocol 2, and ``Linkedin-Version`` for the versioned API."""
    common = {"X-Restli-Protocol-Version": "2.0.0"}
    if version:
        common["Linkedin-Version"] = version
    return common | dict(headers or {})
