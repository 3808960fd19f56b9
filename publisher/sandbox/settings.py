"""What can be set about a sandbox when it starts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The rules of one sandbox; the defaults are LinkedIn's own, as far as they are known.

    Quotas are requests a UTC day (None: no limit); times are seconds. ``ghosts`` makes a duplicate's answer name a
    post that doesn't exist, as LinkedIn sometimes does. ``recorded`` is how many exchanges the record keeps.
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
    single_upload_limit: int = 209_715_200
    recorded: int = 100_000
