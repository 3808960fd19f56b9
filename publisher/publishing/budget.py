"""Count requests as they are sent. A used-up budget stops them before LinkedIn refuses them."""

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Literal

from publisher.errors import RateLimited, StateError, Unavailable
from publisher.model.config import Config
from publisher.model.plan import Change
from publisher.model.post import Author
from publisher.model.usage import APP, Usage, next_utc_midnight
from publisher.planning.budget import budget_owner, limit_of, usage_of_state
from publisher.state.store import Budget, Budgeted, Session

BUDGET_USED_UP = "BUDGET_USED_UP"
"""The code of a refusal by our own count."""

Clock = Callable[[], datetime]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class LocalBudget:
    """Counts of this process only, beginning with what the state says was published today."""

    def __init__(self, begin: Usage = Usage()) -> None:  # noqa: B008 - a value
        self._lock = threading.Lock()
        self._day = ""
        self._begin = begin
        self._requests: dict[str, int] = {}
        self._closed: dict[str, datetime] = dict(begin.closed)

    def spend(self, owner: str, limits: Mapping[str, int], now: datetime) -> str | None:
        """See `publisher.state.store.Budget.spend`."""
        with self._lock:
            self._turn_page(now)
            # check both counters before either is raised: a refused request costs nothing
            for name in (APP, owner):
                if self._requests.get(name, 0) >= limits[name] or self._closed.get(name, now) > now:
                    return name
            for name in (APP, owner):
                self._requests[name] = self._requests.get(name, 0) + 1
            return None

    def close_until(self, owner: str, until: datetime) -> None:
        """See `publisher.state.store.Budget.close_until`."""
        with self._lock:
            self._closed[owner] = until

    def usage(self, now: datetime) -> Usage:
        """See `publisher.state.store.Budget.usage`."""
        with self._lock:
            self._turn_page(now)
            return Usage(dict(self._requests), dict(self._closed))

    def _turn_page(self, now: datetime) -> None:
        # LinkedIn's counters of the member and of the app both restart at 00:00 UTC ("API Rate Limiting",
        # Microsoft Learn, as of 2026-09-19); what the state counted belongs to the day on which the run began
        day = now.astimezone(UTC).date().isoformat()
        if day != self._day:
            self._requests = dict(self._begin.requests) if not self._day else {}
            self._day = day


class BudgetedTokens:
    """Return tokens to a gateway, and count each request for the owner of its token.

    Pass it to the gateway in place of the tokens, and pass `sending` as the function to call before each
    request.
    """

    def __init__(
        self, tokens: Callable[[Author], str], budget: Budget, config: Config, now: Clock = _utc_now
    ) -> None:
        self._tokens, self._budget, self._config, self._now = tokens, budget, config, now
        self._owners: dict[str, str] = {}

    def __call__(self, author: Author) -> str:
        """Return the author's token."""
        token = self._tokens(author)
        self._owners[token.strip()] = budget_owner(author, self._config)
        return token

    def sending(self, token: str | None) -> None:
        """Count a request that is about to be sent.

        Raise `RateLimited` if it must not be sent, and `Unavailable` if it can't be counted. Nothing was sent
        then.
        """
        owner = self._owners.get(token or "")
        if owner is None:
            return
        now = self._now()
        limits = {name: limit_of(name, self._config) for name in (APP, owner)}
        try:
            full = self._budget.spend(owner, limits, now)
        except StateError as error:
            raise Unavailable(
                f"The request could not be counted, so it was not sent: {error.message}", error.remedy
            ) from error
        if full is not None:
            retry_at = self._budget.usage(now).closed.get(full)
            until = retry_at if retry_at and retry_at > now else next_utc_midnight(now)
            scope: Literal["member", "application"] = "application" if full == APP else "member"
            raise RateLimited(
                f"The {scope}'s budget of today is used up; nothing was sent.",
                "The next run continues by itself; limits.requests_per_member and requests_per_app "
                "set the daily budget.",
                retry_at=until,
                scope=scope,
                code=BUDGET_USED_UP,
            )

    def limited(self, change: Change, error: RateLimited) -> str:
        """Stop further requests until the time that a 429 names. Return the owner of the limited requests."""
        if change.network != "linkedin":
            self._budget.close_until(change.author, error.retry_at)
            return change.author
        author = next(
            (a for a in self._config.authors.values() if a.urn == change.author), Author(change.author)
        )
        owner = APP if error.scope == "application" else budget_owner(author, self._config)
        self._budget.close_until(owner, error.retry_at)
        return owner


def budget_of(session: Session, config: Config, now: datetime) -> Budget:
    """Return the budget of a run: the shared one if the state is shared, else one of this process."""
    if isinstance(session, Budgeted):
        return session.budget
    return LocalBudget(usage_of_state(session.state, config, now))
