"""Settle a create whose outcome was never learned: look, then adopt it, repeat it, or leave it to a person."""

from datetime import datetime

from publisher.networks.gateway import CopyGateway, Created, Frozen, Step, next_step


def settle(gateway: CopyGateway, frozen: Frozen, started_at: datetime, now: datetime) -> Created | Step:
    """Return the post of an unknown create, or the step that remains: `Step.WAIT` or `Step.ASK`.

    ``started_at`` is the time of the intent, which was written before the first request left. A repetition sends the
    frozen request; it raises like `CopyGateway.create`, and then the outcome stays unknown.
    """
    found = gateway.find(frozen, started_at)
    if isinstance(found, Created):
        return found
    step = next_step(gateway.traits, found, now - started_at)
    return gateway.create(frozen) if step is Step.REPEAT else step
