"""The state is checked again before each create."""

from dataclasses import dataclass
from typing import Any

from publisher.errors import StateError
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.publishing.due import Publishable, Services, publish_due
from publisher.publishing.receipts import Outcome
from tests.publishing.test_model import CONFIG, Memory, Server
from tests.support.posts import NOW, make_post


@dataclass
class Lost(Memory):
    """A state that is found to be lost when it is checked for the third time: before the second create."""

    checks: int = 0

    def verify(self) -> None:
        self.checks += 1
        if self.checks > 2:
            raise StateError("The state lacks something.")


def test_a_state_that_is_lost_during_a_run_ends_it_before_the_next_create() -> None:
    posts, server, session = [make_post("a"), make_post("b")], Server(), Lost()

    def plan(state: Any, now: Any, options: Any) -> Any:
        return make_plan(posts, state, CONFIG, now, options)

    services = Services(
        lambda _: "",
        lambda _tokens, _guard: server,  # type: ignore[arg-type, return-value]
        lambda urn: urn,
        now=lambda: NOW,
    )
    options = PlanOptions(details=False, budget=False)
    receipts = publish_due(Publishable(posts, CONFIG, plan), session, services, options).receipts
    assert list(server.live.values()) == ["The text of a."]
    assert [(receipt.key, receipt.outcome) for receipt in receipts] == [
        ("a", Outcome.DONE),
        ("b", Outcome.FAILED),
    ]
