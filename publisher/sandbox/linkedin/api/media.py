"""What posts may attach: existence, kind, owner and readiness of uploads."""

from publisher.sandbox.linkedin import api_errors
from publisher.sandbox.linkedin.call import Call
from publisher.sandbox.values import MediaStatus, StoredMedia


def attachable(call: Call, urn: str, author: str, kinds: tuple[str, ...], path: str) -> StoredMedia:
    """Return the upload to attach. Raise a 400 if it is unknown, of another kind, or another's."""
    upload = call.store.media(urn)
    if upload is None:
        raise api_errors.input_error(400, "INVALID_URN_ID", "The URN ID provided is invalid", path)
    if upload.kind not in kinds:
        description = f"{path} value {urn} must be a {' or '.join(kinds)} URN"
        raise api_errors.input_error(400, "INVALID_URN_TYPE", description, path)
    if upload.owner != author:
        raise api_errors.refuse(400, "One or more of the assets is not owned by the author")
    return upload


def ready(call: Call, upload: StoredMedia, path: str) -> None:
    """Raise a 400 unless the upload is AVAILABLE. This is the versioned API's rule."""
    status = upload.status(call.store.clock.now())
    if status is MediaStatus.PROCESSING_FAILED:
        raise api_errors.input_error(
            400, "MEDIA_ASSET_PROCESSING_FAILED", f"Media asset {upload.urn} failed processing", path
        )
    if status is not MediaStatus.AVAILABLE:
        raise api_errors.input_error(
            400, "MEDIA_ASSET_WAITING_UPLOAD", f"Media asset {upload.urn} is waiting for its upload", path
        )


def uploaded(upload: StoredMedia, path: str) -> None:
    """Raise a 400 if no bytes ever came.

    The unversioned API takes assets that are still being processed.
    """
    if upload.uploaded_at is None:
        raise api_errors.input_error(
            400, "MEDIA_ASSET_WAITING_UPLOAD", f"Media asset {upload.urn} is waiting for its upload", path
        )
