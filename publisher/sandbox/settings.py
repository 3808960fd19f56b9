"""What can be set about a sandbox when it starts."""

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Settings:
    """The rules of one sandbox; the defaults are LinkedIn's own, as far as they are known.

    Quotas are requests a UTC day (None: no limit); times are seconds. ``ghosts`` makes a duplicate's answer name a
    post that doesn't exist, as LinkedIn sometimes does. ``strict_uploads`` refuses a token at a video's upload address,
    and an upload without the headers that registering it asked for; LinkedIn documents both, and is seen to let them
    pass. ``auto_consent`` skips the authorization page, as its first member. ``recorded`` is how many exchanges the
    record keeps.
    """

    seed: int = 1
    member_quota: int | None = 150
    app_quota: int | None = 100_000
    duplicate_window: float = 600.0
    ghosts: bool = False
    processing: float = 0.0
    text_limit: int = 3_000
    comments_per_minute: int = 2
    token_lifetime: int = 5_183_999
    refresh_lifetime: int = 31_536_000
    code_lifetime: int = 1_800
    upload_lifetime: int = 2_592_000
    part_size: int = 4_194_304
    strict_uploads: bool = False
    auto_consent: bool = False
    recorded: int = 100_000


def read_setting(name: str, value: Any) -> tuple[str, Any]:
    """A setting's name and its value, in its type. Raises ValueError, naming what there is."""
    known = {item.name: item for item in fields(Settings)}
    if name not in known:
        raise ValueError(f"unknown setting {name!r}; one of {', '.join(known)}")
    default = known[name].default
    if isinstance(default, bool):
        return name, _flag(name, value)
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
    """``NAME=VALUE`` from a command line. Raises ValueError."""
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"{text!r} is not NAME=VALUE")
    return read_setting(name.strip(), value.strip())


def _flag(name: str, value: Any) -> bool:
    words = {
        "true": True,
        "yes": True,
        "on": True,
        "1": True,
        "false": False,
        "no": False,
        "off": False,
        "0": False,
    }
    if str(value).lower() not in words:
        raise ValueError(f"{name} is true or false, not {value!r}")
    return words[str(value).lower()]
