"""What the sandbox remembers, as values: people, apps, tokens, posts, media and comments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

# The scopes of the self-serve products (learn.microsoft.com, Increasing access, read 2026-09).
SELF_SERVE = ("openid", "profile", "email", "w_member_social")
"""The scopes any developer gets: Sign In with LinkedIn and Share on LinkedIn."""

# The scopes of the Community Management API (learn.microsoft.com, Increasing access, read 2026-09).
COMMUNITY = (
    "r_basicprofile",
    "r_organization_social",
    "r_organization_followers",
    "r_organization_social_feed",
    "r_1st_connections_size",
    "rw_organization_admin",
    "w_member_social",
    "w_member_social_feed",
    "w_organization_social",
    "w_organization_social_feed",
)
"""The scopes of a Community Management app, which are vetted."""

PRODUCTS: Mapping[str, tuple[str, ...]] = {
    "sign-in": ("openid", "profile", "email"),
    "share": ("w_member_social",),
    "community": COMMUNITY,
    "analytics": ("r_member_postAnalytics", "r_member_profileAnalytics"),
    "legacy": ("r_liteprofile", "r_emailaddress"),
}
"""LinkedIn's products by short names, with their scopes: Sign In with LinkedIn using OpenID Connect, Share on LinkedIn,
Community Management, the member analytics that need a review, and the Sign In that was retired in 2023-08."""

# The roles that may post for a page (learn.microsoft.com, Posts API, read 2026-01).
POSTING_ROLES = frozenset({"ADMINISTRATOR", "CONTENT_ADMIN", "DIRECT_SPONSORED_CONTENT_POSTER"})
"""The page roles that may post for an organization."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person. ``id`` is opaque and ten characters; ``picture`` is a URL or empty."""

    id: str
    given_name: str
    family_name: str
    email: str = ""
    headline: str = ""
    picture: str = ""
    country: str = "US"
    language: str = "en"

    @property
    def urn(self) -> str:
        """Return ``urn:li:person:<id>``."""
        return f"urn:li:person:{self.id}"

    @property
    def name(self) -> str:
        """Return given and family name."""
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True, slots=True)
class Organization:
    """A page. ``roles`` maps a member's URN to the role held on it, such as ``ADMINISTRATOR``."""

    id: str
    name: str
    headline: str = ""
    logo: str = ""
    vanity_name: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)

    @property
    def urn(self) -> str:
        """Return ``urn:li:organization:<id>``."""
        return f"urn:li:organization:{self.id}"


@dataclass(frozen=True, slots=True)
class App:
    """A developer's application. ``refresh`` says whether its tokens come with refresh tokens.

    ``scopes`` are what its products give, unless they are named one by one.
    """

    client_id: str
    client_secret: str
    name: str
    scopes: tuple[str, ...] = ()
    redirect_uris: tuple[str, ...] = ()
    refresh: bool = False
    products: tuple[str, ...] = ("sign-in", "share")

    def __post_init__(self) -> None:
        if unknown := set(self.products) - set(PRODUCTS):
            raise ValueError(f"unknown product {min(unknown)!r}; one of {', '.join(PRODUCTS)}")
        if "community" in self.products and len(self.products) > 1:
            raise ValueError("the Community Management product needs an app of its own")
        if not self.scopes:
            # dict, not set: the order is what the authorization page shows
            granted = dict.fromkeys(scope for product in self.products for scope in PRODUCTS[product])
            object.__setattr__(self, "scopes", tuple(granted))


@dataclass(frozen=True, slots=True)
class Token:
    """An access token of one member for one app.

    Times are epoch seconds. ``refresh`` is its refresh token.
    """

    value: str
    client_id: str
    member: str
    scopes: tuple[str, ...]
    created_at: float
    expires_at: float
    revoked: bool = False
    refresh: str = ""
    refresh_expires_at: float = 0.0


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """An authorization code and its grant.

    ``challenge`` is PKCE's, or empty. Times are epoch seconds.
    """

    code: str
    client_id: str
    member: str
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str
    expires_at: float


@dataclass(frozen=True, slots=True)
class Attribute:
    """A mention in a post's text: ``start`` and ``length`` in UTF-16 units, and the URN it points to."""

    start: int
    length: int
    urn: str


@dataclass(frozen=True, slots=True)
class Post:
    """A post as readers see it, and what was sent.

    ``text`` is what LinkedIn shows; ``sent_text`` is what arrived (they differ where little text was cut).
    ``content`` is API-neutral: ``{"media": [{"urn", "alt", "title"}]}``, ``{"article": {…}}``, ``{"poll":
    {…}}`` or ``{"reshare": {"parent": urn}}``; empty for a text post. ``api`` is ``ugcPosts`` or ``posts``;
    times are epoch milliseconds; ``activity`` is the URN that comments are hung on, ``app`` the client id of
    the app that posted.
    """

    urn: str
    activity: str
    author: str
    api: str
    text: str
    sent_text: str
    visibility: str
    created_at: int
    content: Mapping[str, Any] = field(default_factory=dict)
    attributes: tuple[Attribute, ...] = ()
    payload: Mapping[str, Any] = field(default_factory=dict)
    lifecycle: str = "PUBLISHED"
    edited_at: int | None = None
    deleted_at: int | None = None
    invisible: bool = False
    app: str = ""

    @property
    def shown(self) -> bool:
        """Return whether readers see it."""
        return self.deleted_at is None and not self.invisible and self.lifecycle == "PUBLISHED"


class MediaStatus(StrEnum):
    """How far an upload has come."""

    WAITING_UPLOAD = "WAITING_UPLOAD"
    PROCESSING = "PROCESSING"
    AVAILABLE = "AVAILABLE"
    PROCESSING_FAILED = "PROCESSING_FAILED"


@dataclass(frozen=True, slots=True)
class Part:
    """A range of an upload, both bounds inclusive, and the ETag given for the bytes that came."""

    first: int
    last: int
    etag: str = ""


@dataclass(frozen=True, slots=True)
class StoredMedia:
    """An asset, image, video or document. ``kind`` is ``image``, ``video`` or ``document``.

    ``path`` is the file with the bytes, None until they came (or where a fault lost them). ``ready_at`` is
    the epoch second at which processing ends; ``failed`` says that it ends badly, ``failure`` why.
    """

    urn: str
    kind: str
    owner: str
    api: str
    created_at: int
    upload_key: str
    mime_type: str = "application/octet-stream"
    path: Path | None = None
    size: int = 0
    sha256: str = ""
    parts: tuple[Part, ...] = ()
    declared_size: int = 0
    uploaded_at: float | None = None
    ready_at: float = 0.0
    failed: bool = False
    upload_token: str = ""
    recipe: str = ""
    upload_expires_at: float = 0.0
    failure: str = ""

    def status(self, now: float) -> MediaStatus:
        """Return the state at ``now`` (epoch seconds)."""
        if self.uploaded_at is None:
            return MediaStatus.WAITING_UPLOAD
        if now < self.ready_at:
            return MediaStatus.PROCESSING
        return MediaStatus.PROCESSING_FAILED if self.failed else MediaStatus.AVAILABLE

    def read(self) -> bytes:
        """Return the bytes. It is empty if none are kept."""
        return self.path.read_bytes() if self.path else b""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment under ``post``; ``parent`` is the URN of the comment it replies to, or empty. Time in ms."""

    urn: str
    id: str
    post: str
    author: str
    text: str
    created_at: int
    parent: str = ""
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """Something readers would notice: ``kind`` is post, update, delete, comment or reset."""

    number: int
    kind: str
    urn: str
