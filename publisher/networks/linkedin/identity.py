"""Who a token belongs to: ``/v2/userinfo``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from publisher.networks.linkedin.transport import Transport
from publisher.networks.linkedin.uploads import malformed
from publisher.networks.messages import Request


@dataclass(frozen=True, slots=True)
class Identity:
    """A member as one app knows them.

    The URN differs from app to app. ``locale`` is like ``en-US`` or empty.
    """

    urn: str
    name: str = ""
    email: str = ""
    locale: str = ""


def read_identity(transport: Transport, token: str) -> Identity:
    """Return the token's member. Raise `Forbidden` if ``openid`` and ``profile`` were not granted."""
    request = Request("GET", f"{transport.url}/v2/userinfo", token=token)
    document = transport.safe(request).document
    sub = document.get("sub")
    if not isinstance(sub, str) or not sub:
        raise malformed("member id")
    return Identity(
        # the sub alone is documented; some emulators give the URN
        urn=sub if sub.startswith("urn:li:person:") else f"urn:li:person:{sub}",
        name=_text(document, "name"),
        email=_text(document, "email"),
        locale=_locale(document.get("locale")),
    )


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) else ""


def _locale(value: Any) -> str:
    """Return a locale as text. LinkedIn documents a string and sends an object."""
    if isinstance(value, Mapping):
        return "-".join(str(value[name]) for name in ("language", "country") if value.get(name))
    return value if isinstance(value, str) else ""
