"""Keep the reason of a refusal, so that `publisher status` can show it later."""

from collections.abc import Iterable
from datetime import datetime

from publisher.errors import ApiError
from publisher.model.state import Failure, State, split_name
from publisher.networks.redaction import redact
from publisher.state.edits import FailureEdit

_LONGEST = 300
"""Characters of a reason that are kept: the state is read in pull requests."""


def failure_of(error: ApiError, now: datetime) -> Failure:
    """Return the failure that an error stands for. Its message is one line without secrets."""
    message = " ".join(redact(error.message).split())
    if len(message) > _LONGEST:
        message = message[: _LONGEST - 1] + "…"
    return Failure(now.replace(microsecond=0), error.code or str(error.status or ""), message)


def forgotten(state: State, keys: Iterable[str]) -> tuple[FailureEdit, ...]:
    """Return the edits that forget failures of posts that are gone. ``keys`` are the existing posts."""
    there = set(keys) | state.posts.keys()
    return tuple(
        FailureEdit(key, None)
        for key in sorted(state.failures)
        if key not in there and split_name(key).key not in there
    )
