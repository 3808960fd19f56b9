"""The checks of a record against its Lexicon schema.

The messages are those that `@atproto/pds` 0.4.217 gave on 2026-11-24, value previews apart. Facet offsets
that point past the text, or backwards, are accepted silently: the schema knows only that they are not
negative.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from publisher.sandbox.bluesky import cbor
from publisher.sandbox.graphemes import count_graphemes

Check = Callable[[Any, str], None]


class Invalid(ValueError):  # noqa: N818 - what the record is
    """A value does not fit its schema."""


def _shown(value: Any) -> str:
    """Return a short preview of a value, as the server's messages contain it."""
    if isinstance(value, dict):
        return "{" + f"{json.dumps(next(iter(value)))}: ..." + "}" if value else "{}"
    if isinstance(value, list):
        return "[...]" if value else "[]"
    return json.dumps(value, ensure_ascii=False)


def expected(what: str, value: Any, path: str) -> Invalid:
    """Return the error for a value of the wrong type."""
    return Invalid(f"Expected {what} value type (got {_shown(value)}) at {path}")


def _at_most(kind: str, limit: int, actual: int, path: str) -> None:
    if actual > limit:
        raise Invalid(f"{kind} too big (maximum {limit}, got {actual}) at {path}")


def _is_datetime(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text) is not None


def _is_cid(text: str) -> bool:
    try:
        return bool(cbor.cid_bytes(text))
    except ValueError:
        return False


_FORMATS: dict[str, Callable[[str], Any]] = {
    "datetime": _is_datetime,
    "uri": re.compile(r"\w+:(//)?[^\s/][^\s]*").fullmatch,
    "DID": re.compile(r"did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]").fullmatch,
    "language": re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*|i(-[A-Za-z0-9]{1,8})+").fullmatch,
    "CID string": _is_cid,
    "at-uri": re.compile(
        r"at://[a-zA-Z0-9._:%-]+(/[a-zA-Z0-9-.]+(/[a-zA-Z0-9._~:@!$&%')(*+,;=-]+)?)?"
    ).fullmatch,
    # The first character is at most "j", because the top bit of the number is zero (atproto.com, TID).
    "TID string": re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}").fullmatch,
}


def is_tid(text: str) -> bool:
    """Tell whether a text is a TID: 13 characters of base32-sortable, the first bit zero."""
    return _FORMATS["TID string"](text) is not None


def string(form: str = "", max_bytes: int = 0, max_graphemes: int = 0) -> Check:
    """Return the check of a string; lengths are counted in UTF-8 bytes and grapheme clusters."""

    def check(value: Any, path: str) -> None:
        if not isinstance(value, str):
            raise expected("string", value, path)
        if form and not _FORMATS[form](value):
            raise Invalid(f"Invalid {form} (got {_shown(value)}) at {path}")
        if max_bytes:
            _at_most("string", max_bytes, len(value.encode()), path)
        if max_graphemes:
            _at_most("grapheme", max_graphemes, count_graphemes(value), path)

    return check


def integer(minimum: int) -> Check:
    """Return the check of an integer."""

    def check(value: Any, path: str) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            raise expected("integer", value, path)
        if value < minimum:
            raise Invalid(f"integer too small (minimum {minimum}, got {value}) at {path}")

    return check


def array(item: Check, limit: int = 0) -> Check:
    """Return the check of an array."""

    def check(value: Any, path: str) -> None:
        if not isinstance(value, list):
            raise expected("array", value, path)
        if limit:
            _at_most("array", limit, len(value), path)
        for number, part in enumerate(value):
            item(part, f"{path}[{number}]")

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Return the check of an object; fields that the schema does not know are accepted."""

    def check(value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise expected("object", value, path)
        for name, part in {**required, **(optional or {})}.items():
            if name in value:
                part(value[name], f"{path}.{name}")
            elif name in required:
                raise Invalid(f'Missing required key "{name}" at {path}')

    return check


def union(**members: Check) -> Check:
    """Return the check of an open union; the members' names have ``_`` for ``.`` and ``__`` for ``#``."""
    known = {name.replace("__", "#").replace("_", "."): check for name, check in members.items()}

    def check(value: Any, path: str) -> None:
        if not isinstance(value, dict) or not isinstance(value.get("$type"), str):
            raise expected('an object which includes the "$type" property', value, path)
        if value["$type"] in known:
            known[value["$type"]](value, path)

    return check


def blob(accepted: str, limit: int) -> Check:
    """Return the check of a blob reference."""

    def check(value: Any, path: str) -> None:
        if not isinstance(value, dict) or value.get("$type") != "blob":
            raise expected("blob", value, path)
        mime_type, size = value.get("mimeType"), value.get("size")
        if (
            not isinstance(mime_type, str)
            or not isinstance(size, int)
            or not isinstance(value.get("ref"), dict)
        ):
            raise expected("blob", value, path)
        if not mime_type.startswith(accepted.removesuffix("*")):
            raise Invalid(f'Expected "{accepted}" (got "{mime_type}") at {path}.mimeType')
        _at_most("blob", limit, size, path)

    return check


def data_model(value: Any, path: str) -> None:
    """Check that a value has no floating-point numbers, which the data model forbids."""
    if isinstance(value, float):
        kinds = "one of null, boolean, integer, string, cid, bytes, array or object"
        raise expected(kinds, value, path)
    if isinstance(value, dict):
        for name, part in value.items():
            data_model(part, f"{path}.{name}")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            data_model(part, f"{path}[{number}]")


_REFERENCE = record({"uri": string("at-uri"), "cid": string("CID string")})
_ASPECT = record({"width": integer(1), "height": integer(1)})
_FACET = record(
    {
        "index": record({"byteStart": integer(0), "byteEnd": integer(0)}),
        "features": array(
            union(
                app_bsky_richtext_facet__link=record({"uri": string("uri")}),
                app_bsky_richtext_facet__mention=record({"did": string("DID")}),
                # app.bsky.richtext.facet: a tag has at most 64 graphemes and 640 bytes.
                app_bsky_richtext_facet__tag=record({"tag": string("", 640, 64)}),
            )
        ),
    }
)


def _embeds(image_limit: int) -> Check:
    """Return the check of embeds.

    Sizes: lexicons in `@atproto/api` of the same date; images by ``image_limit``.
    """
    image = record({"image": blob("image/*", image_limit), "alt": string()}, {"aspectRatio": _ASPECT})
    external = record(
        {"uri": string("uri"), "title": string(), "description": string()},
        {"thumb": blob("image/*", 1_000_000)},
    )
    # app.bsky.embed.video: at most 20 caption files of 20,000 bytes each.
    caption = record({"lang": string("language"), "file": blob("text/vtt", 20_000)})
    return union(
        app_bsky_embed_images=record({"images": array(image, 4)}),
        app_bsky_embed_external=record({"external": external}),
        app_bsky_embed_video=record(
            # 100 MB in the measured version. Later lexicons allow 300 MB.
            {"video": blob("video/mp4", 100_000_000)},
            {
                # Alternative text: at most 1,000 graphemes and 10,000 bytes.
                "alt": string("", 10_000, 1_000),
                "aspectRatio": _ASPECT,
                "captions": array(caption, 20),
            },
        ),
        app_bsky_embed_record=record({"record": _REFERENCE}),
    )


def post_check(image_limit: int) -> Check:
    """Return the check of ``app.bsky.feed.post``; ``image_limit`` is in bytes."""
    return record(
        # app.bsky.feed.post: at most 300 grapheme clusters and 3,000 UTF-8 bytes.
        {"text": string("", 3_000, 300), "createdAt": string("datetime")},
        {
            "langs": array(string("language"), 3),
            # app.bsky.feed.post: at most 8 tags beside the text.
            "tags": array(string("", 640, 64), 8),
            "facets": array(_FACET),
            "reply": record({"root": _REFERENCE, "parent": _REFERENCE}),
            "embed": _embeds(image_limit),
        },
    )
