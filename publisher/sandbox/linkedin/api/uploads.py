"""Upload URLs and the bytes that arrive at them."""

import hashlib
import math
from dataclasses import replace
from pathlib import Path

from publisher.sandbox.linkedin import api_errors
from publisher.sandbox.linkedin.api.authors import speaks_for
from publisher.sandbox.linkedin.api.sniffing import mime_type, too_many_pixels
from publisher.sandbox.linkedin.call import Call, Route
from publisher.sandbox.messages import Response
from publisher.sandbox.values import MediaStatus, Part, StoredMedia

# learn.microsoft.com, Videos API, read 2026-09: at most 500 MB.
LARGEST = 524_288_000
# learn.microsoft.com, Vector Assets API: a single request is below 200 MB; larger files come in parts.
SINGLE_REQUEST_LIMIT = 209_715_200
# learn.microsoft.com, Documents API, read 2026-09: at most 100 MB.
DOCUMENT_LIMIT = 104_857_600
# STILLIMAGE and VIDEO are observed in answers of registerUpload (2024 and 2025). DOCUMENT is inferred.
MEDIA_FAMILIES = {"image": "STILLIMAGE", "video": "VIDEO", "document": "DOCUMENT"}
_ROOT = "/dms-uploads/sp/v2"


def reserve(call: Call, urn_kind: str, kind: str, owner: str, size: int = 0) -> StoredMedia:
    """Return an upload that waits for its bytes."""
    store = call.store
    with store.lock:
        upload = StoredMedia(
            urn=f"urn:li:{urn_kind}:{store.ids.asset()}",
            kind=kind,
            owner=owner,
            api=call.route.resource,
            created_at=store.clock.milliseconds(),
            upload_key=store.ids.text(32),
            declared_size=size,
            upload_expires_at=store.clock.now() + store.settings.upload_lifetime,
        )
        call.committed = upload.urn
        return store.put_upload(upload)


def upload_url(call: Call, upload: StoredMedia, part: int | None = None, extra: str = "") -> str:
    """Return where the bytes go: all, one part, or an ``extra`` (captions, thumbnail)."""
    number = "" if part is None else f"&partNumber={part}"
    number += f"&extra={extra}" if extra else ""
    query = f"ca=vector_feedshare&cn=uploads&m=AQ&app=1&sync=0&v=beta&ut={upload.upload_key[:12]}{number}"
    # LinkedIn's upload addresses are on its other host
    base = call.request.base_url.replace("https://api.linkedin.com", "https://www.linkedin.com")
    return f"{base}{_ROOT}/{upload.upload_key}/uploaded-{upload.kind}/0/0?{query}"


def receive(call: Call) -> Response:
    """Take the bytes of an upload, or of one part of it."""
    store, request = call.store, call.request
    upload = store.upload(call.key)
    if upload is None:
        raise api_errors.not_found()
    if upload.upload_expires_at <= store.clock.now():
        raise api_errors.input_error(400, "EXPIRED_UPLOAD_URL", "The upload URL has expired", "uploadUrl")
    if request.verb == "GET":
        return download(call, upload)
    if request.verb not in {"PUT", "POST"}:
        raise api_errors.refuse(405, f"{request.verb} is not supported by this upload URL")
    if call.token and not speaks_for(call, upload.owner, "w_organization_social"):
        raise api_errors.not_permitted(f"uploads.{request.verb}.NO_VERSION")
    if extra := request.parameters.get("extra"):
        write_body(call, f"{upload.upload_key}.{'captions' if extra == 'captions' else 'thumbnail'}")
        return Response(201)
    _check_headers(call, upload)
    # an upload in parts has a URL for each
    number = request.parameters.get("partNumber")
    if upload.parts:
        return _receive_part(
            call, upload, int(number) if number and number.isascii() and number.isdigit() else -1
        )
    limit = DOCUMENT_LIMIT if upload.kind == "document" else SINGLE_REQUEST_LIMIT
    if (request.length or 0) > limit:
        raise api_errors.refuse(413, "Request entity too large")
    path, size, digest = write_body(call, upload.upload_key)
    lost = call.strike("lose-bytes") is not None
    if lost:
        path.unlink()
    _uploaded(call, replace(upload, path=None if lost else path, size=size, sha256=digest))
    return Response(201)


def download(call: Call, upload: StoredMedia) -> Response:
    """Return the bytes again, once they are processed: where ``downloadUrl`` leads."""
    if upload.path is None or upload.status(call.store.clock.now()) is not MediaStatus.AVAILABLE:
        raise api_errors.not_found()
    return Response(200, upload.read(), {"content-type": upload.mime_type})


def _check_headers(call: Call, upload: StoredMedia) -> None:
    """Warn of what LinkedIn may not take; with ``strict_uploads``, refuse what it documents otherwise."""
    if call.request.verb == "POST" and upload.api != "assets":
        call.warn("The documentation shows PUT for this upload address.")
    if call.request.content_type.startswith("multipart/"):
        # LinkedIn keeps the body as it comes, boundaries included, and then can't process it
        call.warn("A multipart body is not an image. Send the bytes of the file as the body.")
    if not call.store.settings.strict_uploads:
        return
    # a video's address takes no token, and what registering asked for must come back
    if upload.kind == "video" and call.request.header("authorization"):
        raise api_errors.refuse(400, "The upload address of a video takes no token")
    wanted = MEDIA_FAMILIES[upload.kind]
    if upload.api == "assets" and not upload.parts and call.request.header("media-type-family") != wanted:
        raise api_errors.refuse(400, f"media-type-family must be {wanted}, as registering the upload said")


def _receive_part(call: Call, upload: StoredMedia, number: int) -> Response:
    if not 0 <= number < len(upload.parts):
        raise api_errors.not_found()
    part = upload.parts[number]
    if call.request.length != part.last - part.first + 1:
        raise api_errors.refuse(
            400, f"Expected bytes {part.first}-{part.last}, got {call.request.length} bytes"
        )
    path, _, digest = write_body(call, f"{upload.upload_key}.{number}")
    if call.strike("lose-bytes"):
        path.unlink()
        return Response(200, headers={"etag": f'"{digest[:32]}"'})
    # parts come in parallel: take the others' ETags as they are now
    with call.store.lock:
        current = call.store.media(upload.urn) or upload
        parts = tuple(
            replace(item, etag=digest[:32]) if index == number else item
            for index, item in enumerate(current.parts)
        )
        call.store.put_upload(replace(current, parts=parts))
    return Response(200, headers={"etag": f'"{digest[:32]}"'})


def write_body(call: Call, name: str) -> tuple[Path, int, str]:
    """Stream the body into a file; its path, size and SHA-256. The file appears whole or not at all."""
    folder = call.store.media_folder
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
    """Join the parts if their ETags are those that were given, in order."""
    given = [part.etag for part in upload.parts]
    if [etag.strip('"') for etag in etags] != given or not all(given):
        raise api_errors.input_error(
            400, "UPDATING_ASSET_FAILED", "The uploaded parts don't match", "uploadedPartIds"
        )
    folder, digest, size = call.store.media_folder, hashlib.sha256(), 0
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
    """Begin processing. Processing fails if the bytes are not what was announced."""
    store = call.store
    now = store.clock.now()
    slow = call.strike("slow-media")
    failure = ""
    # bytes that were lost are waited for in vain: LinkedIn never says so
    if upload.path is None:
        ready_at = math.inf
    else:
        ready_at = now + (slow.seconds if slow else store.settings.processing)
        upload = replace(upload, mime_type=mime_type(upload.path))
        failure = _failure(call, upload)
    store.put_upload(
        replace(upload, uploaded_at=now, ready_at=ready_at, failed=bool(failure), failure=failure)
    )


def _failure(call: Call, upload: StoredMedia) -> str:
    """Return why processing will fail, or an empty text."""
    if call.strike("media-failed"):
        return 'The fault "media-failed" says so.'
    if call.request.content_type.startswith("multipart/") and not upload.parts:
        return "The body was a multipart form. The bytes of the file must be the body."
    if not upload.mime_type.startswith(_FAMILIES[upload.kind]):
        return f"The bytes are {upload.mime_type}, which LinkedIn does not take as {upload.kind}."
    if upload.path and too_many_pixels(upload.path, upload.mime_type):
        return "It has too many pixels or frames."
    return ""


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
