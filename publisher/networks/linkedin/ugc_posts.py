"""The ``ugcPosts`` API: posts on ``/v2/ugcPosts``, files through ``/v2/assets``."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publisher.errors import Rejected
from publisher.model.post import Author, Media, MediaKind
from publisher.networks.bodies import json_body
from publisher.networks.gateway import Created, Payload, Progress
from publisher.networks.linkedin.access import Access
from publisher.networks.linkedin.creating import create_comment, create_post
from publisher.networks.linkedin.deleting import delete_post
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
    text_headers,
    wait_until_ready,
)
from publisher.networks.messages import Answer, Request, encode, last_part

# learn.microsoft.com, Vector Assets API: a single request is below 200 MB.
_SINGLE_UPLOAD = 200_000_000
"""Bytes up to which one request may carry a video."""

# Waiting is useless in these states (Vector Assets API and public clients, read 2026-11).
_FAILED = frozenset({"CLIENT_ERROR", "SERVER_ERROR", "INCOMPLETE", "PROCESSING_FAILED", "FAILED"})
_GONE = frozenset({"BLOCKED", "ABANDONED", "DELETED"})
# Seconds. LinkedIn publishes no processing times; these are inferred.
_PATIENCE = {MediaKind.IMAGE: Patience(60), MediaKind.VIDEO: Patience(900)}


@dataclass(frozen=True, slots=True)
class UgcGateway:
    """`publisher.networks.gateway.Gateway` on ``/v2/ugcPosts``."""

    access: Access
    root: Path

    def upload(self, author: Author, media: Media, progress: Progress | None = None) -> str:
        """Register, send and await one image or video. Return its ``digitalmediaAsset`` URN."""
        if media.kind is MediaKind.DOCUMENT:
            raise Rejected("ugcPosts takes no documents.", "Set `api: posts` for posts with a document.")
        token = self.access.token(author)
        with verified(self.root, media) as path:
            return self._upload(author, media, token, Upload(path, media.size, progress))

    def _upload(self, author: Author, media: Media, token: str, upload: Upload) -> str:
        value = self._register(author, media, token)
        asset = value.get("asset")
        if not isinstance(asset, str):
            raise malformed("asset URN")
        self._send(value, upload, media, token)
        self._await(asset, media, token, upload)
        return asset

    def create(self, author: Author, payload: Payload) -> Created:
        """POST the body once."""
        token = self.access.token(author)
        return create_post(self.access, "/v2/ugcPosts", payload, restli(), token)

    def update_text(self, author: Author, urn: str, payload: Payload) -> None:  # noqa: ARG002 - the protocol's
        """Refuse: ugcPosts documents no edit."""
        raise Rejected(f"ugcPosts can't edit {urn}.", "Set `api: posts`, or `on_change: replace`.")

    def delete(self, author: Author, urn: str) -> None:
        """DELETE the post."""
        delete_post(self.access.transport, f"/v2/ugcPosts/{encode(urn)}", restli(), self.access.token(author))

    def comment(self, author: Author, urn: str, payload: Payload) -> Created:
        """POST a comment once."""
        return create_comment(self.access, urn, payload, restli(), self.access.token(author))

    def _register(self, author: Author, media: Media, token: str) -> Mapping[str, Any]:
        kind = "image" if media.kind is MediaKind.IMAGE else "video"
        wanted: dict[str, Any] = {
            "owner": author.urn,
            "recipes": [f"urn:li:digitalmediaRecipe:feedshare-{kind}"],
            "serviceRelationships": [
                {"relationshipType": "OWNER", "identifier": "urn:li:userGeneratedContent"}
            ],
        }
        if media.size > _SINGLE_UPLOAD:
            # larger videos are taken in parts only
            wanted |= {"supportedUploadMechanism": ["MULTIPART_UPLOAD"], "fileSize": media.size}
        return self._action("registerUpload", {"registerUploadRequest": wanted}, token, "value")

    def _action(self, name: str, body: Payload, token: str, member: str = "") -> Mapping[str, Any]:
        url = f"{self.access.transport.url}/v2/assets?action={name}"
        headers = restli({"Content-Type": "application/json"})
        answer = self.access.transport.safe(Request("POST", url, headers, json_body(body), token))
        value = answer.document.get(member) if member else answer.document
        if not isinstance(value, Mapping):
            raise malformed("upload instructions")
        return value

    def _send(self, value: Mapping[str, Any], upload: Upload, media: Media, token: str) -> None:
        mechanism = _mechanism(value)
        if "partUploadRequests" in mechanism:
            return self._send_parts(value, mechanism, upload, token)
        url = mechanism.get("uploadUrl")
        if not isinstance(url, str):
            raise malformed("upload address")
        headers = {"Content-Type": media.mime_type, **text_headers(mechanism.get("headers"))}
        part = Part(url, 0, upload.size - 1, headers)
        # the documentation sends the token with images, and wants none with videos
        put(self.access.transport, upload, part, token, bearer=media.kind is MediaKind.IMAGE)
        return None

    def _send_parts(
        self, value: Mapping[str, Any], mechanism: Mapping[str, Any], upload: Upload, token: str
    ) -> None:
        answers = put_parts(self.access.transport, upload, read_parts(mechanism["partUploadRequests"]), token)
        responses = [{"headers": {"ETag": etag(item)}, "httpStatusCode": item.status} for item in answers]
        completed = {
            "mediaArtifact": value.get("mediaArtifact"),
            "metadata": mechanism.get("metadata"),
            "partUploadResponses": responses,
        }
        known = {name: item for name, item in completed.items() if item is not None}
        self._action("completeMultiPartUpload", {"completeMultipartUploadRequest": known}, token)

    def _await(self, asset: str, media: Media, token: str, upload: Upload) -> None:
        url = f"{self.access.transport.url}/v2/assets/{encode(last_part(asset))}"
        status = Request("GET", url, restli(), token=token)
        transport = self.access.transport

        def read() -> Answer:
            upload.waiting()
            return transport.safe(status)

        wait_until_ready(transport, read, _is_ready, _PATIENCE[media.kind])


def _mechanism(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the one member of the upload mechanism's union, or what stands in its place."""
    # the union's key is a class name, which has changed before; what is in it has not
    union = value.get("uploadMechanism")
    if not isinstance(union, Mapping):
        return value
    members = [item for item in union.values() if isinstance(item, Mapping)]
    known = [item for item in members if "uploadUrl" in item or "partUploadRequests" in item]
    return known[0] if known else union


def _is_ready(document: Mapping[str, Any]) -> bool:
    """Return whether every recipe is done. Raise `Rejected` if one never will be."""
    status, recipes = document.get("status"), document.get("recipes")
    if status in _GONE:
        raise processing_failed(f"its status is {status}")
    rows = recipes if isinstance(recipes, list) else []
    states = {str(item.get("status")) for item in rows if isinstance(item, Mapping)}
    if failed := _FAILED.intersection(states):
        raise processing_failed(f"its status is {min(failed)}")
    # an answer without recipes tells nothing that could be waited for, save where its status says so
    return states == {"AVAILABLE"} if states else status not in WAITING
