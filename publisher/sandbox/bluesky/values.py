"""What the emulated PDS remembers.

Values are frozen and consist of JSON types only, so that they can be kept.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class BlueskyAccount:
    """An account; ``passwords`` are its app passwords by name. ``handle`` may change, ``did`` never does."""

    did: str
    handle: str
    name: str = ""
    email: str = ""
    email_confirmed: bool = True
    passwords: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token's id. After a refresh, ``next_id`` is its successor's, and a grace period remains."""

    jti: str
    did: str
    password: str
    expires_at: float
    next_id: str = ""
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class RepoRecord:
    """A record of a repository; ``order`` grows with each write. Times are epoch milliseconds."""

    uri: str
    did: str
    collection: str
    rkey: str
    cid: str
    value: dict[str, Any]
    written_at: int
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """An uploaded blob; ``file`` is its name in the folder of uploads."""

    did: str
    cid: str
    mime_type: str
    size: int
    file: str


@dataclass(frozen=True, slots=True)
class VideoJob:
    """A video that the service is processing until ``ready_at`` (epoch seconds)."""

    id: str
    did: str
    ready_at: float
    failed: bool
    blob: dict[str, Any]
