"""The network in docs/adding-a-network.md is published on by the engine."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.model.config import Config
from publisher.model.plan import Action, Plan
from publisher.model.post import Author
from publisher.model.state import State, Status
from publisher.networks.gateway import CopyGateway
from publisher.networks.registry import FACTS
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.publishing.due import Publishable, Published, Services, publish_due
from publisher.publishing.receipts import Outcome
from publisher.state.edits import Edit, apply_edits
from tests.support.copies import NOW, post

PAGE = Path(__file__).parents[2] / "docs" / "adding-a-network.md"
TOY: Any = "toy"
AUTHOR = Author("toy-account", "toy", network=TOY)
CONFIG = Config(authors={"toy": AUTHOR})


@dataclass
class Memory:
    """A state in memory; every write is durable."""

    state: State = field(default_factory=State)

    def write(self, *edits: Edit) -> State:
        self.state = apply_edits(self.state, edits)
        return self.state

    def verify(self) -> None:
        """This memory is never lost."""


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the page defines; its network is known to planning."""
    (source,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    found: dict[str, Any] = {"__name__": "toy"}
    exec(compile(source, str(PAGE), "exec"), found)
    facts = replace(FACTS["bluesky"], network=TOY, label=lambda _: "Toy", traits=lambda _: found["TRAITS"])
    monkeypatch.setitem(FACTS, TOY, facts)  # type: ignore[arg-type]
    return found


def publish(memory: Memory, gateway: Any, now: datetime = NOW, text: str = "Words.") -> Published:
    """One run."""
    posts = [post(text, author=AUTHOR)]

    def plan(state: State, at: datetime, options: PlanOptions) -> Plan:
        return make_plan(posts, state, CONFIG, at, options)

    connect: Callable[..., Any] = lambda *_: None  # noqa: E731 - nothing goes to LinkedIn
    services = Services(lambda _: "", connect, str, now=lambda: now, connect_copy=lambda *_: gateway)
    return publish_due(Publishable(posts, CONFIG, plan), memory, services)  # type: ignore[arg-type]


def test_it_is_published_once(names: dict[str, Any]) -> None:
    posts: dict[str, str] = {}
    memory, gateway = Memory(), names["ToyGateway"](posts)
    assert [receipt.outcome for receipt in publish(memory, gateway).receipts] == [Outcome.DONE]
    assert publish(memory, gateway).receipts == ()
    (entry,) = memory.state.posts.values()
    assert (entry.network, entry.author, list(posts.values())) == ("toy", "toy-account", ["Words."])


def test_a_lost_answer_settles_itself(names: dict[str, Any]) -> None:
    posts: dict[str, str] = {}
    memory, gateway = Memory(), names["ToyGateway"](posts, lost=1)
    assert [receipt.outcome for receipt in publish(memory, gateway).receipts] == [Outcome.UNKNOWN]
    again = publish(memory, gateway, NOW + timedelta(hours=9))
    assert [receipt.outcome for receipt in again.receipts] == [Outcome.ADOPTED]
    assert len(posts) == 1


@pytest.mark.parametrize(("minutes", "status"), [(9, Status.PUBLISHED), (11, Status.PENDING)])
def test_what_is_absent_is_repeated_in_time_only(names: dict[str, Any], minutes: int, status: Status) -> None:
    posts: dict[str, str] = {}
    memory, gateway = Memory(), names["ToyGateway"](posts, lost=1)
    publish(memory, gateway)
    posts.clear()
    again = publish(memory, gateway, NOW + timedelta(minutes=minutes))
    (entry,) = memory.state.posts.values()
    assert (entry.status, len(posts)) == (status, int(status is Status.PUBLISHED))
    assert (Action.UNKNOWN in {line.action for line in again.plan.changes}) is (status is Status.PENDING)


def test_another_account_is_sent_nothing(names: dict[str, Any]) -> None:
    posts: dict[str, str] = {}
    gateway = names["ToyGateway"](posts)
    gateway.identity = "somebody-else"
    (receipt,) = publish(Memory(), gateway).receipts
    assert (receipt.outcome, receipt.code, posts) == (Outcome.FAILED, "OTHER_ACCOUNT", {})


def test_it_has_every_method_of_a_gateway(names: dict[str, Any]) -> None:
    wanted = {name for name in vars(CopyGateway) if not name.startswith("_")}
    assert wanted <= set(dir(names["ToyGateway"]))


def test_the_page_names_the_modules_of_every_network() -> None:
    text = PAGE.read_text(encoding="utf-8")
    packages = PAGE.parents[1] / "publisher" / "networks"
    for name in ("facts.py", "limits.py", "encoder.py", "client.py", "open_gateway.py"):
        assert f"`{name}`" in text
        assert all((packages / network / name).is_file() for network in ("bluesky", "mastodon", "zernio"))
