"""Run a worker: tasks on procrastinate. Restart after a lost database. End after the current job."""

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import procrastinate
from procrastinate import JobContext
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.worker import Worker as Engine

from publisher.worker.health import Health
from publisher.worker.jobs import Work
from publisher.worker.queue import (
    PUBLISH,
    RESCUE,
    SCAN,
    enqueue,
    forget_ended,
    rescue_stalled,
    work_is_left,
)
from publisher.worker.retry import Again, Retry, Taken, gives_up

LOG = logging.getLogger("publisher.worker")
STALLED = 30.0
"""Seconds without a sign of life after which a worker's jobs are given to others.

Three missed heartbeats (procrastinate sends one each 10 s). An early rescue is harmless: a job begins by
asking the state.
"""

POLL = 0.25
"""Seconds between two looks for an author's next post.

Procrastinate sends no notice when a lock becomes free.
"""

KEPT_HOURS = 24
"""How long the queue remembers jobs that have ended; a refused post is tried again after that."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How one worker works.

    ``minutes`` lie between two scans; ``drain`` ends it when nothing is left to do.
    """

    project: str
    concurrency: int = 4
    minutes: int = 5
    drain: bool = False


class Worker:
    """One process's worker."""

    def __init__(
        self,
        open_app: Callable[[], procrastinate.App],
        work: Work,
        health: Health,
        settings: Settings,
    ) -> None:
        self._open_app, self._work, self._health, self._settings = open_app, work, health, settings
        self._stopping = False
        self._engine: Engine | None = None
        self._at_hand: set[int] = set()

    def run(self) -> None:
        """Work until SIGTERM or SIGINT (then the jobs at hand are ended first), or until nothing is left."""
        asyncio.run(self._supervise())

    async def _supervise(self) -> None:
        loop = asyncio.get_running_loop()
        beating = asyncio.create_task(self._beat())
        # two threads more than jobs, so that a scan never waits for a post
        loop.set_default_executor(ThreadPoolExecutor(self._settings.concurrency + 2, "job"))
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        pause = 0.1
        while not self._stopping:
            began = time.monotonic()
            try:
                await self._once()  # ends early where the engine has lost the database
            except (ConnectorException, OSError) as error:
                self._health.problem = f"the database can't be reached: {error.__cause__ or error}"
                LOG.warning("%s; trying again", self._health.problem)
            # 30 s of work show that the database was there; shorter runs double the pause, up to 5 s
            pause = 0.1 if time.monotonic() - began > 30 else min(pause * 2, 5.0)
            if not self._stopping:
                await asyncio.sleep(pause)
        beating.cancel()

    async def _beat(self) -> None:
        """Record each second that the loop runs. A blocked loop records nothing."""
        while True:
            self._health.beat()
            await asyncio.sleep(1)

    async def _once(self) -> None:
        app = self._open_app()
        self._add_tasks(app)
        async with app.open_async():
            await self._begin(app)
            self._health.problem = ""
            self._engine = Engine(
                app,
                queues=[self._settings.project],
                concurrency=self._settings.concurrency,
                install_signal_handlers=False,
                listen_notify=False,  # it looks often enough by itself
                stalled_worker_timeout=STALLED,
                fetch_job_polling_interval=POLL,
            )
            watching = asyncio.create_task(self._end_when_empty(app)) if self._settings.drain else None
            try:
                if not self._stopping:
                    await self._engine.run()  # type: ignore[no-untyped-call]
            finally:
                self._engine = None
                if watching is not None:
                    watching.cancel()

    def _stop(self) -> None:
        LOG.info("stopping after the current jobs")
        self._stopping = True
        self._health.problem = "stopping"
        if self._engine is not None:
            # not by cancellation, which a database call may swallow
            self._engine.stop()  # type: ignore[no-untyped-call]

    async def _begin(self, app: procrastinate.App) -> None:
        # before the scan: a job that was left in the middle counts as queued, and would hold its post back
        await self._rescue(app)
        if self._settings.drain:
            await self._scan(app)
            return
        with suppress(AlreadyEnqueued):  # another worker has just asked for it
            await app.configure_task(SCAN, allow_unknown=False).defer_async(timestamp=0)

    async def _end_when_empty(self, app: procrastinate.App) -> None:
        left = True
        while left:
            await asyncio.sleep(0.2)
            with suppress(ConnectorException):  # the engine says so, and it is asked again
                left = await work_is_left(app, self._settings.project)
        self._stop()

    def _add_tasks(self, app: procrastinate.App) -> None:
        project = self._settings.project

        def publish_post(
            context: JobContext,
            key: str,
            digest: str,  # noqa: ARG001 - for whoever asks the queue
            source: str,
            revision: str,
            due: str = "",  # noqa: ARG001
        ) -> str:
            with self._working_on(context):
                return self._publish(context, key, source, revision)

        async def scan(context: JobContext, timestamp: int) -> int:  # noqa: ARG001 - procrastinate's periodic argument
            with self._working_on(context):
                return await self._scan(app)

        async def rescue(timestamp: int) -> None:  # noqa: ARG001
            await self._rescue(app)

        app.task(name=PUBLISH, queue=project, retry=Retry(), pass_context=True)(publish_post)
        every = f"*/{self._settings.minutes} * * * *" if self._settings.minutes > 1 else "* * * * *"
        alone = f"{project} scan"
        scanning = app.task(
            name=SCAN, queue=project, lock=alone, queueing_lock=alone, priority=10, pass_context=True
        )(scan)
        rescuing = app.task(name=RESCUE, queue=project, queueing_lock=f"{project} rescue", priority=10)(
            rescue
        )
        if not self._settings.drain:
            app.periodic(cron=every, periodic_id=project)(scanning)
        app.periodic(cron="* * * * *", periodic_id=project)(rescuing)

    @contextmanager
    def _working_on(self, context: JobContext) -> Iterator[None]:
        number = context.job.id
        assert number is not None  # noqa: S101 - it comes from the queue
        self._at_hand.add(number)
        try:
            yield
        finally:
            self._at_hand.discard(number)

    def _publish(self, context: JobContext, key: str, source: str, revision: str) -> str:
        outcome = "failed"
        with self._health.seconds.labels(self._settings.project).time():
            try:
                outcome = self._work.publish_one(key, source, revision)
            except Taken:
                outcome = "taken"
                raise
            except Again:
                outcome = "failed" if gives_up(context.job.attempts) else "retried"
                raise
            finally:
                self._health.jobs.labels(self._settings.project, outcome).inc()
        return outcome

    async def _scan(self, app: procrastinate.App) -> int:
        plan, jobs = await asyncio.to_thread(self._work.scan)
        count = await enqueue(app, self._settings.project, jobs)
        LOG.info("scanned: %d posts, %d queued", len(plan.changes), count)
        return count

    async def _rescue(self, app: procrastinate.App) -> None:
        """Give the jobs of vanished workers to others.

        This is safe, because a job begins by asking the state.
        """
        me = self._engine.worker_id if self._engine else None
        project, at_hand = self._settings.project, sorted(self._at_hand)
        for job, key in await rescue_stalled(app, project, STALLED, me, at_hand):
            LOG.warning("job %d (%s) was left by its worker; queued again", job, key)
        await forget_ended(app, project, KEPT_HOURS)
