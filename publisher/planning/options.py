"""The permissions of a run, from the command line or a saved plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """``keys`` narrows the plan (empty: everything) to documents, by their key, or to copies, by their name.

    ``authors`` narrows it by alias or identity. ``max_creates`` and ``max_deletes`` override the settings.
    ``identities`` maps aliases to what the networks said of accounts whose identity is provisional.
    ``unpublish`` are keys whose live posts are deleted although their files are there.

    ``details`` says whether the plan carries payloads, and the digests by which a saved one is found stale;
    without, they are None and empty. Reports for people show neither. ``assigned_at`` is when slots are
    assigned (None: when the plan is for), for plans of a time to come. ``budget`` says whether creates are
    held back that today's requests don't suffice for.
    """

    keys: frozenset[str] = frozenset()
    prune: bool = False
    allow_replace: bool = False
    max_creates: int | None = None
    max_deletes: int | None = None
    unpublish: frozenset[str] = frozenset()
    details: bool = True
    budget: bool = True
    assigned_at: datetime | None = None
    authors: frozenset[str] = frozenset()
    identities: Mapping[str, str] = field(default_factory=dict)
