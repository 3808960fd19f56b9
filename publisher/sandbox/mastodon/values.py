"""What the emulated Mastodon server remembers; fields are JSON types."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class MastodonAccount:
    """An account of this server."""

    id: str
    username: str
    display_name: str
    created_at: float


@dataclass(frozen=True, slots=True)
class MastodonToken:
    """An access token, or (with ``code``) the authorization code that becomes one."""

    value: str
    account: str
    client_id: str
    scopes: list[str]
    created_at: float
    revoked: bool = False
    code: str = ""
    redirect_uri: str = ""


@dataclass(frozen=True, slots=True)
class MastodonApp:
    """A registered client."""

    client_id: str
    client_secret: str
    name: str
    redirect_uris: list[str]
    scopes: list[str]


@dataclass(frozen=True, slots=True)
class Attachment:
    """An uploaded file; it is processed until ``ready_at`` (epoch seconds)."""

    id: str
    account: str
    kind: str
    mime_type: str
    file: str
    size: int
    description: str
    ready_at: float
    failed: bool = False
    status: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """A status, or (with ``scheduled_at``) one that waits. Times are epoch seconds."""

    id: str
    account: str
    text: str
    spoiler_text: str
    visibility: str
    language: str
    sensitive: bool
    created_at: float
    in_reply_to_id: str = ""
    media: list[str] = field(default_factory=list)
    poll: dict[str, Any] = field(default_factory=dict)
    edited_at: float = 0.0
    scheduled_at: float = 0.0
    deleted: bool = False
    application: str = ""


@dataclass(frozen=True, slots=True)
class StoredKey:
    """An idempotency key with the status that it made."""

    status: str
    expires_at: float
