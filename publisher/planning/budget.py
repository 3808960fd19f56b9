"""Apply daily budgets: block creates that exceed today's requests, and say when they can go. Pure."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from publisher.model.config import Config
from publisher.model.plan import Action, Change
from publisher.model.post import Author, Post
from publisher.model.state import State
from publisher.model.usage import APP, Usage, next_utc_midnight
from publisher.networks.registry import label_of

DEFERRED_APP = "app"
"""The state's name for the owner `APP`, which JSON would show as an empty name."""

_LONGEST_LIMIT = timedelta(days=7)
"""Longer than any quota of LinkedIn's.

All quotas restart at 00:00 UTC ("API Rate Limiting", Microsoft Learn, as of 2026-09-19).
"""

UPLOAD_COST = 3
"""Requests that one file takes: register, send, ask whether it is ready."""


def budget_owner(author: Author, config: Config) -> str:
    """Return the owner of the budget for an author's requests: the member with the token that they use.

    LinkedIn counts by member and by app ("Share on LinkedIn", Microsoft Learn). A page has no token of its
    own, so its requests count for the configured person with the same token.
    """
    return budget_owners(config)(author)


def budget_owners(config: Config) -> Callable[[Author], str]:
    """`budget_owner`, for many posts: the authors are looked through only once."""
    people: dict[str, str] = {}
    for author in config.authors.values():
        if author.urn.startswith("urn:li:person:"):
            people.setdefault(author.token_env, author.urn)

    def owner(author: Author) -> str:
        if author.urn.startswith("urn:li:person:"):
            return author.urn
        return people.get(author.token_env, f"token:{author.token_env}")

    return owner


def limit_of(owner: str, config: Config) -> int:
    """Requests an owner has in a day."""
    return config.limits.requests_per_app if owner == APP else config.limits.requests_per_member


def cost(post: Post) -> int:
    """Requests that publishing a post takes, its files and its first comment included."""
    return 1 + UPLOAD_COST * len(post.media) + (post.first_comment is not None)


def usage_of_state(state: State, config: Config, now: datetime) -> Usage:
    """Return the requests that were certainly used today, by what the state says was published.

    Stores that count nothing need it. The real use may be higher, because failed requests are not in the
    state.
    """
    today = now.astimezone(UTC).date()
    authors = {author.urn: author for author in config.authors.values()}
    owner_of = budget_owners(config)
    requests: dict[str, int] = {}
    for entry in state.posts.values():
        at = entry.published_at
        if entry.network == "linkedin" and at is not None and at.astimezone(UTC).date() == today:
            owner = owner_of(authors.get(entry.author, Author(entry.author)))
            spent = 1 + UPLOAD_COST * len(entry.media)
            for name in (owner, APP):
                requests[name] = requests.get(name, 0) + spent
    return Usage(requests, _closed(state, now))


def _closed(state: State, now: datetime) -> dict[str, datetime]:
    """Until when an owner is limited.

    A time that no limit can have, as a wrong clock writes it, is ignored.
    """
    return {
        APP if owner == DEFERRED_APP else owner: until
        for owner, until in state.deferred.items()
        if now < until <= now + _LONGEST_LIMIT
    }


def within_budget(changes: Iterable[Change], usage: Usage, config: Config, now: datetime) -> list[Change]:
    """Return the changes, with creates blocked that don't fit into today's budgets.

    Each says when it goes.
    """
    ledger = _Ledger(usage, config, now)
    return [
        _admitted(line, line.post, ledger, usage, now)
        if line.action in (Action.CREATE, Action.REPLACE) and line.post is not None
        else line
        for line in changes
    ]


def _admitted(line: Change, post: Post, ledger: "_Ledger", usage: Usage, now: datetime) -> Change:
    """Return a create as the budgets allow it.

    The other networks have no daily budget, only limits that they tell.
    """
    if line.network == "linkedin":
        return ledger.admit(line, post)
    until = usage.closed.get(line.author)
    if until is None or until <= now:
        return line
    reason = f"{label_of(post.author)} has limited {post.author.alias} until {_time(until)}; it can go from then on"
    return line._replace(action=Action.BLOCKED, reason=reason)


class _Ledger:
    """Fill the coming days in the order of the plan. An owner's later posts never go before earlier ones."""

    def __init__(self, usage: Usage, config: Config, now: datetime) -> None:
        self._usage, self._config, self._now = usage, config, now
        self._owner_of = budget_owners(config)
        self._midnight = next_utc_midnight(now)
        self._day: dict[str, int] = {}  # the day an owner has come to: 0 is today
        self._spent: dict[tuple[str, int], int] = {(name, 0): count for name, count in usage.requests.items()}

    def admit(self, line: Change, post: Post) -> Change:
        owner, needs = self._owner_of(post.author), cost(post)
        for name in (owner, APP):
            until = self._usage.closed.get(name)
            if until is not None and until > self._now:
                return self._blocked(line, f"LinkedIn has limited {_words(name)} until {_time(until)}", until)
        # the later of both days: an owner's posts keep their order, and the app's counter holds for all
        # owners
        day = max(self._day.get(owner, 0), self._day.get(APP, 0))
        full = self._full(owner, needs, day)
        first = full if day == 0 else (owner if self._day.get(owner) == day else APP)
        while full is not None:
            day += 1
            self._day[full] = day
            full = self._full(owner, needs, day)
        for name in (owner, APP):
            self._spent[name, day] = self._spent.get((name, day), 0) + needs
        if day == 0:
            return line
        name = owner if first is None else first
        why = f"today's {limit_of(name, self._config)} requests of {_words(name)} are used up by then"
        return self._blocked(line, why, self._midnight + timedelta(days=day - 1))

    def _full(self, owner: str, needs: int, day: int) -> str | None:
        for name in (owner, APP):
            spent = self._spent.get((name, day), 0)
            # a post that needs more than a whole day has goes on a day of its own
            if spent + needs > limit_of(name, self._config) and (spent or day == 0):
                return name
        return None

    def _blocked(self, line: Change, why: str, at: datetime) -> Change:
        return line._replace(action=Action.BLOCKED, reason=f"{why}; it can go from {_time(at)} on")


def _words(owner: str) -> str:
    return "the app" if owner == APP else "the member"


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
