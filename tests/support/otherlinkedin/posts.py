"""/rest/posts: what a create and an update must look like, sections 4.2 and 4.3 of the documentation."""

from collections.abc import Mapping
from typing import Any

from tests.support.otherlinkedin.answers import bad_request, bad_value, unpermitted
from tests.support.otherlinkedin.shapes import (
    Check,
    boolean,
    enum,
    exactly,
    listing,
    record,
    text,
    units,
    url,
    urn,
)

LONGEST, ALT = 3000, 4086
UPDATABLE = {"commentary", "contentCallToActionLabel", "contentLandingPage", "lifecycleState"}


def _limited(maximum: int, *, blank: bool = False) -> Check:
    """A string with the versioned API's own refusals."""

    def check(value: Any, path: str) -> None:
        text()(value, path)
        if units(value) > maximum:
            raise bad_request(
                "FIELD_LENGTH_TOO_LONG",
                f"{path} length {units(value)} can't exceeded maximum {maximum} length",
            )
        if not blank and not value.strip():
            raise bad_request("INVALID_VALUE_BLANK_FIELD", f"{path} can't be blank")

    return check


_CONTENT = {
    "media": record(
        {"id": urn("image", "video", "document")}, {"title": _limited(400), "altText": _limited(ALT)}
    ),
    "multiImage": record(
        {"images": listing(record({"id": urn("image")}, {"altText": _limited(ALT)}), least=2, most=20)}
    ),
    "article": record(
        {"source": url(), "title": _limited(399)},
        {"description": _limited(4085), "thumbnail": urn("image"), "thumbnailAltText": _limited(4085)},
    ),
    "poll": record(
        {
            "question": _limited(140),
            "options": listing(record({"text": _limited(30)}), least=2, most=4),
            "settings": record(
                {"duration": enum("ONE_DAY", "THREE_DAYS", "SEVEN_DAYS", "FOURTEEN_DAYS")},
                {
                    "voteSelectionType": enum("SINGLE_VOTE"),
                    "isVoterVisibleToAuthor": exactly(True, bad_value),
                },
            ),
        }
    ),
}
_READ_ONLY = ("id", "createdAt", "lastModifiedAt", "publishedAt", "lifecycleStateInfo")


def _content(value: Any, path: str) -> None:
    if not isinstance(value, dict) or len(value) != 1 or next(iter(value)) not in _CONTENT:
        raise bad_request("INVALID_VALUE_FOR_FIELD", f"content can't be set to {value}")
    ((kind, content),) = value.items()
    _CONTENT[kind](content, f"{path}/{kind}")
    if kind == "media" and content["id"].startswith("urn:li:document:") and "title" not in content:
        raise bad_request("MISSING_FIELD", "content/media/title is required but missing")


_POST = record(
    {
        "author": urn("person", "organization"),
        "commentary": _limited(LONGEST, blank=True),
        "visibility": enum("PUBLIC", "CONNECTIONS", "LOGGED_IN"),
        "distribution": record(
            {"feedDistribution": enum("MAIN_FEED")},
            {
                "targetEntities": listing(exactly(None, unpermitted), most=0),
                "thirdPartyDistributionChannels": listing(exactly(None, unpermitted), most=0),
            },
        ),
        "lifecycleState": enum("PUBLISHED"),
    },
    {
        "isReshareDisabledByAuthor": boolean,
        "content": _content,
        "reshareContext": record({"parent": urn("share", "ugcPost")}),
        "contentLandingPage": url(),
        "contentCallToActionLabel": enum("LEARN_MORE", "SIGN_UP", "DOWNLOAD"),
    },
    forbidden=(*_READ_ONLY, "adContext", "container"),
)


def check(body: Any) -> None:
    """Refuse a body that LinkedIn refuses."""
    if isinstance(body, dict):
        for name in ("author", "commentary", "visibility", "distribution", "lifecycleState"):
            if name not in body:
                raise bad_request("MISSING_FIELD", f"{name} is required but missing")
    _POST(body, "")
    kind = next(iter(body.get("content", {})), "")
    if "reshareContext" in body and kind:
        raise bad_request("INVALID_VALUE_FOR_FIELD", "content can't be set on a reshare")
    if not body["commentary"].strip() and kind != "poll" and "reshareContext" not in body:
        raise bad_request("INVALID_VALUE_BLANK_FIELD", "commentary can't be blank")


def check_update(body: Any) -> str:
    """The new commentary of a PARTIAL_UPDATE."""
    record({"patch": record({"$set": lambda *_: None})})(body, "")
    changes = body["patch"]["$set"]
    wrong = [f"/patch/$set/{name}" for name in changes if name not in UPDATABLE]
    if wrong or not changes:
        raise unpermitted(*wrong)
    _limited(LONGEST)(changes.get("commentary"), "commentary")
    return str(changes["commentary"])


def files_of(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The images, video or document of a checked body."""
    content = body.get("content", {})
    if "multiImage" in content:
        return tuple(image["id"] for image in content["multiImage"]["images"])
    found = [content.get("media", {}).get("id"), content.get("article", {}).get("thumbnail")]
    return tuple(one for one in found if one)


def kind_of(body: Mapping[str, Any]) -> str:
    """What the new post's URN is called."""
    return "ugcPost" if any(":video:" in one for one in files_of(body)) else "share"
