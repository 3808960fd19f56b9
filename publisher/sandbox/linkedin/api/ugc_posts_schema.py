"""The body of ``POST /v2/ugcPosts``."""

from publisher.sandbox.linkedin.api.attributes import ATTRIBUTES
from publisher.sandbox.linkedin.schema import Choice, Flag, List, Text, Type, Union, Urn, Whole, record

SHARE_CONTENT = "com.linkedin.ugc.ShareContent"
VISIBILITY = "com.linkedin.ugc.MemberNetworkVisibility"

# UTF-16 units (inferred: ten projects saw it in the composer, and Rest.li counts String.length()).
_TEXT_LIMIT = 3_000
# Inferred from the older Shares API. The UGC Post API gives no number.
_TITLE_LIMIT = 400
# learn.microsoft.com, UGC Post API, read 2026-09.
_URL_LIMIT = 8_192


def _attributed(longest: int | None = None) -> Type:
    return record({}, {"text": Text(longest), "attributes": ATTRIBUTES}, closed=("inferredLocale",))


_MEDIA = record(
    {"status": Choice(("READY", "PROCESSING", "FAILED"))},
    {
        "media": Urn(("digitalmediaAsset",)),
        "originalUrl": Text(_URL_LIMIT),
        "title": _attributed(_TITLE_LIMIT),
        "description": _attributed(),
        "thumbnails": List(
            record(
                {}, {"url": Text(), "altText": Text(), "height": Whole(), "width": Whole(), "size": Whole()}
            )
        ),
        "landingPage": record({"landingPageUrl": Text()}, {"landingPageTitle": Text()}),
    },
)

_SHARE = record(
    {"shareMediaCategory": Choice(("NONE", "ARTICLE", "IMAGE", "VIDEO"))},
    {
        "shareCommentary": _attributed(_TEXT_LIMIT),
        "media": List(_MEDIA),
        "primaryLandingPageUrl": Text(),
        "shareCategorization": record({}, {"skills": List(Urn())}),
        "shareFeatures": record({}, {"hashtags": List(Urn(("hashtag",)))}),
    },
)

UGC_POST = record(
    {
        "author": Urn(("person", "organization")),
        "lifecycleState": Choice(("PUBLISHED",)),
        "specificContent": Union({SHARE_CONTENT: _SHARE}),
        "visibility": Union({VISIBILITY: Choice(("PUBLIC", "CONNECTIONS", "LOGGED_IN", "CONTAINER"))}),
    },
    {
        "containerEntity": Urn(),
        "distribution": record(
            {},
            {
                "feedDistribution": Choice(("MAIN_FEED", "NONE", "CONTAINER_ONLY")),
                "distributedViaFollowFeed": Flag(),
                "externalDistributionChannels": List(Choice(("TWITTER", "TENCENT", "WEIBO"))),
            },
        ),
        "targetAudience": record({"targetedEntities": List(record({}, {"locations": List(Urn())}))}, {}),
        "responseContext": record({"parent": Urn(("share", "ugcPost"))}, {"root": Urn(("share", "ugcPost"))}),
    },
    closed=(
        "id",
        "origin",
        "ugcOrigin",
        "clientApplication",
        "contentCertificationRecord",
        "created",
        "deleted",
        "firstPublishedAt",
        "lastModified",
        "versionTag",
    ),
)
"""Enum symbols are those that creating takes; LinkedIn's full enums are wider, for reading."""
