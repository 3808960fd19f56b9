"""How an unknown create goes on, by what the network can do."""

from datetime import timedelta

import pytest

from publisher.networks.bluesky.limits import TRAITS
from publisher.networks.gateway import Created, Missing, Step, next_step
from publisher.networks.mastodon.limits import InstanceLimits, read_limits, traits

MASTODON = traits(InstanceLimits())
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("network", "found", "age", "step"),
    [
        (TRAITS, Created("at://x", ""), 99 * MINUTE, Step.ADOPT),
        (TRAITS, Missing.ABSENT, 0 * MINUTE, Step.REPEAT),
        (TRAITS, Missing.UNCERTAIN, 15 * MINUTE, Step.REPEAT),
        (TRAITS, Missing.ABSENT, 16 * MINUTE, Step.ASK),
        (TRAITS, Missing.ABSENT, -MINUTE, Step.ASK),
        (MASTODON, Created("1", ""), 99 * MINUTE, Step.ADOPT),
        (MASTODON, Missing.ABSENT, MINUTE / 2, Step.WAIT),
        (MASTODON, Missing.ABSENT, MINUTE, Step.REPEAT),
        (MASTODON, Missing.UNCERTAIN, MINUTE, Step.ASK),
        (MASTODON, Missing.ABSENT, 51 * MINUTE, Step.ASK),
    ],
)
def test_steps(network: object, found: object, age: timedelta, step: Step) -> None:
    assert next_step(network, found, age) is step  # type: ignore[arg-type]


def test_limits_of_a_server_that_says_odd_things() -> None:
    assert read_limits({}) == InstanceLimits()
    odd = {"configuration": {"statuses": {"max_characters": "many", "characters_reserved_per_url": -1}}}
    assert read_limits(odd) == InstanceLimits()
    assert read_limits({"configuration": {"statuses": {"max_characters": 5000}}}).characters == 5_000


def test_a_url_has_a_fixed_length() -> None:
    limits = InstanceLimits()
    assert limits.length("see https://acme.dev/a/very/long/path?with=query.") == 4 + 23 + 1
    assert limits.length("@mira@hachyderm.io!") == len("@mira!")
    assert limits.length("\U0001f468\u200d\U0001f469", spoiler="ab") == 3
