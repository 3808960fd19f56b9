"""What the sandbox remembers, as the JSON that its control endpoints show."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from publisher.sandbox.store import Store
from publisher.sandbox.values import App, Comment, Member, Organization, Post, StoredMedia, Token


def member_view(member: Member) -> dict[str, Any]:
    """Return a member as JSON."""
    return {"urn": member.urn, **asdict(member)}


def organization_view(organization: Organization) -> dict[str, Any]:
    """Return a page as JSON."""
    return {"urn": organization.urn, **asdict(organization)}


def app_view(app: App) -> dict[str, Any]:
    """Return an app as JSON, its secret included: it guards nothing."""
    return asdict(app)


def token_view(token: Token, now: float) -> dict[str, Any]:
    """Return a token as JSON."""
    status = "revoked" if token.revoked else "expired" if token.expires_at <= now else "active"
    return {
        "token": token.value,
        "app": token.client_id,
        "member": token.member,
        "scopes": list(token.scopes),
        "status": status,
        "expires_at": time_text(token.expires_at),
    }


def upload_view(upload: StoredMedia, now: float) -> dict[str, Any]:
    """Return an upload as JSON, without its bytes."""
    return {
        "urn": upload.urn,
        "kind": upload.kind,
        "owner": upload.owner,
        "status": upload.status(now).value,
        "mime_type": upload.mime_type,
        "size": upload.size,
        "sha256": upload.sha256,
    }


def post_json(post: Post, store: Store) -> dict[str, Any]:
    """Return a post as JSON: what readers see, what was sent, and its comments."""
    document = {name: value for name, value in asdict(post).items() if name != "payload"}
    return {
        **document,
        "visible": store.visible(post),
        "comments": [comment_view(comment) for comment in store.comments(post.urn)],
    }


def comment_view(comment: Comment) -> dict[str, Any]:
    """Return a comment as JSON."""
    return asdict(comment)


def time_text(seconds: float) -> str:
    """Return epoch seconds as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
