"""``/rest/images``, ``/rest/documents`` and ``/rest/videos``: uploads for the versioned API."""

from dataclasses import replace
from math import ceil
from typing import Any

from publisher.sandbox.linkedin import api_errors
from publisher.sandbox.linkedin.api.authors import check_author, speaks_for
from publisher.sandbox.linkedin.api.uploads import LARGEST, finish, reserve, upload_url
from publisher.sandbox.linkedin.call import Call, Route
from publisher.sandbox.linkedin.restli import read_list
from publisher.sandbox.linkedin.schema import Flag, List, Record, Text, Type, Urn, Whole, record
from publisher.sandbox.messages import Response, json_response
from publisher.sandbox.values import MediaStatus, Part, StoredMedia


def _initialize(optional: dict[str, Type], **required: Type) -> Record:
    owner: dict[str, Type] = {"owner": Urn(("person", "organization"))}
    return record({"initializeUploadRequest": record({**owner, **required}, optional)}, {})


_LIBRARY = record({}, {"associatedAccount": Urn(), "assetName": Text()})
INITIALIZE_IMAGE = _initialize({"mediaLibraryMetadata": _LIBRARY})
INITIALIZE_DOCUMENT = _initialize({})
INITIALIZE_VIDEO = _initialize(
    {
        "uploadCaptions": Flag(),
        "uploadThumbnail": Flag(),
        # Added in version 202602 (learn.microsoft.com, Recent changes, 2026-02).
        "templateName": Text(),
        "linkbackContext": Text(),
        "mediaLibraryMetadata": _LIBRARY,
    },
    fileSizeBytes=Whole(),
)
FINALIZE_VIDEO = record(
    {
        "finalizeUploadRequest": record(
            {"video": Urn(("video",)), "uploadToken": Text(), "uploadedPartIds": List(Text())}, {}
        )
    },
    {},
)


def _owner(call: Call, document: Any) -> None:
    request = document.get("initializeUploadRequest") if isinstance(document, dict) else None
    owner = request.get("owner") if isinstance(request, dict) else None
    if isinstance(owner, str):
        check_author(call, owner, "/initializeUploadRequest/owner", versioned=True)


def _kind(call: Call) -> str:
    return call.route.resource.removesuffix("s")


def initialize(call: Call) -> Response:
    """Reserve an image or document. Return its upload address."""
    kind = _kind(call)
    schema = INITIALIZE_IMAGE if kind == "image" else INITIALIZE_DOCUMENT
    owner = call.document(schema, _owner)["initializeUploadRequest"]["owner"]
    upload = reserve(call, kind, kind, owner)
    value = {
        "uploadUrlExpiresAt": int(upload.upload_expires_at * 1000),
        "uploadUrl": upload_url(call, upload),
        kind: upload.urn,
    }
    return json_response(200, {"value": value})


def initialize_video(call: Call) -> Response:
    """Reserve a video. Return the byte range of each part; both bounds are inclusive."""
    request = call.document(INITIALIZE_VIDEO, _owner)["initializeUploadRequest"]
    size, step = request["fileSizeBytes"], call.store.settings.part_size
    if not 0 < size <= LARGEST:
        message = f"fileSizeBytes can't be set to {size}"
        raise api_errors.input_error(400, "INVALID_VALUE_FOR_FIELD", message, "fileSizeBytes")
    upload = reserve(call, "video", "video", request["owner"], size=size)
    # learn.microsoft.com, Videos API, read 2026-09: parts of 4,194,304 bytes, both bounds inclusive.
    parts = tuple(Part(n * step, min((n + 1) * step, size) - 1) for n in range(ceil(size / step)))
    upload = call.store.put_upload(replace(upload, parts=parts))
    instructions = [
        {"uploadUrl": upload_url(call, upload, number), "firstByte": part.first, "lastByte": part.last}
        for number, part in enumerate(parts)
    ]
    value = {
        "uploadUrlsExpireAt": int(upload.upload_expires_at * 1000),
        "video": upload.urn,
        # Often empty, and still to be repeated in finalizeUpload (observed, 2026).
        "uploadToken": upload.upload_token,
        "uploadInstructions": instructions,
    }
    for wanted, name in (("uploadCaptions", "captions"), ("uploadThumbnail", "thumbnail")):
        if request.get(wanted):
            value[f"{name}UploadUrl"] = upload_url(call, upload, extra=name)
    return json_response(200, {"value": value})


def finalize_video(call: Call) -> Response:
    """Join the parts; their ETags must come in order."""
    request = call.document(FINALIZE_VIDEO)["finalizeUploadRequest"]
    upload = call.store.media(request["video"])
    # another's video is hidden rather than forbidden
    if upload is None or not speaks_for(call, upload.owner, "w_organization_social"):
        raise api_errors.not_found()
    # learn.microsoft.com, Videos API, read 2026-09: the token of initializeUpload comes back.
    if request["uploadToken"] != upload.upload_token:
        message = "uploadToken is not what initializeUpload gave"
        raise api_errors.input_error(400, "UPDATING_ASSET_FAILED", message, "uploadToken")
    finish(call, upload, request["uploadedPartIds"])
    return Response(200)


def get(call: Call) -> Response:
    """Return an upload's state.

    A member's write-only token may not read images, as on LinkedIn. It may read videos.
    """
    upload = _found(call, call.key)
    if upload is None:
        raise api_errors.not_found()
    return json_response(200, _document(call, upload))


def batch_get(call: Call) -> Response:
    """Return several by ``ids=List(...)``."""
    urns = read_list(call.request, "ids")
    found = {urn: upload for urn in urns if (upload := _found(call, urn))}
    errors = {urn: {"status": 404, "message": "Could not find entity"} for urn in urns if urn not in found}
    results = {urn: _document(call, upload) for urn, upload in found.items()}
    statuses = {**dict.fromkeys(results, 200), **dict.fromkeys(errors, 404)}
    return json_response(200, {"results": results, "statuses": statuses, "errors": errors})


def _found(call: Call, urn: str) -> StoredMedia | None:
    if call.route.resource == "images" and not {"r_organization_social", "r_member_social"} & set(
        call.bearer.scopes
    ):
        message = (
            "Accessing this image resource is forbidden. Please check your permissions for this resource"
        )
        # Word for word from a live sweep of the API (observed 2026-06-20).
        raise api_errors.refuse(403, message, "ACCESS_DENIED", 100)
    upload = call.store.media(urn)
    if upload is None or upload.kind != _kind(call) or upload.api != call.route.resource:
        return None
    return (
        upload if speaks_for(call, upload.owner, "r_organization_social", "w_organization_social") else None
    )


def _document(call: Call, upload: StoredMedia) -> dict[str, Any]:
    status = upload.status(call.store.clock.now())
    document: dict[str, Any] = {"owner": upload.owner, "id": upload.urn, "status": status.value}
    if status is MediaStatus.AVAILABLE:
        expires = int((call.store.clock.now() + call.store.settings.upload_lifetime) * 1000)
        document |= {"downloadUrl": upload_url(call, upload), "downloadUrlExpiresAt": expires}
    if status is MediaStatus.PROCESSING_FAILED and upload.kind == "video":
        document["processingFailureReason"] = "The file could not be processed"
    return document


_READ = frozenset({"r_organization_social", "r_member_social"})
_SCOPES = frozenset({"w_member_social", "w_organization_social"})


def _routes(resource: str, gate: str, action: Any) -> tuple[Route, ...]:
    return (
        Route(resource, "ACTION-initializeUpload", action, gate, _SCOPES, versioned=True),
        Route(resource, "GET", get, gate, versioned=True),
        Route(resource, "BATCH_GET", batch_get, gate, versioned=True),
    )


ROUTES = (
    *_routes("images", "partnerApiImages", initialize),
    *_routes("documents", "partnerApiDocuments", initialize),
    *_routes("videos", "partnerApiVideos", initialize_video),
    Route("videos", "ACTION-finalizeUpload", finalize_video, "partnerApiVideos", _SCOPES, versioned=True),
)
