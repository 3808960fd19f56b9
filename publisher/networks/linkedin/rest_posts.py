"""The versioned API: posts on ``/rest/posts``, files on ``/rest/images``, ``videos``, ``documents``."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publisher.model.post import Author, Media, MediaKind
from publisher.networks.bodies import json_body
from publisher.networks.gateway import Created, Payload, Progress
from publisher.networks.linkedin.access import Access
from publisher.networks.linkedin.creating import create_comment, create_post
from publisher.networks.linkedin.deleting import delete_post, update_post
from publisher.networks.linkedin.media_files import Upload, verified
from publisher.networks.linkedin.transport import restli
from publisher.networks.linkedin.uploads import (
    WAITING,
    Part,
    Patience,
    etag,
    malformed,
    processing_failed,
    put,
    put_parts,
    read_parts,
    wait_until_ready,
)
from publisher.networks.messages import Answer, Request, encode

_RESOURCES = {MediaKind.IMAGE: "image", MediaKind.VIDEO: "video", MediaKind.DOCUMENT: "document"}
# Seconds. LinkedIn publishes no processing times; these are inferred, and videos take longest.
_PATIENCE = {
    # a self-serve token can't read an image's status: LinkedIn gets a moment, as other clients give it
    MediaKind.IMAGE: Patience(60, blind=3),
    MediaKind.VIDEO: Patience(900, blind=10),
    MediaKind.DOCUMENT: Patience(300, blind=3),
}


@dataclass(frozen=True, slots=True)
class PostsGateway:
    """`publisher.networks.gateway.Gateway` on ``/rest/posts``; ``version`` is the ``Linkedin-Version``."""

    access: Access
    root: Path
    version: str

    def upload(self, author: Author, media: Media, progress: Progress | None = None) -> str:
        """Initialize, send and await one file. Return its image, video or document URN."""
        token = self.access.token(author)
        with verified(self.root, media) as path:
            return self._upload(author, media, token, Upload(path, media.size, progress))

    def _upload(self, author: Author, media: Media, token: str, upload: Upload) -> str:
        kind = _RESOURCES[media.kind]
        wanted: dict[str, Any] = {"owner": author.urn}
        if media.kind is MediaKind.VIDEO:
            # "uploadCaption", as some pages write it, is refused as an unknown field
            wanted |= {"fileSizeBytes": media.size, "uploadCaptions": False, "uploadThumbnail": False}
        value = self._action(kind, "initializeUpload", wanted, token).get("value")
        urn = value.get(kind) if isinstance(value, Mapping) else None
        if not isinstance(value, Mapping) or not isinstance(urn, str):
            raise malformed(f"{kind} URN")
        if media.kind is MediaKind.VIDEO:
            self._send_parts(urn, value, upload, token)
        else:
            self._send(value, upload, media, token)
        self._await(kind, urn, media, token, upload)
        return urn

    def create(self, author: Author, payload: Payload) -> Created:
        """POST the body once."""
        token = self.access.token(author)
        return create_post(self.access, "/rest/posts", payload, self._headers(), token)

    def update_text(self, author: Author, urn: str, payload: Payload) -> None:
        """PARTIAL_UPDATE with an encoded patch. It may be repeated: a second one changes nothing."""
        path = f"/rest/posts/{encode(urn)}"
        update_post(self.access.transport, path, payload, self._headers(), self.access.token(author))

    def delete(self, author: Author, urn: str) -> None:
        """DELETE the post. A post that is gone may be forbidden as well."""
        path = f"/rest/posts/{encode(urn)}"
        delete_post(self.access.transport, path, self._headers(), self.access.token(author))

    def comment(self, author: Author, urn: str, payload: Payload) -> Created:
        """POST a comment once, on ``/v2`` and without version."""
        return create_comment(self.access, urn, payload, restli(), self.access.token(author))

    def _headers(self, headers: Mapping[str, str] | None = None) -> dict[str, str]:
        return restli(headers, self.version)

    def _action(self, kind: str, name: str, wanted: Payload, token: str) -> Mapping[str, Any]:
        url = f"{self.access.transport.url}/rest/{kind}s?action={name}"
        headers = self._headers({"Content-Type": "application/json"})
        body = json_body({f"{name}Request": wanted})
        return self.access.transport.safe(Request("POST", url, headers, body, token)).document

    def _send(self, value: Mapping[str, Any], upload: Upload, media: Media, token: str) -> None:
        url = value.get("uploadUrl")
        if not isinstance(url, str):
            raise malformed("upload address")
        part = Part(url, 0, upload.size - 1, {"Content-Type": media.mime_type})
        put(self.access.transport, upload, part, token, bearer=True)

    def _send_parts(self, urn: str, value: Mapping[str, Any], upload: Upload, token: str) -> None:
        answers = put_parts(self.access.transport, upload, read_parts(value.get("uploadInstructions")), token)
        finished = {
            "video": urn,
            # it is often empty, and must be there all the same
            "uploadToken": str(value.get("uploadToken") or ""),
            "uploadedPartIds": [etag(answer) for answer in answers],
        }
        self._action("video", "finalizeUpload", finished, token)

    def _await(self, kind: str, urn: str, media: Media, token: str, upload: Upload) -> None:
        transport = self.access.transport
        url = f"{transport.url}/rest/{kind}s/{encode(urn)}"
        status = Request("GET", url, self._headers(), token=token)

        def read() -> Answer:
            upload.waiting()
            return transport.safe(status)

        wait_until_ready(transport, read, _is_ready, _PATIENCE[media.kind])


def _is_ready(document: Mapping[str, Any]) -> bool:
    status = document.get("status")
    if status == "PROCESSING_FAILED":
        raise processing_failed(str(document.get("processingFailureReason") or ""))
    # whatever else is said, or not said, gives nothing to wait for
    return status not in WAITING
