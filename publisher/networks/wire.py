"""Requests to the networks except LinkedIn.

Safe requests are retried, creates are sent once, and secrets go to trusted hosts only. An answer of any
status is returned; each network interprets it.
"""

import contextlib
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from publisher.errors import (
    ApiError,
    Forbidden,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
    Unavailable,
)
from publisher.networks.backoff import ATTEMPTS, LONGEST_WAIT, delay, retry_after
from publisher.networks.bodies import BytesBody, Fenced
from publisher.networks.http import Timeouts, exchange, open_session
from publisher.networks.messages import Answer, Failure, Request

# The same request may succeed after these answers (RFC 9110, section 15; RFC 8470 for 425).
_RETRIED = frozenset({408, 425, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class WireRuntime:
    """What requests need of their surroundings; tests bring their own.

    ``sending`` is called with a request's token before a connection is opened, ``leaving`` just before the
    first byte of a write leaves. What they raise keeps the request back.
    """

    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    chance: Callable[[], float] = random.random
    timeouts: Timeouts = field(default_factory=Timeouts)
    attempts: int = ATTEMPTS
    sending: Callable[[str | None], None] = lambda token: None  # noqa: ARG005
    leaving: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Wire:
    """One network's connections.

    ``guard`` raises `UntrustedHost` for a URL that must not receive a secret.
    """

    guard: Callable[[str], None]
    runtime: WireRuntime = WireRuntime()

    def safe(self, request: Request, *, secret: bool = False) -> Answer:
        """Send a request that may be repeated; return the last answer. Raise `Unavailable` if none came.

        ``secret`` says that the body contains one; a token counts as well.
        """
        if secret or request.token:
            self.guard(request.url)
        outcome, _ = self._try(request, lambda: None)
        if isinstance(outcome, Failure):
            raise Unavailable(f"{request.method} {request.log_url}: {outcome.reason}.", "Try again later.")
        return outcome

    def write(self, request: Request) -> Answer:
        """Send a write that may be repeated, such as a delete; return an answer that says what happened.

        Raises `Unavailable` if provably nothing was sent, `OutcomeUnknown` if the write may have been
        executed.
        """
        self.guard(request.url)
        outcome, doubtful = self._try(request, self.runtime.leaving)
        if isinstance(outcome, Failure):
            if doubtful or outcome.sent:
                raise unknown(f"{request.method} {request.log_url}: {outcome.reason}", done="it worked")
            raise Unavailable(f"{request.method} {request.log_url}: {outcome.reason}.", "Try again later.")
        final = outcome.status == 404 or 200 <= outcome.status < 300
        if _in_doubt(outcome) or (doubtful and not final):
            raise unknown(f"The answer was {outcome.status}", outcome, done="it worked")
        return outcome

    def _try(self, request: Request, leaving: Callable[[], None]) -> tuple[Answer | Failure, bool]:
        """Return the last outcome of some attempts, and whether one before it may have worked."""
        runtime, doubtful = self.runtime, False
        with contextlib.closing(open_session()) as session:
            for attempt in range(1, runtime.attempts + 1):
                try:
                    runtime.sending(request.token)
                    leaving()
                except ApiError as error:
                    if doubtful:
                        return Failure("dropped", error.message, sent=True), True
                    raise
                outcome = exchange(session, request, runtime.timeouts)
                wait = self._wait(outcome, attempt)
                if wait is None:
                    break
                doubtful = doubtful or (outcome.sent if isinstance(outcome, Failure) else _in_doubt(outcome))
                runtime.sleep(wait)
        return outcome, doubtful

    def once(self, request: Request) -> Answer:
        """Send a create once, over a connection of its own; return its answer if that says what happened.

        Raises `Unavailable` if provably nothing was sent, `OutcomeUnknown` if the network may have acted: no
        answer, 408, 409 without a body of the API's own, 5xx, or an answer that broke off.
        """
        self.guard(request.url)
        self.runtime.sending(request.token)
        opened = request.open_body
        if opened is not None:
            request = replace(request, open_body=lambda: Fenced(opened(), self.runtime.leaving))
        with contextlib.closing(open_session()) as session:
            outcome = exchange(session, request, self.runtime.timeouts)
        if isinstance(outcome, Failure):
            if not outcome.sent:
                raise Unavailable(
                    f"{request.method} {request.log_url}: {outcome.reason}.", "Try again later."
                )
            raise unknown(f"The request left and {outcome.reason}")
        if _in_doubt(outcome):
            raise unknown(f"The answer was {outcome.status}", outcome)
        return outcome

    def _wait(self, outcome: Answer | Failure, attempt: int) -> float | None:
        """Return the seconds until the next attempt, or None if there is none."""
        if attempt >= self.runtime.attempts:
            return None
        pause = delay(attempt, self.runtime.chance())
        if isinstance(outcome, Failure):
            return None if outcome.kind in {"tls", "invalid", "changed"} else pause
        stated = retry_after(outcome.headers.get("retry-after"), self.runtime.now())
        if outcome.status in _RETRIED or not outcome.complete:
            return None if stated is not None and stated > LONGEST_WAIT else max(pause, stated or 0.0)
        return None


def body(content: bytes) -> Callable[[], BytesBody]:
    """Return what opens a request body of these bytes."""
    return lambda: BytesBody(content)


def _in_doubt(answer: Answer) -> bool:
    # A gateway may give up while the server behind it goes on.
    return answer.status >= 500 or answer.status == 408 or not answer.complete


def unknown(what: str, answer: Answer | None = None, done: str = "it was created") -> OutcomeUnknown:
    """Return the error for a write whose outcome is not known."""
    return OutcomeUnknown(
        f"{what}; whether {done} is unknown.",
        "Run `publisher publish` again: it looks first. Or `publisher state resolve`.",
        status=answer.status if answer else 0,
    )


def refused(answer: Answer, message: str, code: str, retry_at: datetime) -> ApiError:
    """Return the error of a refusal by status: 401, 403, 429 until ``retry_at``, another 4xx, or a 5xx."""
    named: Mapping[str, type[ApiError]] = {"401": Unauthorized, "403": Forbidden}
    text = f"{answer.status}: {message or 'no reason was given'}"
    if answer.status == 429:
        return RateLimited(text, "The network states when to try again.", retry_at=retry_at, code=code)
    if answer.status >= 500 or not answer.status >= 400:
        return Unavailable(text, "Try again later.", status=answer.status, code=code)
    kind = named.get(str(answer.status), Rejected)
    return kind(text, status=answer.status, code=code)
