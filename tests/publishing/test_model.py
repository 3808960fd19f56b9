"""A model of the protocol: runs, crashes, answers, edits, renames and restores in any order, in memory.

The invariant: the server never has two live posts that one copy's author created of one document, unless a run has told
a person (exit 3). ``PUBLISHER_MODEL_STEPS`` says how many steps are taken: ``.ci/run`` takes 20,000, ``.ci/full``
100,000.
`tests.publishing.test_replay` takes the same kinds of steps with the real command, in every store, on both emulators.
"""

import os
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from publisher.errors import Duplicate, Forbidden, OutcomeUnknown, RateLimited
from publisher.model.config import Config, Limits
from publisher.model.post import Post
from publisher.model.state import State, Status, known_urns
from publisher.networks.gateway import Created
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.planning.restored import hold_restored
from publisher.planning.state_edits import resolve_absent, resolve_published
from publisher.publishing.due import Publishable, Published, Services, publish_due
from publisher.publishing.evidence import urn_time
from publisher.state.edits import Edit, apply_edits
from tests.support.posts import ME, NOW, make_post

STEPS = int(os.environ.get("PUBLISHER_MODEL_STEPS", "5000"))
PER_EXAMPLE = 50
KEYS = st.sampled_from("abc")
TEXTS = st.sampled_from(
    [f"Words number {number}, unlike all others: {str(number) * 30}" for number in range(3)]
)
ANSWERS = st.sampled_from(
    ["ok", "ok", "lost", "late", "refused", "limited", "duplicate", "killed", "killed late"]
)
CONFIG = Config(authors={"me": ME}, limits=Limits(creates_per_run=9, deletes_per_run=9), on_change="replace")


class Killed(BaseException):
    """The process ends at once."""


@dataclass
class Memory:
    """A session in memory; every write is durable."""

    state: State = field(default_factory=State)

    def write(self, *edits: Edit) -> State:
        self.state = apply_edits(self.state, edits)
        return self.state

    def verify(self) -> None:
        """This memory is never lost."""


@dataclass
class Server:
    """A network that does what the next answer says. ``live`` maps URNs to texts."""

    now: datetime = NOW
    answer: str = "ok"
    live: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def create(self, author: Any, payload: Any) -> Created:
        text = payload["specificContent"]["com.linkedin.ugc.ShareContent"]["shareCommentary"]["text"]
        answer, self.answer = self.answer, "ok"
        if answer == "refused":
            raise Forbidden("No.", status=403)
        if answer == "limited":
            raise RateLimited("Later.", retry_at=self.now + timedelta(minutes=10))
        if answer == "killed":
            raise Killed
        if answer == "lost":
            raise OutcomeUnknown("Lost before it was created.")
        if answer == "duplicate" and self.live:
            raise Duplicate("Content is a duplicate.", urn=next(iter(self.live)))
        urn = self._made(text)
        if answer == "late":
            raise OutcomeUnknown("Lost after it was created.")
        if answer == "killed late":
            raise Killed
        return Created(urn, f"https://example.org/{urn}")

    def delete(self, author: Any, urn: str) -> None:
        answer = self.answer
        if answer in ("lost", "killed", "refused"):
            self.answer = "ok"
            raise {"lost": OutcomeUnknown("?"), "killed": Killed(), "refused": Forbidden("No.", status=403)}[
                answer
            ]
        self.live.pop(urn, None)
        if answer in ("late", "killed late"):
            self.answer = "ok"
            raise {"late": OutcomeUnknown("?"), "killed late": Killed()}[answer]

    def _made(self, text: str) -> str:
        self.count += 1
        urn = f"urn:li:share:{(int(self.now.timestamp() * 1000) << 22) + self.count}"
        self.live[urn] = text
        return urn


class Protocol(RuleBasedStateMachine):
    """One author's documents, one state, one network."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, str] = {}
        self.memory, self.server = Memory(), Server()
        self.backups = [(NOW, State())]

    @rule(key=KEYS, text=TEXTS)
    def edit(self, key: str, text: str) -> None:
        self.files[key] = text

    @rule(old=KEYS, new=KEYS)
    def rename(self, old: str, new: str) -> None:
        if old in self.files and old != new:
            self.files[new] = self.files.pop(old)

    @rule(one=KEYS, other=KEYS)
    def swap(self, one: str, other: str) -> None:
        if {one, other} <= self.files.keys():
            self.files[one], self.files[other] = self.files[other], self.files[one]

    @rule(key=KEYS)
    def remove(self, key: str) -> None:
        self.files.pop(key, None)

    @rule(minutes=st.sampled_from([1, 5, 20, 60 * 24 * 3]))
    def wait(self, minutes: int) -> None:
        self.server.now += timedelta(minutes=minutes)

    @rule(answer=ANSWERS, replacing=st.booleans(), prune=st.booleans())
    def run(self, answer: str, replacing: bool, prune: bool) -> None:
        self.server.answer = answer
        options = PlanOptions(allow_replace=replacing, prune=prune, details=False, budget=False)
        doubt = {key for key, entry in self.memory.state.posts.items() if entry.status is Status.PENDING}
        with suppress(Killed):
            made = self._publish(options)
            # who is in doubt and not in flight is told, whatever else the run did
            told = {c.key for c in made.plan.changes if c.action.value == "unknown" or c.in_flight}
            repeated = {c.key for c in made.plan.acting}
            assert doubt <= told | repeated, (doubt, told)

    @rule()
    def back_up(self) -> None:
        self.backups.append((self.server.now, self.memory.state))

    @rule(which=st.integers(0, 9))
    def restore(self, which: int) -> None:
        """A backup is put back, a person says so, and removes by hand what no document here has."""
        self.server.now += timedelta(minutes=1)
        since, state = self.backups[which % len(self.backups)]
        ids = (f"{number:016x}" for number in count())
        edits = hold_restored(self._posts(), state, CONFIG, since, self.server.now, lambda: next(ids))
        self.memory.state = state
        self.memory.write(*edits)
        known, doubtful = known_urns(self.memory.state), self._doubtful_texts()
        for urn, text in list(self.server.live.items()):
            if urn not in known and text not in doubtful:
                del self.server.live[urn]
        self.backups = [(at, kept) for at, kept in self.backups if at <= since]

    @rule()
    def settle(self) -> None:
        """A person looks at the page after a while, and says what is there."""
        self.server.now += timedelta(minutes=20)
        for key, entry in list(self.memory.state.posts.items()):
            if entry.status is not Status.PENDING or entry.attempt is None:
                continue
            known = {e.urn for e in self.memory.state.posts.values() if e is not entry}
            fresh = [u for u, text in self.server.live.items() if text == entry.text and u not in known]
            old = entry.before.urn if entry.before else None
            urn = old if old in self.server.live else next((u for u in fresh if u != old), None)
            state, now = self.memory.state, self.server.now
            edits = (
                resolve_published(state, key, urn, "", urn_time(urn), now)
                if urn
                else resolve_absent(state, key, now)
            )
            self.memory.write(*edits)

    @invariant()
    def nothing_is_live_twice(self) -> None:
        twice = [text for text, count in Counter(self.server.live.values()).items() if count > 1]
        assert not twice, (twice, dict(self.memory.state.posts))

    @invariant()
    def what_is_live_is_known_or_in_doubt(self) -> None:
        known = {
            u for e in self.memory.state.posts.values() for u in (e.urn, e.before.urn if e.before else None)
        }
        doubtful = self._doubtful_texts()
        lost = [u for u, text in self.server.live.items() if u not in known and text not in doubtful]
        assert not lost, lost

    def _doubtful_texts(self) -> set[str | None]:
        return {e.text for e in self.memory.state.posts.values() if e.status is Status.PENDING}

    def _posts(self) -> list[Post]:
        return [make_post(key, text) for key, text in sorted(self.files.items())]

    def _publish(self, options: PlanOptions) -> Published:
        posts = self._posts()

        def plan(state: State, now: datetime, chosen: PlanOptions) -> Any:
            return make_plan(posts, state, CONFIG, now, chosen)

        services = Services(
            lambda _: "",
            lambda _tokens, _guard: self.server,
            lambda urn: urn,
            now=lambda: self.server.now,  # type: ignore[arg-type, return-value]
        )
        return publish_due(Publishable(posts, CONFIG, plan), self.memory, services, options)


Protocol.TestCase.settings = settings(
    max_examples=max(STEPS // PER_EXAMPLE, 1),
    stateful_step_count=PER_EXAMPLE,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestProtocol = Protocol.TestCase
