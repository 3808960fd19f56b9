"""The network in docs/adding-a-network.md works with the engine's rule."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.errors import OutcomeUnknown
from publisher.networks.gateway import CopyGateway, Created, Step
from publisher.networks.settling import settle
from tests.support.copies import NOW, post

PAGE = Path(__file__).parents[2] / "docs" / "adding-a-network.md"


@pytest.fixture
def toy() -> Any:
    """The class in the page."""
    (source,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    names: dict[str, Any] = {"__name__": "toy"}
    exec(compile(source, str(PAGE), "exec"), names)
    return names["ToyGateway"]


def test_a_lost_answer_settles_itself(toy: Any) -> None:
    posts: dict[str, str] = {}
    gateway = toy(posts, lost=1)
    frozen = gateway.freeze(post(), NOW, {})
    with pytest.raises(OutcomeUnknown):
        gateway.create(frozen)
    assert isinstance(settle(gateway, frozen, NOW, NOW + timedelta(hours=9)), Created)
    assert len(posts) == 1


def test_what_is_absent_is_repeated_in_time_only(toy: Any) -> None:
    gateway = toy({})
    frozen = gateway.freeze(post(), NOW, {})
    assert settle(gateway, frozen, NOW, NOW + timedelta(minutes=11)) is Step.ASK
    assert isinstance(settle(gateway, frozen, NOW, NOW + timedelta(minutes=9)), Created)


def test_it_has_every_method_of_a_gateway(toy: Any) -> None:
    wanted = {name for name in vars(CopyGateway) if not name.startswith("_")}
    assert wanted <= set(dir(toy))
