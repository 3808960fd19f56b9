"""The sandbox's values as JSON and back, for keeping them on disk."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from publisher.sandbox.values import (
    App,
    Attribute,
    Comment,
    Member,
    Organization,
    Part,
    Post,
    StoredMedia,
    Token,
)


def encode(value: Any) -> str:
    """Return one value as JSON. Paths are kept by file name only, so that a stored sandbox can be moved."""
    if isinstance(value, dict):
        return json.dumps(value)
    document = [asdict(item) for item in value] if isinstance(value, tuple) else asdict(value)
    return json.dumps(document, default=lambda item: item.name if isinstance(item, Path) else str(item))


def decode(collection: str, text: str, media_folder: Path) -> Any:
    """Return the value that ``encode`` wrote. Collections that are not listed here hold JSON objects."""
    document = json.loads(text)
    return _READERS[collection](document, media_folder) if collection in _READERS else document


def _attributes(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "attributes": tuple(Attribute(**item) for item in document["attributes"])}


# JSON has no tuples: these fields come back as lists and must be tuples again.
_APP_LISTS = ("scopes", "redirect_uris", "products")


def _app(document: Any, _: Path) -> App:
    return App(**{**document, **{name: tuple(document[name]) for name in _APP_LISTS if name in document}})


def _upload(document: Any, folder: Path) -> StoredMedia:
    path = folder / document["path"] if document["path"] else None
    return StoredMedia(
        **{**document, "path": path, "parts": tuple(Part(**part) for part in document["parts"])}
    )


_READERS: dict[str, Callable[[Any, Path], Any]] = {
    "members": lambda document, _: Member(**document),
    "organizations": lambda document, _: Organization(**document),
    "apps": _app,
    "tokens": lambda document, _: Token(**{**document, "scopes": tuple(document["scopes"])}),
    "posts": lambda document, _: Post(**_attributes(document)),
    "uploads": _upload,
    "comments_by_post": lambda document, _: tuple(Comment(**_attributes(item)) for item in document),
}
