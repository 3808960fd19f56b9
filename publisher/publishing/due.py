"""`publish_due`: the one entry point for publishing. The command line, watch, the worker and scripts call it.

It makes the plan, keeps the state's slots and failures in order, opens the gateway, counts the budget,
carries the plan out, and plans again what another run was faster with.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from publisher.errors import ConfigError, PublisherError, Unauthorized
from publisher.model.config import Config
from publisher.model.plan import ACTING, Action, Plan, SavedPlan
from publisher.model.post import UNKNOWN_AUTHOR, Author, Post
from publisher.model.state import State, split_name
from publisher.networks.gateway import CopyGateway, Created, Gateway
from publisher.networks.linkedin.media_files import read_verified
from publisher.planning.copies import under_their_names
from publisher.planning.options import PlanOptions
from publisher.planning.saved import hold_to, options_of
from publisher.planning.schedule import slot_edits
from publisher.publishing.apply import apply_plan
from publisher.publishing.budget import BudgetedTokens, budget_of
from publisher.publishing.copies import Copies
from publisher.publishing.failures import forgotten
from publisher.publishing.fence import Fence
from publisher.publishing.marks import Marks
from publisher.publishing.receipts import Outcome, Receipt
from publisher.publishing.recovery import recover
from publisher.publishing.run_context import AHEAD, Observer, RunContext
from publisher.publishing.settlement import is_open, settle_pending
from publisher.state.store import Session, SharedSession

Tokens = Callable[[Author], str]
"""Return an author's access token. Raise `Unauthorized` if there is none."""


class Guard(NamedTuple):
    """Functions that a gateway calls for each request. Each raises `PublisherError` to hold the request back.

    ``sending`` gets the request's token before a connection is opened. ``leaving`` is called for a create
    just before the first byte of its body leaves.
    """

    sending: Callable[[str | None], None]
    leaving: Callable[[], None]


_ROUNDS = 5
"""How often a run plans again the posts that another run was faster with.

The bound keeps two runs from following each other forever. A post that is left then is in the other run's
report.
"""


@dataclass(frozen=True, slots=True)
class Publishable:
    """The posts to publish, their settings, and the function that compares them with a state.

    ``complete`` says that these are all posts of the project. Then slots are assigned, and failures of posts
    that are gone are forgotten; a worker's job for one post must do neither.
    """

    posts: Sequence[Post]
    config: Config
    plan: Callable[[State, datetime, PlanOptions], Plan]
    complete: bool = True


def no_copies(author: Author, _guard: Guard) -> CopyGateway:
    """Refuse an author of another network than LinkedIn. Raise `Unauthorized`."""
    raise Unauthorized(
        f"This run publishes on LinkedIn only, so nothing was sent for {author.alias or author.urn}.",
        "Use `publisher publish`.",
        code="LINKEDIN_ONLY",
    )


@dataclass(frozen=True, slots=True)
class Services:
    """The surroundings of a run: tokens, the network, the clock, an observer.

    ``connect`` opens LinkedIn's gateway with the tokens it may use and the guard to call for each request,
    ``connect_copy`` that of an author on another network. ``marks`` is the folder beside which this machine's
    marks are kept, ``root`` the project's. ``stop`` is asked between changes whether the user wants to end.
    """

    tokens: Tokens
    connect: Callable[[Tokens, Guard], Gateway]
    permalink: Callable[[str], str]
    stop: Callable[[], bool] = lambda: False
    observer: Observer = Observer()  # noqa: RUF009 - it has no state
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    marks: Path | None = None
    root: Path = Path()
    connect_copy: Callable[[Author, Guard], CopyGateway] = no_copies
    link: Callable[[str, Created], str] = lambda network, created: created.permalink  # noqa: ARG005


class Published(NamedTuple):
    """The plan of a run, and one receipt for each change that was carried out."""

    plan: Plan
    receipts: tuple[Receipt, ...]


def publish_due(
    what: Publishable,
    session: Session,
    services: Services,
    options: PlanOptions = PlanOptions(),  # noqa: B008 - a value
    *,
    saved: SavedPlan | None = None,
    actions: frozenset[Action] = ACTING,
) -> Published:
    """Publish what is due. If ``saved`` is given, publish only what it contains.

    ``actions`` narrows what is carried out. Raise `PublisherError` if an error comes before anything was
    sent. Later errors are in the receipts.
    """
    if saved is not None:
        options = options_of(saved)
    session.verify()
    now = services.now()
    # settle first, plan second: otherwise the plan shows as unknown what a mark or a network can tell
    recover(session, Marks(services.marks), _to_milliseconds(now))
    settled = _settle(what, session, services) if actions == ACTING or what.complete else ()
    plan = _only(what.plan(session.state, now, options), actions)
    identities = _identities(plan, what, session, services)
    if identities:
        # an account decides which entry a copy has, so the plan is made again
        options = replace(options, identities=identities)
        plan = _only(what.plan(session.state, now, options), actions)
    if saved is not None:
        plan = hold_to(saved, plan)
    receipts = _carry_out(plan, what, session, services)
    # a saved plan is published as it was reviewed, or not at all
    rounds = _ROUNDS if saved is None else 0
    for _ in range(rounds):
        lost = {split_name(r.key).key for r in receipts if r.outcome is Outcome.TAKEN}
        if not lost or services.stop():
            break
        narrowed = replace(options, keys=frozenset(lost))
        try:
            again = _only(what.plan(session.state, services.now(), narrowed), actions)
            more = {r.key: r for r in _carry_out(again, what, session, services)}
        except PublisherError:
            break  # the receipts must reach the user; what was lost is in the other run's report
        if not more:
            break
        receipts = (*(more.pop(r.key, r) for r in receipts), *more.values())
    return Published(plan, (*settled, *receipts))


def _settle(what: Publishable, session: Session, services: Services) -> tuple[Receipt, ...]:
    """Settle unknown outcomes that other networks can tell. Open nothing if there are none."""
    if not any(is_open(entry) for entry in session.state.posts.values()):
        return ()
    now = services.now()
    due = (
        post for post in what.posts if not post.draft and (post.publish_at is None or post.publish_at <= now)
    )
    wanted = frozenset((post.document_key, post.author.network) for post in due)
    with _run(what, session, services) as run:
        return settle_pending(run, wanted)


def _identities(plan: Plan, what: Publishable, session: Session, services: Services) -> dict[str, str]:
    """Ask the networks for identities that are not configured, if something is to be published for them."""
    authors = {line.post.author for line in plan.acting if line.post is not None}
    unknown = sorted((author for author in authors if author.provisional), key=lambda author: author.alias)
    if not unknown or plan.refusal:
        return {}
    with _run(what, session, services) as run:
        return run.copies.identify(unknown)


def _only(plan: Plan, actions: frozenset[Action]) -> Plan:
    if actions == ACTING:
        return plan
    kept = (line for line in plan.changes if line.action in actions or line.action not in ACTING)
    return replace(plan, changes=tuple(kept))


def _carry_out(plan: Plan, what: Publishable, session: Session, services: Services) -> tuple[Receipt, ...]:
    """Carry out a plan that was made from ``session.state``. Open nothing if the plan has nothing to do."""
    now = services.now()
    # also if nothing is due: a slot that was shown in a plan must still be the same in the next run
    if what.complete:
        session.write(
            *forgotten(session.state, (post.key for post in under_their_names(what.posts, session.state))),
            *slot_edits(what.posts, session.state, what.config, now),
        )
    if not plan.acting or plan.refusal:
        return ()
    require_authors(plan)
    with _run(what, session, services) as run:
        return apply_plan(plan, run)


@contextmanager
def _run(what: Publishable, session: Session, services: Services) -> Iterator[RunContext]:
    """Open what the steps of a run need."""
    now = services.now()
    meter = BudgetedTokens(services.tokens, budget_of(session, what.config, now), what.config, services.now)
    shared = isinstance(session, SharedSession)
    clock = lambda: _to_milliseconds(services.now())  # noqa: E731
    fence = Fence(session, clock, Marks(services.marks))

    def sending(token: str | None) -> None:
        meter.sending(token)
        fence.check()  # last, because counting may take its time

    guard = Guard(sending, fence.leaving)
    try:
        yield RunContext(
            session=session,
            gateway=services.connect(meter, guard),
            copies=Copies(what.config.authors, lambda author: services.connect_copy(author, guard)),
            read=lambda media: read_verified(services.root, media),
            config=what.config,
            now=clock,
            new_id=lambda: secrets.token_hex(8),
            permalink=services.permalink,
            fence=fence,
            link=services.link,
            stop=services.stop,
            observer=services.observer,
            limited=meter.limited,
            claim=session.claim if isinstance(session, SharedSession) else lambda _key: True,
            # what another run may take is not worked on before it is claimed, and one key is claimed at a
            # time
            ahead=0 if shared else AHEAD,
        )
    finally:
        fence.marks.release()


def require_authors(plan: Plan) -> None:
    """Raise `ConfigError` if a post with a placeholder as its author is to be published."""
    if any(change.author == UNKNOWN_AUTHOR.urn for change in plan.acting):
        raise ConfigError(
            "No author is configured, so nothing can be published.",
            "Add `authors:` with your URN to publisher.yaml, or run `publisher auth login --write-config`.",
        )


def _to_milliseconds(at: datetime) -> datetime:
    """Return the time in whole milliseconds, as every state keeps it.

    An entry that is read back must be equal to the one that was written.
    """
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
