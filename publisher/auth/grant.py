"""A grant of LinkedIn to an app for a member, as a value that never shows its secrets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Grant:
    """An access token and what is known of it. Times are UTC; ``scopes`` are sorted.

    ``author`` is the URN it posts as, ``name`` the member's; ``refresh_token`` only some apps get.
    ``oauth_url`` is the address that issued it, and the only one to which it is sent for a refresh.
    """

    author: str
    access_token: str = field(repr=False)
    expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()
    client_id: str = ""
    name: str = ""
    refresh_token: str | None = field(default=None, repr=False)
    refresh_expires_at: datetime | None = None
    oauth_url: str = ""

    @property
    def ends_at(self) -> datetime | None:
        """The time of the next login: with a refresh token, not before that one ends."""
        if self.refresh_token is None or self.expires_at is None:
            return self.expires_at
        return max(self.expires_at, self.refresh_expires_at or self.expires_at)

    def facts(self) -> dict[str, Any]:
        """Everything but the secrets, for the private file."""
        return {
            "author": self.author,
            "client_id": self.client_id,
            "expires_at": _text(self.expires_at),
            "name": self.name,
            "oauth_url": self.oauth_url,
            "refresh_expires_at": _text(self.refresh_expires_at),
            "refreshable": self.refresh_token is not None,
            "scopes": list(self.scopes),
        }

    def secrets(self) -> dict[str, str]:
        """Return the secrets alone."""
        found = {"access_token": self.access_token}
        return found | ({"refresh_token": self.refresh_token} if self.refresh_token else {})


def read_grant(facts: Mapping[str, Any], secrets: Mapping[str, Any]) -> Grant:
    """Return the grant of what `Grant.facts` and `Grant.secrets` gave. Raise ValueError if it is none."""
    try:
        refresh = secrets.get("refresh_token")
        return Grant(
            author=str(facts["author"]),
            access_token=str(secrets["access_token"]),
            expires_at=read_time(facts.get("expires_at")),
            scopes=tuple(str(scope) for scope in facts.get("scopes", ())),
            client_id=str(facts.get("client_id", "")),
            name=str(facts.get("name", "")),
            refresh_token=None if refresh is None else str(refresh),
            refresh_expires_at=read_time(facts.get("refresh_expires_at")),
            oauth_url=str(facts.get("oauth_url", "")),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"{error} is missing or wrong") from None


def read_time(text: Any) -> datetime | None:
    """Return a time as `Grant.facts` writes it; None stays None. Raise ValueError."""
    if text is None:
        return None
    return datetime.fromisoformat(str(text)).astimezone(UTC)


def _text(time: datetime | None) -> str | None:
    return None if time is None else time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
