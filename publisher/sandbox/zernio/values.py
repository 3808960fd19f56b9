"""What the emulated service remembers; fields are JSON types, times are epoch seconds."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ZernioAccount:
    """A connected account on one platform."""

    id: str
    platform: str
    username: str
    display_name: str
    profile: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class ZernioPost:
    """A post; ``targets`` are its entries per account, with their own status. ``body`` is what was sent."""

    id: str
    body: dict[str, Any]
    status: str
    targets: list[dict[str, Any]]
    created_at: float
    scheduled_for: float = 0.0
    updated_at: float = 0.0
    fingerprints: list[str] = field(default_factory=list)
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class ZernioKey:
    """An idempotency key or a request id, with the post that it made."""

    post: str
    expires_at: float
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class ZernioFile:
    """A file that a presigned address was given for; ``file`` is empty until its bytes came."""

    key: str
    content_type: str
    expires_at: float
    file: str = ""
