"""Carry out jobs: look for due posts and queue them, and publish one post."""

import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from publisher.model.config import Config
from publisher.model.plan import Action, Plan
from publisher.model.post import Post
from publisher.model.state import COMMENT_SUFFIX, State
from publisher.planning.copies import copy_of
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.project.publishable import publishable
from publisher.publishing.due import Publishable, publish_due, require_authors
from publisher.publishing.receipts import Outcome, Receipt
from publisher.state.postgres.store import PostgresStore
from publisher.state.postgres.tables import Scope
from publisher.worker.content import Content, Snapshot
from publisher.worker.queue import PostJob
from publisher.worker.retry import judge

LOG = logging.getLogger("publisher.worker")
_SENT = frozenset({Action.CREATE, Action.UPDATE})
_UNSENT = frozenset({Action.MOVE})
_ONE = PlanOptions(max_creates=sys.maxsize, details=False, budget=False)


@dataclass(frozen=True, slots=True)
class Work:
    """The things that every job needs: the content, a store of its own thread, and how far ahead scans look.

    ``report`` is told what came of each change of a post.
    """

    content: Content
    store: Callable[[], PostgresStore]
    horizon: timedelta
    max_creates: int | None = None
    report: Callable[[Receipt], None] = lambda receipt: None  # noqa: ARG005

    def publish_one(self, key: str, source: str, revision: str) -> str:
        """Publish one post if it is still to be published. Return the result as one of `OUTCOMES`.

        Raise the same exceptions as `publisher.worker.retry.judge`.
        """
        snapshot = self.content.knowing(revision)
        copies = snapshot.copies(key, source)
        if not copies:
            return "gone"
        scope = _scope(key, copies, snapshot.config)
        what = Publishable(copies, snapshot.config, _plan_one(key, copies, snapshot.config), complete=False)
        with self.store().session(scope) as session:
            receipts = publish_due(what, session, snapshot.services, _ONE, actions=_SENT).receipts
        for receipt in receipts:
            self.report(receipt)
        judge(receipts)
        return _word(receipts)

    def scan(self) -> tuple[Plan, list[PostJob]]:
        """Return the plan of the newest content, and the jobs for what is due now or until the next scan.

        Moves are carried out at once: they send nothing. Raise `ContentError` if the content has errors.
        """
        snapshot = self.content.refresh()
        what = publishable(snapshot.project())
        options = PlanOptions(max_creates=self.max_creates, details=False)
        with self.store().session() as session:
            plan, _ = publish_due(what, session, snapshot.services, options, actions=_UNSENT)
            plan = what.plan(session.state, datetime.now(UTC), options)
        require_authors(plan)
        if plan.refusal:
            LOG.error("nothing is queued: %s", plan.refusal)
            return plan, []
        return plan, _jobs(plan, snapshot, datetime.now(UTC) + self.horizon)


def _scope(key: str, copies: Sequence[Post], config: Config) -> Scope | None:
    """Return the part of the state that a job needs; None for all of it.

    Which entry a copy has depends on the other copies of its document, and on what the state knows of its
    account.
    """
    post = copies[0]
    if len(copies) > 1 or post.key != key or post.author.network != "linkedin":
        return None
    spaced = post.author.urn if config.limits.spacing else None
    return Scope(
        frozenset({key, key + COMMENT_SUFFIX}), ((post.author.urn, post.text_digest),), newest_of=spaced
    )


def _plan_one(
    key: str, copies: Sequence[Post], config: Config
) -> Callable[[State, datetime, PlanOptions], Plan]:
    def plan(state: State, now: datetime, options: PlanOptions) -> Plan:
        made = make_plan(copies, state, config, now, options)
        # the session shows entries of other keys, which are not this job's
        mine = (line for line in made.changes if copy_of(line.key) == key)
        return replace(made, changes=tuple(mine))

    return plan


def _jobs(plan: Plan, snapshot: Snapshot, until: datetime) -> list[PostJob]:
    """One job for each post, however many of its changes are due, in the order of their time."""
    jobs: dict[str, PostJob] = {}
    for line in plan.changes:
        soon = line.action is Action.SCHEDULED and line.publish_at is not None and line.publish_at <= until
        key = copy_of(line.key)
        if (line.action in _SENT or soon) and key not in jobs:
            at = line.publish_at if soon else None
            due = line.publish_at or datetime.now(UTC)
            jobs[key] = PostJob(key, line.author, line.digest, line.source, snapshot.revision, at, due)
    return list(jobs.values())


def _word(receipts: tuple[Receipt, ...]) -> str:
    if not receipts:
        return "nothing"
    if any(receipt.outcome is Outcome.UNKNOWN for receipt in receipts):
        return "unknown"
    # what another run has published is not counted here: it counts there
    done = any(receipt.outcome in (Outcome.DONE, Outcome.ADOPTED) for receipt in receipts)
    return "published" if done else "nothing"
