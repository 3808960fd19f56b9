"""What jobs do: look for due posts and queue them, and publish one post."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from publisher.model.plan import Action, Change, Plan
from publisher.model.state import COMMENT_SUFFIX, State
from publisher.networks.linkedin.permalinks import permalink
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.planning.schedule import slot_edits
from publisher.project.pipeline import Project, check_against, plan_project, publish, require_authors
from publisher.publishing.receipts import Outcome, Receipt
from publisher.publishing.run_context import Observer
from publisher.state.postgres import PostgresStore
from publisher.state.postgres.tables import Scope
from publisher.worker.content import Content, Snapshot
from publisher.worker.queue import PostJob
from publisher.worker.retry import judge

_SENT = frozenset({Action.CREATE, Action.UPDATE})
_ONE = PlanOptions(max_creates=sys.maxsize, details=False, budget=False)


@dataclass(frozen=True, slots=True)
class Work:
    """What every job has: the content, a store of its own thread, and how far ahead scans look."""

    content: Content
    store: Callable[[], PostgresStore]
    horizon: timedelta
    max_creates: int | None = None
    observer: Observer = field(default_factory=Observer)

    def publish_one(self, key: str, source: str, revision: str) -> str:
        """Publish one post if it is still to be published; returns what came of it in a word.

        Raises what `publisher.worker.retry.judge` does.
        """
        snapshot = self.content.knowing(revision)
        post = snapshot.post(key, source)
        if post is None:
            return "gone"
        spaced = post.author.urn if snapshot.config.limits.spacing else None
        texts = ((post.author.urn, post.text_digest),)
        scope = Scope(frozenset({key, key + COMMENT_SUFFIX}), texts, newest_of=spaced)
        with self.store().session(scope) as session:
            plan = make_plan([post], session.state, snapshot.config, datetime.now(UTC), _ONE)
            plan = _only(
                plan, lambda line: line.action in _SENT and line.key.removesuffix(COMMENT_SUFFIX) == key
            )
            require_authors(plan)
            receipts = publish(
                plan,
                session,
                snapshot.gateway,
                snapshot.config,
                permalink=permalink,
                observer=self.observer,
                limited=snapshot.limited,
            )
        judge(receipts)
        return _word(receipts)

    def scan(self) -> tuple[Plan, list[PostJob]]:
        """The plan of the newest content, and the jobs for what is due now or until the next scan.

        Moves are carried out at once: they send nothing. Raises `ContentError` where the content has errors.
        """
        snapshot = self.content.refresh()
        project, now = snapshot.project(), datetime.now(UTC)
        with self.store().session() as session:
            session.write(*slot_edits(project.posts, session.state, snapshot.config, now))
            plan = self._plan(project, session.state, now)
            moves = _only(plan, lambda line: line.action is Action.MOVE)
            publish(moves, session, snapshot.gateway, snapshot.config, permalink=permalink)
        return plan, _jobs(plan, snapshot, now + self.horizon)

    def _plan(self, project: Project, state: State, now: datetime) -> Plan:
        checked = check_against(project, state)
        plan = plan_project(checked, state, now, PlanOptions(max_creates=self.max_creates, details=False))
        require_authors(plan)
        return plan


def _only(plan: Plan, wanted: Callable[[Change], bool]) -> Plan:
    return replace(plan, changes=tuple(line for line in plan.changes if wanted(line)))


def _jobs(plan: Plan, snapshot: Snapshot, until: datetime) -> list[PostJob]:
    """One job for each post, however many of its changes are due, in the order of their time."""
    jobs: dict[str, PostJob] = {}
    for line in plan.changes:
        soon = line.action is Action.SCHEDULED and line.publish_at is not None and line.publish_at <= until
        key = line.key.removesuffix(COMMENT_SUFFIX)
        if (line.action in _SENT or soon) and key not in jobs:
            at = line.publish_at if soon else None
            jobs[key] = PostJob(key, line.author, line.digest, line.source, snapshot.revision, at)
    return list(jobs.values())


def _word(receipts: tuple[Receipt, ...]) -> str:
    if not receipts:
        return "nothing"
    if any(receipt.outcome is Outcome.UNKNOWN for receipt in receipts):
        return "unknown"
    done = receipts[0].outcome in (Outcome.DONE, Outcome.ADOPTED)
    return "published" if done else receipts[0].outcome.value
