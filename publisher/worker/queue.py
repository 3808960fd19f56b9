"""Jobs of the queue: one for each post, with one author's posts in a row."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued, UniqueViolation
from procrastinate.jobs import Status

from publisher.worker.queue_tables import SCHEMA

PUBLISH, SCAN, RESCUE = "publish", "scan", "rescue"

_LEFT = """
SELECT job.id, job.task_name, job.args->>'key' AS key FROM procrastinate_jobs job
LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
WHERE job.queue_name = %(queue)s AND job.status = 'doing' AND (
    worker.id IS NULL OR worker.last_heartbeat < now() - %(seconds)s * interval '1 second'
    OR job.worker_id = %(me)s AND job.id <> ALL (%(mine)s::bigint[]) AND NOT EXISTS (
        SELECT FROM procrastinate_events event
        WHERE event.job_id = job.id AND event.at > now() - %(seconds)s * interval '1 second'))
"""
_WORK = """
SELECT EXISTS (
    SELECT FROM procrastinate_jobs job WHERE queue_name = %(queue)s AND (status = 'doing' OR
        status = 'todo' AND coalesce(scheduled_at <= now(), true) AND NOT EXISTS (
            SELECT FROM procrastinate_jobs earlier
            WHERE earlier.lock = job.lock AND earlier.status = 'todo' AND earlier.id < job.id
            AND earlier.scheduled_at > now()))) AS left
"""
# procrastinate's own way to delete old jobs sorts all events of all projects
_ENDED = """
DELETE FROM procrastinate_jobs job
WHERE queue_name = %(queue)s AND status IN ('succeeded', 'failed', 'aborted', 'cancelled') AND NOT EXISTS (
    SELECT FROM procrastinate_events event
    WHERE event.job_id = job.id AND event.at > now() - %(hours)s * interval '1 hour')
"""
_BATCH = 1_000
# New jobs after which the statistics are renewed at once. Autovacuum looks only once a minute
# (autovacuum_naptime, PostgreSQL's documentation), and plans made for an empty table are slow until then.
_MANY = 50


@dataclass(frozen=True, slots=True)
class PostJob:
    """A post that is to be published at a time: what was seen when it was queued.

    ``at`` is None if the post is due now; ``due`` is since when.
    """

    key: str
    author: str
    digest: str
    source: str
    revision: str
    at: datetime | None
    due: datetime


async def enqueue(app: procrastinate.App, project: str, jobs: Iterable[PostJob]) -> int:
    """Queue what is not queued yet, in the given order.

    Return the count. One job of an author runs at a time.

    procrastinate carries out one lock's jobs in the order in which they were queued, whatever their time; so
    only what is due soon is queued, the earliest first.
    """
    waiting = """
        SELECT queueing_lock FROM procrastinate_jobs
        WHERE queue_name = %(queue)s AND status IN ('todo', 'doing')"""
    queued = {
        row["queueing_lock"] for row in await app.connector.execute_query_all_async(waiting, queue=project)
    }
    refused = """
        SELECT args->>'key' AS key, args->>'digest' AS digest FROM procrastinate_jobs
        WHERE queue_name = %(queue)s AND status = 'failed' AND task_name = %(task)s"""
    failed = {
        (row["key"], row["digest"])
        for row in await app.connector.execute_query_all_async(refused, queue=project, task=PUBLISH)
    }
    # a refused post is queued again only when its content has changed, or when the queue has forgotten the
    # job
    fresh = [
        _description(project, job)
        for job in jobs
        if _lock(project, job.key) not in queued and (job.key, job.digest) not in failed
    ]
    count = sum([await _defer(app, batch) for batch in _batches(fresh)])
    if count >= _MANY:
        await app.connector.execute_query_async(f"SELECT {SCHEMA}.renew_statistics()")
    return count


def _description(project: str, job: PostJob) -> dict[str, Any]:
    return {
        "lock": f"{project} {job.author}",
        "queueing_lock": _lock(project, job.key),
        "schedule_at": job.at,
        "queue": project,
        "task_kwargs": {
            "key": job.key,
            "digest": job.digest,
            "source": job.source,
            "revision": job.revision,
            "due": job.due.isoformat(),
        },
    }


async def _defer(app: procrastinate.App, batch: list[dict[str, Any]]) -> int:
    jobs = [app.configure_task(PUBLISH, allow_unknown=False, **item).job for item in batch]
    try:
        await app.job_manager.batch_defer_jobs_async(jobs)
        return len(jobs)
    except AlreadyEnqueued:  # a job that failed for a moment has just come back into the queue
        return sum([await _defer_one(app, job) for job in jobs])


async def _defer_one(app: procrastinate.App, job: Any) -> bool:
    try:
        await app.job_manager.defer_job_async(job)
    except AlreadyEnqueued:
        return False
    return True


def _lock(project: str, key: str) -> str:
    return f"{project} {key}"


def _batches(items: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    rest = iter(items)
    while batch := list(islice(rest, _BATCH)):
        yield batch


async def work_is_left(app: procrastinate.App, project: str) -> bool:
    """Return whether a job runs or could run now.

    A job could run if its time has come and no earlier job of its author waits for a later time.
    """
    return bool((await app.connector.execute_query_one_async(_WORK, queue=project))["left"])


async def rescue_stalled(
    app: procrastinate.App, project: str, seconds: float, me: int | None = None, at_hand: Iterable[int] = ()
) -> list[tuple[int, str]]:
    """Queue interrupted jobs again. Return their numbers and keys.

    That is: jobs of workers without a sign of life for ``seconds``, and those that worker ``me`` is said to
    have but has not ``at_hand``, as where the database was lost when their end was to be written.
    """
    rows = await app.connector.execute_query_all_async(
        _LEFT, queue=project, seconds=seconds, me=me, mine=list(at_hand)
    )
    for row in rows:
        try:
            await app.job_manager.retry_job_by_id_async(row["id"], retry_at=datetime.now(UTC))
        except UniqueViolation:  # the same was queued meanwhile; that one will do
            await app.job_manager.finish_job_by_id_async(row["id"], Status.ABORTED, delete_job=False)
    return [(row["id"], row["key"] or row["task_name"]) for row in rows]


async def forget_ended(app: procrastinate.App, project: str, hours: float) -> None:
    """Delete the project's jobs that ended longer ago than the given hours."""
    await app.connector.execute_query_async(_ENDED, queue=project, hours=hours)
