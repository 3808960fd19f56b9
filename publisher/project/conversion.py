"""Converted images of a project, each made once for the bytes of its source."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from PIL import __version__ as pillow

from publisher.media.conversion import VERSION, convert_image
from publisher.media.library import hash_file
from publisher.model.post import Media, MediaKind
from publisher.project.kept import keep, kept_folder


def convert_media(root: Path, environ: Mapping[str, str], path: Path, name: str) -> Media | None:
    """Convert the image at ``path``, whose name in the project is ``name``; None if that is not possible.

    The digest of a post covers the source's bytes, and this version of the conversion if readers see another
    picture. It does not cover the result: another version of Pillow writes other bytes, and must not publish
    a post again.
    """
    made = convert_image(path)
    if made is None:
        return None
    source, _ = hash_file(path)
    recipe = source if made.same else hashlib.sha256(f"convert/{VERSION}/{source}".encode()).hexdigest()
    suffix = "png" if made.mime_type == "image/png" else "jpg"
    kept = kept_folder(root, environ, "converted") / f"{source}-{VERSION}-{pillow}.{suffix}"
    keep(kept, made.content)
    return Media(
        path=name,
        kind=MediaKind.IMAGE,
        mime_type=made.mime_type,
        size=len(made.content),
        sha256=hashlib.sha256(made.content).hexdigest(),
        width=made.width,
        height=made.height,
        file=str(kept),
        recipe=recipe,
        converted=made.what,
    )
