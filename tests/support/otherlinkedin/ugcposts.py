"""/v2/ugcPosts: what a create must look like, section 2 of the documentation."""

from collections.abc import Mapping
from typing import Any

from tests.support.otherlinkedin.answers import bad_value, unprocessable
from tests.support.otherlinkedin.shapes import (
    Check,
    boolean,
    enum,
    integer,
    listing,
    record,
    spaced,
    text,
    union,
    units,
    url,
    urn,
)

SHARE = "com.linkedin.ugc.ShareContent"
CARD_TITLE = 400
_ENTITIES = {
    "com.linkedin.common.CompanyAttributedEntity": record({"company": urn("organization")}),
    "com.linkedin.common.MemberAttributedEntity": record({"member": urn("person")}),
}
_ATTRIBUTE = record({"start": integer, "length": integer, "value": spaced(_ENTITIES)})


def _words(maximum: int | None = None) -> Check:
    return record({"text": text(maximum)}, {"attributes": listing(_ATTRIBUTE)})


_MEDIA = record(
    {"status": enum("READY")},
    {
        "media": urn("digitalmediaAsset"),
        "originalUrl": url(),
        "title": _words(CARD_TITLE),
        "description": _words(),
        "thumbnails": listing(
            record({"url": url()}, {"altText": text(), "height": integer, "width": integer, "size": integer})
        ),
        "landingPage": record({"landingPageUrl": url()}, {"landingPageTitle": text()}),
    },
)
_SHARE = record(
    {"shareMediaCategory": enum("NONE", "ARTICLE", "IMAGE", "VIDEO")},
    {"shareCommentary": _words(3000), "media": listing(_MEDIA), "primaryLandingPageUrl": url()},
    forbidden=("shareFeatures", "shareCategorization"),
)
_READ_ONLY = (
    "id",
    "created",
    "lastModified",
    "firstPublishedAt",
    "deleted",
    "versionTag",
    "ugcOrigin",
    "origin",
)
_VISIBILITY = union(
    **{"com.linkedin.ugc.MemberNetworkVisibility": enum("PUBLIC", "CONNECTIONS", "LOGGED_IN")}
)
_REQUIRED = {
    "author": urn("person", "organization"),
    "lifecycleState": enum("PUBLISHED"),
    "specificContent": spaced({SHARE: _SHARE}),
    "visibility": _VISIBILITY,
}
_MEMBERS = record(_REQUIRED, forbidden=(*_READ_ONLY, "distribution", "targetAudience", "containerEntity"))
_DISTRIBUTION = record(
    {"feedDistribution": enum("MAIN_FEED", "NONE")},
    {"distributedViaFollowFeed": boolean, "externalDistributionChannels": listing(text())},
)
_PAGES = record(_REQUIRED, {"distribution": _DISTRIBUTION}, forbidden=_READ_ONLY)


def check(body: Any) -> None:
    """Refuse a body that LinkedIn refuses."""
    pages = isinstance(body, dict) and str(body.get("author")).startswith("urn:li:organization:")
    (_PAGES if pages else _MEMBERS)(body, "")
    content = body["specificContent"][SHARE]
    path = f"/specificContent/{SHARE}"
    _check_category(content["shareMediaCategory"], content.get("media", []), f"{path}/media")
    _check_marks(content.get("shareCommentary", {"text": ""}), f"{path}/shareCommentary")


def _check_category(category: str, media: list[Mapping[str, Any]], path: str) -> None:
    least, most = {"NONE": (0, 0), "ARTICLE": (1, 1), "VIDEO": (1, 1), "IMAGE": (1, 20)}[category]
    if not least <= len(media) <= most:
        raise unprocessable(path, f"{len(media)} items do not fit {category}")
    for number, item in enumerate(media):
        wanted, other = ("originalUrl", "media") if category == "ARTICLE" else ("media", "originalUrl")
        if wanted not in item:
            raise unprocessable(f"{path}/{number}/{wanted}", "field is required but not found")
        if other in item:
            raise bad_value(f"{path}/{number}/{other}")


def _check_marks(words: Mapping[str, Any], path: str) -> None:
    end = 0
    for number, mark in enumerate(words.get("attributes", [])):
        start, length = mark["start"], mark["length"]
        if start < end or length < 1 or start + length > units(words["text"]):
            raise unprocessable(f"{path}/attributes/{number}", "is out of range")
        end = start + length


def text_of(body: Mapping[str, Any]) -> str:
    """The text of a checked body."""
    return str(body["specificContent"][SHARE].get("shareCommentary", {}).get("text", ""))


def marks_of(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The marked words of a checked body, and whom they name; offsets are UTF-16 units."""
    words = body["specificContent"][SHARE].get("shareCommentary", {"text": ""})
    wide = words["text"].encode("utf-16-le", "surrogatepass")
    found = []
    for mark in words.get("attributes", []):
        ((_, entity),) = mark["value"].items()
        part = wide[mark["start"] * 2 : (mark["start"] + mark["length"]) * 2]
        found.append((part.decode("utf-16-le", "surrogatepass"), str(next(iter(entity.values())))))
    return found


def files_of(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The assets of a checked body."""
    media = body["specificContent"][SHARE].get("media", [])
    return tuple(item["media"] for item in media if "media" in item)


def kind_of(body: Mapping[str, Any]) -> str:
    """What the new post's URN is called."""
    return "ugcPost" if body["specificContent"][SHARE]["shareMediaCategory"] == "VIDEO" else "share"
