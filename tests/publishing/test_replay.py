"""Traces of the model's steps, taken by the real command: in every store, on both emulators, which take a text twice.

``PUBLISHER_MODEL_TRACES`` says how many traces each store and emulator gets; ``.ci/full`` takes 50.
"""

import os
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.model.state import Entry, Status
from publisher.networks.linkedin.transport import Runtime
from publisher.publishing.marks import Marks
from publisher.sandbox.server import Sandbox
from publisher.state import open_store
from tests.support.otherlinkedin import OtherLinkedIn, Variant
from tests.support.otherlinkedin.answers import problem
from tests.support.otherlinkedin.wire import LOST
from tests.support.project import ProjectDir
from tests.support.repository import start_repository

TRACES = int(os.environ.get("PUBLISHER_MODEL_TRACES", "2"))
STEPS = 14
KEYS = "abc"
TEXTS = [f"Words number {number}, unlike all others: {str(number) * 30}" for number in range(3)]
ANSWERS = ("ok", "ok", "lost", "late", "refused", "killed", "killed sending", "killed late")
WEIGHTS = {"edit": 4, "rename": 2, "swap": 1, "remove": 1, "run": 8, "settle": 2, "back_up": 1, "restore": 1}
PLACES = {
    "file": "publisher.state.json",
    "folder": "publisher.state/",
    "branch": "git+branch:publisher-state",
}


class Killed(BaseException):
    """The process ends at once."""


class OurSandbox:
    """The sandbox that ships with the product."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.member = sandbox, sandbox.member.urn
        self.environ = {
            "PUBLISHER_LINKEDIN_API_URL": sandbox.url,
            "PUBLISHER_LINKEDIN_OAUTH_URL": sandbox.url,
            "LINKEDIN_ACCESS_TOKEN": sandbox.token(),
        }

    def answer(self, kind: str) -> None:
        """Let the next create be answered so."""
        self.sandbox.store.faults.clear()
        fault = {"lost": "drop-after-body", "late": "commit-then-drop", "refused": "error"}.get(kind)
        if fault is not None:
            named = {"status": 403} if fault == "error" else {}
            self.sandbox.fault(fault, resource="ugcPosts", method="CREATE", **named)

    def live(self) -> dict[str, str]:
        """URN -> text of what readers see."""
        return {post.urn: post.text for post in self.sandbox.posts()}

    def begin(self) -> None:
        """Forget earlier posts."""
        self.sandbox.reset()


class TheOther:
    """The emulator that shares nothing with the product."""

    def __init__(self, linkedin: OtherLinkedIn) -> None:
        self.linkedin, self.member = linkedin, linkedin.member
        self.environ = {
            "PUBLISHER_LINKEDIN_API_URL": linkedin.url,
            "PUBLISHER_LINKEDIN_OAUTH_URL": linkedin.oauth_url,
            "LINKEDIN_ACCESS_TOKEN": linkedin.token.value,
        }

    def answer(self, kind: str) -> None:
        """See `OurSandbox.answer`."""
        self.linkedin._planned.clear()
        if kind in ("lost", "late"):
            self.linkedin.lose("ugcPosts.CREATE", LOST[0], commit=kind == "late")
        elif kind == "refused":
            self.linkedin.plan("ugcPosts.CREATE", problem(403, "No"), commit=False)

    def live(self) -> dict[str, str]:
        """See `OurSandbox.live`."""
        return {post.urn: post.text for post in self.linkedin.live()}

    def begin(self) -> None:
        """See `OurSandbox.begin`."""
        self.linkedin.world.posts.clear()


Network = OurSandbox | TheOther


@pytest.fixture(params=["sandbox", "other"])
def network(request: pytest.FixtureRequest) -> Iterator[Network]:
    """Each emulator; both take the same text twice, so that only we keep a post from being twice."""
    if request.param == "sandbox":
        with Sandbox(member_quota=None, app_quota=None, duplicate_window=0) as sandbox:
            yield OurSandbox(sandbox)
    else:
        with OtherLinkedIn(Variant()) as linkedin:
            yield TheOther(linkedin)


@dataclass(frozen=True)
class Real(ProjectDir):
    """A project whose LinkedIn is given by its environment."""

    @property
    def environ(self) -> dict[str, str]:
        """See `ProjectDir.environ`."""
        strange = ("LINKEDIN_", "CI", "PUBLISHER_LINKEDIN")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
        return {**kept, "NO_COLOR": "1", "XDG_STATE_HOME": str(self._machine), **self.env}


@dataclass
class Trace:
    """One project and its steps; ``kill`` says where the process ends in the next run."""

    project: ProjectDir
    network: Network
    place: str
    chance: random.Random
    kill: Callable[[str], None]
    began: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(minutes=1))
    backup: Path | None = None
    taken: list[str] = field(default_factory=list)

    def take(self, kind: str) -> None:
        """Take a step, and look."""
        self.taken.append(kind)
        content = self.project.root / "content"
        files = sorted(content.glob("*.md"))
        on_disk = self.place.startswith("publisher.state")
        match kind:
            case "edit":
                self.project.write(f"content/{self.chance.choice(KEYS)}.md", self.chance.choice(TEXTS) + "\n")
            case "rename" if files:
                self.chance.choice(files).rename(content / f"{self.chance.choice(KEYS)}.md")
            case "swap" if len(files) > 1:
                one, other = self.chance.sample(files, 2)
                first, second = one.read_text(), other.read_text()
                one.write_text(second)
                other.write_text(first)
            case "remove" if files:
                self.chance.choice(files).unlink()
            case "run":
                self.run()
            case "settle":
                self.settle()
            case "back_up" if on_disk and self.state_path.exists():
                self.back_up()
            case "restore" if on_disk and self.backup is not None:
                self.restore(self.backup)
        twice = {text: n for text, n in Counter(self.network.live().values()).items() if n > 1}
        assert not twice, (self.taken, twice)

    @property
    def state_path(self) -> Path:
        return self.project.root / self.place

    def run(self) -> None:
        """Publish, with some answer or end; what was in doubt before is named, or was settled by its mark."""
        answer = self.chance.choice(ANSWERS)
        options = [option for option in ("--allow-replace", "--prune") if self.chance.random() < 0.5]
        self.taken[-1] = " ".join(("run", answer, *options))
        self.network.answer(answer)
        self.kill(answer)
        try:
            with suppress(Killed):
                result = self.project.publisher(
                    "publish", "--max-creates", "9", "--max-deletes", "9", *options
                )
                assert result.code in (0, 1, 3), (self.taken, result.text)
                silent = [name for name in self.pending() if f" {name} " not in result.text]
                assert not silent, (self.taken, silent, result.text)
        finally:
            self.kill("")
            self.network.answer("ok")

    def pending(self) -> dict[str, Entry]:
        """What is in doubt."""
        posts = open_store(self.place, self.project.root).read().posts
        return {name: entry for name, entry in posts.items() if entry.status is Status.PENDING}

    def settle(self) -> None:
        """A person looks at the page and says what is there."""
        live = self.network.live()
        for name, entry in self.pending().items():
            posts = open_store(self.place, self.project.root).read().posts
            known = {other.urn for key, other in posts.items() if key != name}
            old = entry.before.urn if entry.before else entry.urn
            fresh = [u for u, text in live.items() if text == entry.text and u not in known and u != old]
            urn = old if old in live else next(iter(fresh), None)
            words = ["--published", urn] if urn else ["--absent", "--force"]
            result = self.project.publisher("state", "resolve", name, *words)
            assert result.code == 0, (self.taken, result.text)

    def back_up(self) -> None:
        """Keep a copy of the state."""
        self.backup = self.project.root / f"backup{len(self.taken)}"
        (shutil.copytree if self.state_path.is_dir() else shutil.copy2)(self.state_path, self.backup)

    def restore(self, backup: Path) -> None:
        """Put a backup back: a run that lacks something is refused; then a person says so."""
        if self.state_path.is_dir():
            shutil.rmtree(self.state_path)
            shutil.copytree(backup, self.state_path)
        else:
            shutil.copy2(backup, self.state_path)
        self.project.publisher("publish", "--max-creates", "9")
        since = self.began.isoformat(timespec="seconds")
        result = self.project.publisher("state", "restored", "--since", since)
        assert result.code == 0, (self.taken, result.text)


@pytest.mark.postgres
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("store", [*PLACES, "database"])
def test_no_trace_makes_a_text_live_twice(
    tmp_path: Path,
    network: Network,
    store: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database = request.getfixturevalue("database").partition("?")[0] if store == "database" else ""
    kill = kills(monkeypatch)
    for number in range(TRACES):
        root = tmp_path / f"trace{number}"
        (root / "content").mkdir(parents=True)
        network.begin()
        place = PLACES.get(store) or f"{database}?project=trace{number}"
        project = Real(root, None, network.environ)  # type: ignore[arg-type] # its environment is given
        author = f'authors: {{me: {{urn: "{network.member}"}}}}'
        project.write("publisher.yaml", f"{author}\nstate: {place}\non_change: replace\n")
        start_repository(root)
        chance = random.Random(f"{store} {number}")
        trace = Trace(project, network, place, chance, kill)
        for kind in (*chance.choices(list(WEIGHTS), list(WEIGHTS.values()), k=STEPS), "settle"):
            trace.take(kind)


def kills(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let the process end before a request leaves, while it is sent, or before its answer is recorded."""
    now = ""
    sending, created, begin = Marks.sending, Marks.created, Runtime.__init__

    def on_sending(self: Marks, attempt: str) -> None:
        if now == "killed":
            raise Killed
        sending(self, attempt)
        if now == "killed sending":
            raise Killed

    def on_created(self: Marks, *facts: Any) -> None:
        if now == "killed late":
            raise Killed
        created(self, *facts)

    def kill(kind: str) -> None:
        nonlocal now
        now = kind

    monkeypatch.setattr(Marks, "sending", on_sending)
    monkeypatch.setattr(Marks, "created", on_created)
    quick = {"sleep": lambda _: None}
    monkeypatch.setattr(Runtime, "__init__", lambda self, **given: begin(self, **quick | given))
    return kill
