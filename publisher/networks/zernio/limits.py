"""What each platform takes through Zernio: the OpenAPI file 1.374.0 of `zernio-sdk` 1.4.1385 (2026-11-24)."""

from datetime import timedelta

from publisher.networks.gateway import Traits

# Characters of a post by platform.
LENGTHS = {
    "twitter": 280,
    "threads": 500,
    "bluesky": 300,
    "linkedin": 3_000,
    "instagram": 2_200,
    # Meta's own limit (observed). The OpenAPI file gives none.
    "facebook": 63_206,
    "tiktok": 2_200,
    "youtube": 5_000,
    "pinterest": 800,
    "reddit": 40_000,
    "telegram": 4_096,
    "discord": 2_000,
    "slack": 40_000,
    "googlebusiness": 1_500,
    "snapchat": 160,
}
"""Characters by platform. Platforms whose length is not documented have a value above what readers see."""

_EDITABLE = frozenset(
    {
        "discord",
        "facebook",
        "reddit",
        "linkedin",
        "telegram",
        "pinterest",
        "googlebusiness",
        "youtube",
        "slack",
    }
)
# The service cannot remove posts from these platforms.
_NOT_DELETABLE = frozenset({"instagram", "tiktok", "snapchat"})


def platform_traits(platform: str) -> Traits:
    """Return what a platform can do through the service.

    A key lives 24 hours, and a request that overlaps another with its key is refused, so a repetition is safe
    within 23. Later only the look-up by tag counts. YouTube publishes tags, so its posts carry none and
    cannot be found.
    """
    return Traits(
        network=f"zernio/{platform}",
        repeat_within=timedelta(hours=23),
        atomic=True,
        readable=platform != "youtube",
        editable=platform in _EDITABLE,
        deletable=platform not in _NOT_DELETABLE,
        replies=False,
        unit="weighted characters" if platform == "twitter" else "graphemes",
        # An unlisted platform gets a strict limit: a refusal before the request is the safe side.
        limit=LENGTHS.get(platform, 280),
        url_length=23 if platform == "twitter" else None,
        media_steps=("presign", "PUT"),
        # TIMEOUTS of open_gateway, and what comes before them
        lifetime=timedelta(minutes=8),
    )
