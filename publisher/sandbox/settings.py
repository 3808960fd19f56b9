"""The settings of a sandbox: quotas, windows, and how lenient it is."""

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Settings:
    """The rules of one sandbox; the defaults are LinkedIn's own, as far as they are known.

    Quotas are requests a UTC day (None: no limit); times are seconds. ``ghosts`` makes a duplicate's answer
    name a post that doesn't exist, as LinkedIn sometimes does. ``strict_uploads`` refuses a token at a
    video's upload address, and an upload without the headers that registering it asked for; LinkedIn
    documents both, and is seen to let them pass. ``auto_consent`` skips the authorization page, as its first
    member. ``recorded`` is how many requests the request log keeps. ``bluesky_image_limit`` is 1,000,000
    bytes on older servers and 2,000,000 on newer ones. ``mastodon_characters`` is the longest status of the
    Mastodon server.

    The leniency settings decide what LinkedIn's documentation leaves open. ``token_query`` takes parameters
    of the token endpoint from the query, ``token_get`` takes ``GET`` there. ``raw_urns`` takes URNs in paths
    without percent-encoding. ``media_in_duplicates`` lets the same text pass with other media. ``versions``
    names the living versions (``202609,202610``, or ``any``); empty, the clock decides.
    """

    seed: int = 1
    # learn.microsoft.com, Share on LinkedIn, read 2026: 150 requests a member and 100,000 an app per UTC
    # day.
    member_quota: int | None = 150
    app_quota: int | None = 100_000
    # learn.microsoft.com, UGC Post API, read 2026-06: an equal text is a duplicate for ten minutes.
    duplicate_window: float = 600.0
    media_in_duplicates: bool = False
    ghosts: bool = False
    processing: float = 0.0
    text_limit: int = 3_000
    comments_per_minute: int = 2
    token_lifetime: int = 5_183_999
    # learn.microsoft.com, Programmatic Refresh Tokens, read 2026-09: 365 days from the first issue.
    refresh_lifetime: int = 31_536_000
    code_lifetime: int = 1_800
    upload_lifetime: int = 2_592_000
    part_size: int = 4_194_304
    strict_uploads: bool = False
    auto_consent: bool = False
    token_query: bool = True
    token_get: bool = False
    raw_urns: bool = False
    versions: str = ""
    bluesky_image_limit: int = 1_000_000
    # docs.joinmastodon.org, read 2026-07: the default. Each server may have another limit.
    mastodon_characters: int = 500
    # A long test run fits. The oldest entries are dropped first.
    recorded: int = 100_000


def read_setting(name: str, value: Any) -> tuple[str, Any]:
    """Return a setting's name and its value, in its type. Raise ValueError, naming what there is."""
    known = {item.name: item for item in fields(Settings)}
    if name not in known:
        raise ValueError(f"unknown setting {name!r}; one of {', '.join(known)}")
    default = known[name].default
    if isinstance(default, bool):
        return name, _flag(name, value)
    if isinstance(default, str):
        return name, _versions(value)
    if value is None or str(value).lower() in {"none", "unlimited"}:
        if name not in {"member_quota", "app_quota"}:
            raise ValueError(f"{name} needs a number")
        return name, None
    try:
        number = float(value) if isinstance(default, float) else int(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} needs a number, not {value!r}") from None
    if number < 0:
        raise ValueError(f"{name} can't be negative")
    return name, number


def parse_setting(text: str) -> tuple[str, Any]:
    """Read ``NAME=VALUE`` from a command line. Raise ValueError."""
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"{text!r} is not NAME=VALUE")
    return read_setting(name.strip(), value.strip())


def _versions(value: Any) -> str:
    text = str(value).replace(" ", "")
    if text not in {"", "any"} and not all(len(item) == 6 and item.isdigit() for item in text.split(",")):
        raise ValueError(f"versions is any, or a list such as 202609,202610, not {value!r}")
    return text


_WORDS = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}


def _flag(name: str, value: Any) -> bool:
    word = str(value).lower()
    if word not in _WORDS:
        raise ValueError(f"{name} is true or false, not {value!r}")
    return _WORDS[word]
