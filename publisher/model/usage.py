"""What was used of LinkedIn's daily budgets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

APP = ""
"""The owner of the whole app's budget; every other owner is a member."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What is known of a UTC day: requests sent so far by owner, and until when LinkedIn has limited an owner."""

    requests: Mapping[str, int] = field(default_factory=dict)
    closed: Mapping[str, datetime] = field(default_factory=dict)
