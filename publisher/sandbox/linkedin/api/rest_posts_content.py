"""``content`` of ``/rest/posts``: its limits, its media, and its form in the sandbox."""

from collections.abc import Mapping
from typing import Any

from publisher.sandbox.linkedin import api_errors
from publisher.sandbox.linkedin.api import media
from publisher.sandbox.linkedin.call import Call
from publisher.sandbox.linkedin.schema import utf16_length
from publisher.sandbox.messages import ApiError

# learn.microsoft.com, Posts API and MultiImage API, read 2026-09.
ALT_LIMIT = 4_086
TITLE_LIMIT = 400
# learn.microsoft.com, Posts API, Poll, read 2026-09: two to four options.
QUESTION_LIMIT = 140
OPTION_LIMIT = 30
OPTIONS = range(2, 5)
IMAGES = range(2, 21)

_Value = Mapping[str, Any]


def check_length(field: str, text: str, limit: int) -> None:
    """Raise a 400 if a text is longer than ``limit`` UTF-16 units."""
    length = utf16_length(text)
    if length > limit:
        message = f"{field} length {length} can't exceeded maximum {limit} length"
        raise api_errors.input_error(400, "FIELD_LENGTH_TOO_LONG", message, field)


def read_content(call: Call, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the checked attachments, in the sandbox's own form."""
    content, context = body.get("content"), body.get("reshareContext")
    if context is not None:
        if content is not None:
            raise _refused("content", "content can't be set together with reshareContext")
        return {"reshare": {"parent": _resharable(call, context["parent"])}}
    if content is None:
        return {}
    ((kind, value),) = content.items()
    return _READERS[kind](call, body["author"], value)


def _refused(field: str, message: str, code: str = "INVALID_VALUE_FOR_FIELD") -> ApiError:
    return api_errors.input_error(400, code, message, field)


def _resharable(call: Call, urn: str) -> str:
    parent = call.store.post(urn)
    if parent is None or not parent.shown:
        raise _refused("reshareContext/parent", "The URN ID provided is invalid", "INVALID_URN_ID")
    if parent.payload.get("isReshareDisabledByAuthor"):
        raise _refused("reshareContext/parent", "The author has disabled resharing of the parent post")
    return parent.urn


def _attached(call: Call, author: str, value: _Value, path: str, kinds: tuple[str, ...]) -> dict[str, Any]:
    upload = media.attachable(call, value["id"], author, kinds, f"{path}/id")
    media.ready(call, upload, f"{path}/id")
    check_length(f"{path}/altText", value.get("altText", ""), ALT_LIMIT)
    return {"urn": upload.urn, "alt": value.get("altText", ""), "title": value.get("title", "")}


def _media(call: Call, author: str, value: _Value) -> Mapping[str, Any]:
    attached = _attached(call, author, value, "content/media", ("image", "video", "document"))
    if ":document:" in value["id"] and not value.get("title", "").strip():
        raise _refused("content/media/title", "title is required but missing", "MISSING_FIELD")
    check_length("content/media/title", value.get("title", ""), TITLE_LIMIT)
    return {"media": [attached]}


def _images(call: Call, author: str, value: _Value) -> Mapping[str, Any]:
    images = value["images"]
    if len(images) not in IMAGES:
        message = f"multiImage takes {IMAGES.start} to {IMAGES.stop - 1} images, not {len(images)}"
        raise _refused("content/multiImage/images", message)
    paths = [f"content/multiImage/images/{index}" for index in range(len(images))]
    return {
        "media": [
            _attached(call, author, image, path, ("image",))
            for image, path in zip(images, paths, strict=True)
        ]
    }


def _article(call: Call, author: str, value: _Value) -> Mapping[str, Any]:
    if not value["source"].startswith(("http://", "https://")):
        raise _refused("content/article/source", f"source can't be set to {value['source']}", "INVALID_URL")
    check_length("content/article/title", value["title"], TITLE_LIMIT)
    check_length("content/article/description", value.get("description", ""), ALT_LIMIT)
    if "thumbnail" in value:
        upload = media.attachable(call, value["thumbnail"], author, ("image",), "content/article/thumbnail")
        media.ready(call, upload, "content/article/thumbnail")
    return {
        "article": {
            "url": value["source"],
            "title": value["title"],
            "description": value.get("description", ""),
            "thumbnail": value.get("thumbnail", ""),
        }
    }


def _poll(_call: Call, _author: str, value: _Value) -> Mapping[str, Any]:
    check_length("content/poll/question", value["question"], QUESTION_LIMIT)
    if len(value["options"]) not in OPTIONS:
        raise _refused("content/poll/options", f"options can't be set to {len(value['options'])} options")
    for index, option in enumerate(value["options"]):
        check_length(f"content/poll/options/{index}/text", option["text"], OPTION_LIMIT)
    settings = value["settings"]
    if settings.get("isVoterVisibleToAuthor") is False:
        raise _refused("content/poll/settings", "isVoterVisibleToAuthor can't be set to false")
    if settings.get("voteSelectionType", "SINGLE_VOTE") != "SINGLE_VOTE":
        raise _refused("content/poll/settings", "voteSelectionType can't be set to MULTIPLE_VOTE")
    options = [option["text"] for option in value["options"]]
    return {"poll": {"question": value["question"], "options": options, "duration": settings["duration"]}}


_READERS = {"media": _media, "multiImage": _images, "article": _article, "poll": _poll}
