"""Upload URLs and the bytes that arrive at them."""

import hashlib
import math
from dataclasses import replace
from pathlib import Path

from publisher.sandbox import refusals
from publisher.sandbox.api.authors import speaks_for
from publisher.sandbox.api.sniffing import mime_type, too_many_pixels
from publisher.sandbox.call import Call, Route
from publisher.sandbox.exchange import Answer
from publisher.sandbox.values import MediaStatus, Part, StoredMedia

LARGEST = 524_288_000
SINGLE_REQUEST_LIMIT = 209_715_200
DOCUMENT_LIMIT = 104_857_600
MEDIA_FAMILIES = {"image": "STILLIMAGE", "video": "VIDEO", "document": "DOCUMENT"}
_ROOT = "/dms-uploads/sp/v2"


def reserve(call: Call, urn_kind: str, kind: str, owner: str, size: int = 0) -> StoredMedia:
    """An upload that waits for its bytes."""
    world = call.world
    with world.lock:
        upload = StoredMedia(
            urn=f"urn:li:{urn_kind}:{world.ids.asset()}",
            kind=kind,
            owner=owner,
            api=call.route.resource,
            created_at=world.clock.milliseconds(),
            upload_key=world.ids.text(32),
            declared_size=size,
            upload_expires_at=world.clock.now() + world.settings.upload_lifetime,
        )
        call.committed = upload.urn
        return world.put_upload(upload)


def upload_url(call: Call, upload: StoredMedia, part: int | None = None, extra: str = "") -> str:
    """Where the bytes go, on the sandbox's own host: all, or one part, or an ``extra`` (captions, thumbnail)."""
    number = "" if part is None else f"&partNumber={part}"
    number += f"&extra={extra}" if extra else ""
    query = f"ca=vector_feedshare&cn=uploads&m=AQ&app=1&sync=0&v=beta&ut={upload.upload_key[:12]}{number}"
    return f"{call.request.base_url}{_ROOT}/{upload.upload_key}/uploaded-{upload.kind}/0/0?{query}"


def receive(call: Call) -> Answer:
    """Take the bytes of an upload, or of one part of it."""
    world, request = call.world, call.request
    upload = world.upload(call.key)
    if upload is None:
        raise refusals.not_found()
    if upload.upload_expires_at <= world.clock.now():
        raise refusals.input_error(400, "EXPIRED_UPLOAD_URL", "The upload URL has expired", "uploadUrl")
    if request.verb == "GET":
        return download(call, upload)
    if request.verb not in (("PUT", "POST") if upload.api == "assets" else ("PUT",)):
        raise refusals.refuse(405, f"{request.verb} is not supported by this upload URL")
    if call.token and not speaks_for(call, upload.owner, "w_organization_social"):
        raise refusals.not_permitted(f"uploads.{request.verb}.NO_VERSION")
    if extra := request.parameters.get("extra"):
        store(call, f"{upload.upload_key}.{'captions' if extra == 'captions' else 'thumbnail'}")
        return Answer(201)
    if world.settings.strict_uploads:
        _check_headers(call, upload)
    # an upload in parts has a URL for each
    number = request.parameters.get("partNumber")
    if upload.parts:
        return _receive_part(
            call, upload, int(number) if number and number.isascii() and number.isdigit() else -1
        )
    limit = DOCUMENT_LIMIT if upload.kind == "document" else SINGLE_REQUEST_LIMIT
    if (request.length or 0) > limit:
        raise refusals.refuse(413, "Request entity too large")
    path, size, digest = store(call, upload.upload_key)
    lost = call.strike("lose-bytes") is not None
    if lost:
        path.unlink()
    _uploaded(call, replace(upload, path=None if lost else path, size=size, sha256=digest))
    return Answer(201)


def download(call: Call, upload: StoredMedia) -> Answer:
    """The bytes again, once they are processed: where ``downloadUrl`` leads."""
    if upload.path is None or upload.status(call.world.clock.now()) is not MediaStatus.AVAILABLE:
        raise refusals.not_found()
    return Answer(200, upload.read(), {"content-type": upload.mime_type})


def _check_headers(call: Call, upload: StoredMedia) -> None:
    """A video's address takes no token; what registering asked for must come back."""
    if upload.kind == "video" and call.request.header("authorization"):
        raise refusals.refuse(400, "The upload address of a video takes no token")
    wanted = MEDIA_FAMILIES[upload.kind]
    if upload.api == "assets" and not upload.parts and call.request.header("media-type-family") != wanted:
        raise refusals.refuse(400, f"media-type-family must be {wanted}, as registering the upload said")


def _receive_part(call: Call, upload: StoredMedia, number: int) -> Answer:
    if not 0 <= number < len(upload.parts):
        raise refusals.not_found()
    part = upload.parts[number]
    if call.request.length != part.last - part.first + 1:
        raise refusals.refuse(
            400, f"Expected bytes {part.first}-{part.last}, got {call.request.length} bytes"
        )
    path, _, digest = store(call, f"{upload.upload_key}.{number}")
    if call.strike("lose-bytes"):
        path.unlink()
        return Answer(200, headers={"etag": f'"{digest[:32]}"'})
    # parts come in parallel: take the others' ETags as they are now
    with call.world.lock:
        current = call.world.media(upload.urn) or upload
        parts = tuple(
            replace(item, etag=digest[:32]) if index == number else item
            for index, item in enumerate(current.parts)
        )
        call.world.put_upload(replace(current, parts=parts))
    return Answer(200, headers={"etag": f'"{digest[:32]}"'})


def store(call: Call, name: str) -> tuple[Path, int, str]:
    """Stream the body into a file; its path, size and SHA-256. The file appears whole or not at all."""
    folder = call.world.media_folder
    path, digest, size = folder / name, hashlib.sha256(), 0
    arriving = folder / f"{name}.{id(call)}.part"
    try:
        with arriving.open("wb") as file:
            for chunk in call.request.chunks():
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        arriving.replace(path)
    finally:
        arriving.unlink(missing_ok=True)
    call.request.digest = digest.hexdigest()
    return path, size, digest.hexdigest()


def finish(call: Call, upload: StoredMedia, etags: list[str]) -> None:
    """Join the parts, if their ETags are those that were given, in order."""
    given = [part.etag for part in upload.parts]
    if [etag.strip('"') for etag in etags] != given or not all(given):
        raise refusals.input_error(
            400, "UPDATING_ASSET_FAILED", "The uploaded parts don't match", "uploadedPartIds"
        )
    folder, digest, size = call.world.media_folder, hashlib.sha256(), 0
    path = folder / upload.upload_key
    with path.open("wb") as whole:
        for number in range(len(upload.parts)):
            part = folder / f"{upload.upload_key}.{number}"
            content = part.read_bytes()
            whole.write(content)
            digest.update(content)
            size += len(content)
            part.unlink()
    _uploaded(call, replace(upload, path=path, size=size, sha256=digest.hexdigest()))


def _uploaded(call: Call, upload: StoredMedia) -> None:
    """Begin processing; bytes that can't be what was announced end it badly."""
    world = call.world
    now = world.clock.now()
    slow = call.strike("slow-media")
    failed = call.strike("media-failed") is not None
    # bytes that were lost are waited for in vain: LinkedIn never says so
    if upload.path is None:
        ready_at = math.inf
    else:
        ready_at = now + (slow.seconds if slow else world.settings.processing)
        found = mime_type(upload.path)
        failed = failed or not found.startswith(_FAMILIES[upload.kind]) or too_many_pixels(upload.path, found)
        upload = replace(upload, mime_type=found)
    world.put_upload(replace(upload, uploaded_at=now, ready_at=ready_at, failed=failed))


_FAMILIES: dict[str, tuple[str, ...]] = {
    "image": ("image/jpeg", "image/png", "image/gif"),
    "video": ("video/mp4",),
    "document": ("application/pdf", "application/vnd.", "application/msword"),
}

UPLOAD = Route("uploads", "UPLOAD", receive, "uploads")
"""With a bearer token, as images and documents need."""

UPLOAD_OPEN = Route("uploads", "UPLOAD", receive, "uploads", anonymous=True)
"""Without one, as videos want it."""

__all__ = [
    "LARGEST",
    "MEDIA_FAMILIES",
    "UPLOAD",
    "UPLOAD_OPEN",
    "Part",
    "finish",
    "receive",
    "reserve",
    "upload_url",
]
