"""Registering, uploading and finishing files: /v2/assets, /rest/images, /rest/videos, /rest/documents."""

import re
import time
from collections.abc import Callable, Iterable
from typing import Any

from tests.support.otherlinkedin.answers import (
    Answer,
    Refusal,
    bad_request,
    bad_value,
    forbidden,
    json_answer,
    refuse,
    unprocessable,
)
from tests.support.otherlinkedin.shapes import boolean, enum, exactly, integer, listing, record, text, urn
from tests.support.otherlinkedin.variant import Variant
from tests.support.otherlinkedin.wire import Arrived
from tests.support.otherlinkedin.world import File, World

SINGLE = "com.linkedin.digitalmedia.uploading.MediaUploadHttpRequest"
MULTI = "com.linkedin.digitalmedia.uploading.MultipartUpload"
_OWNER = urn("person", "organization")
_REGISTER = record(
    {
        "registerUploadRequest": record(
            {
                "owner": _OWNER,
                "recipes": listing(
                    enum(
                        "urn:li:digitalmediaRecipe:feedshare-image",
                        "urn:li:digitalmediaRecipe:feedshare-video",
                    ),
                    least=1,
                    most=1,
                ),
                "serviceRelationships": listing(
                    record(
                        {
                            "relationshipType": enum("OWNER"),
                            "identifier": exactly("urn:li:userGeneratedContent", bad_value),
                        }
                    ),
                    least=1,
                    most=1,
                ),
            },
            {
                "supportedUploadMechanism": listing(
                    enum("SYNCHRONOUS_UPLOAD", "SINGLE_REQUEST_UPLOAD", "MULTIPART_UPLOAD"), least=1
                ),
                "fileSize": integer,
            },
        )
    }
)
_COMPLETE = record(
    {
        "completeMultipartUploadRequest": record(
            {
                "mediaArtifact": text(),
                "metadata": text(),
                "partUploadResponses": listing(
                    record({"headers": record({"ETag": text(blank=False)}), "httpStatusCode": integer}),
                    least=1,
                ),
            }
        )
    }
)
_INITIALIZE = record({"initializeUploadRequest": record({"owner": _OWNER})})
_INITIALIZE_VIDEO = record(
    {
        "initializeUploadRequest": record(
            {"owner": _OWNER, "fileSizeBytes": integer},
            {"uploadCaptions": boolean, "uploadThumbnail": boolean},
        )
    }
)
_FINALIZE = record(
    {
        "finalizeUploadRequest": record(
            {
                "video": urn("video"),
                "uploadToken": text(),
                "uploadedPartIds": listing(text(blank=False), least=1),
            }
        )
    }
)


class Media:
    """The files of a world; ``address`` makes an upload URL of a path."""

    def __init__(self, world: World, variant: Variant, address: Callable[[str], str]) -> None:
        self.world, self.variant, self._address = world, variant, address
        self._targets: dict[str, tuple[File, int]] = {}
        self.size_of_unasked: int | None = None
        """The size of a file that is to be sent in parts though nobody asked for that."""

    # registering

    def register(self, body: Any) -> tuple[str, Answer]:
        """registerUpload: the owner, and the answer."""
        _REGISTER(body, "")
        asked = body["registerUploadRequest"]
        recipe = asked["recipes"][0]
        kind = "image" if recipe.endswith("image") else "video"
        name = "D5622AQ" + self.world.opaque(12)
        made = File(f"urn:li:digitalmediaAsset:{name}", kind, asked["owner"], asked.get("fileSize"), recipe)
        made.artifact = (
            f"urn:li:digitalmediaMediaArtifact:({made.urn},"
            f"urn:li:digitalmediaMediaArtifactClass:uploaded-{kind})"
        )
        self._add(made)
        value = {
            "asset": made.urn,
            "mediaArtifact": made.artifact,
            "uploadMechanism": self._mechanism(made, asked.get("supportedUploadMechanism", [])),
            "assetRealTimeTopic": f"urn:li-realtime:digitalmediaAssetUpdatesTopic:{made.urn}",
        }
        return asked["owner"], json_answer(200, {"value": value})

    def _mechanism(self, made: File, asked: list[str]) -> dict[str, Any]:
        parts = self.variant.mechanism == "multipart" or (
            self.variant.mechanism == "asked" and "MULTIPART_UPLOAD" in asked
        )
        if not parts:
            family = {"image": "STILLIMAGE", "video": "VIDEO"}[made.kind]
            headers = self.variant.upload_headers
            wanted = {"media-type-family": family} if headers is None else dict(headers)
            return {SINGLE: {"uploadUrl": self._url(made, 0), "headers": wanted}}
        made.size = made.size or self.size_of_unasked
        if made.size is None:
            raise bad_value("/registerUploadRequest/fileSize")
        self._split(made)
        requests = [
            {
                "url": self._url(made, number),
                "urlExpiresAt": int(time.time() * 1000) + 86_400_000,
                "headers": {"Content-Type": "application/octet-stream"},
                "byteRange": {"firstByte": first, "lastByte": last},
            }
            for number, (first, last) in enumerate(made.ranges)
        ]
        return {MULTI: {"metadata": f"meta-{made.urn[-6:]}", "partUploadRequests": requests}}

    def initialize(self, kind: str, body: Any) -> tuple[str, Answer]:
        """initializeUpload of an image, video or document: the owner, and the answer."""
        (_INITIALIZE_VIDEO if kind == "video" else _INITIALIZE)(body, "")
        asked = body["initializeUploadRequest"]
        urn_id = "C4E10AQ" + self.world.opaque(12)
        made = File(f"urn:li:{kind}:{urn_id}", kind, asked["owner"], asked.get("fileSizeBytes"))
        self._add(made)
        expires = int(time.time() * 1000) + 86_400_000
        if kind != "video":
            value = {"uploadUrlExpiresAt": expires, "uploadUrl": self._url(made, 0), kind: made.urn}
            return asked["owner"], json_answer(200, {"value": value})
        self._split(made)
        value = {
            "uploadUrlsExpireAt": expires,
            "video": made.urn,
            "uploadToken": self.variant.upload_token,
            "uploadInstructions": [
                {"uploadUrl": self._url(made, number), "firstByte": first, "lastByte": last}
                for number, (first, last) in enumerate(made.ranges)
            ],
        }
        return asked["owner"], json_answer(200, {"value": value})

    def _add(self, made: File) -> None:
        made.polls = self.variant.polls
        self.world.files[made.urn] = made

    def _split(self, made: File) -> None:
        size, step = made.size or 0, self.variant.part_size
        ranges = [(first, min(first + step, size) - 1) for first in range(0, size, step)]
        made.ranges = tuple(reversed(ranges) if self.variant.part_order == "descending" else ranges)

    def _url(self, made: File, number: int) -> str:
        name = f"{made.urn.rpartition(':')[2]}-{number}"
        path = self.variant.upload_path.format(id=name, kind=made.kind)
        self._targets[path] = (made, number)
        return self._address(path)

    # the bytes

    def upload(self, request: Arrived, authorize: Callable[[], str]) -> Answer:
        """The bytes of a file or part at one of our upload addresses, compared as they stand."""
        if request.target not in self._targets:
            raise refuse(404, f"No such upload: {request.target}")
        made, number = self._targets[request.target]
        if request.method not in self.variant.upload_methods:
            answer = json_answer(405, {"status": 405}).having(
                ("Allow", ", ".join(self.variant.upload_methods))
            )
            raise Refusal(answer)
        if "content-length" not in request.headers:
            raise refuse(411, "Length Required")
        if made.ranges or (made.kind == "video" and not made.recipe):
            return self._part(made, number, request)
        if made.kind != "video":
            authorize()
        elif "authorization" in request.headers:
            raise refuse(400, "A video URL takes no token")
        self._headers(made, request)
        made.content, made.status = request.body, "PROCESSING"
        self._step(made)
        return Answer(self.variant.upload_statuses[0])

    def _headers(self, made: File, request: Arrived) -> None:
        family = {"image": "STILLIMAGE", "video": "VIDEO"}.get(made.kind, "")
        wanted = self.variant.upload_headers
        if wanted is None:
            wanted = (("media-type-family", family),) if made.recipe else ()
        for name, value in wanted if made.recipe else ():
            if request.headers.get(name.lower()) != value:
                raise refuse(400, f"{name} is {request.headers.get(name.lower())!r}, not {value!r}")
        if "x-restli-method" in request.headers or "linkedin-version" in request.headers:
            raise refuse(400, "An upload address is not an API")
        mime = request.headers.get("content-type", "")
        if "content-type" in dict(wanted):
            return
        if not mime or mime.startswith(("application/json", "application/x-www-form", "multipart/", "text/")):
            raise refuse(415, f"{mime!r} is not a media type", "UNSUPPORTED_MEDIA_TYPE")

    def _part(self, made: File, number: int, request: Arrived) -> Answer:
        if "authorization" in request.headers:
            raise refuse(400, "The address of a part takes no token")
        if request.headers.get("content-type") != "application/octet-stream":
            raise refuse(
                415,
                f"{request.headers.get('content-type')!r} is not a multipart part",
                "UNSUPPORTED_MEDIA_TYPE",
            )
        first, last = made.ranges[number]
        if len(request.body) != last - first + 1:
            raise refuse(400, f"{len(request.body)} bytes are not {first}-{last}")
        made.parts[number] = request.body
        made.tags[number] = self.variant.etag.format(id=f"/ambry-video/{made.urn[-8:]},{number}+{first}")
        return Answer(self.variant.upload_statuses[1]).having((self.variant.etag_header, made.tags[number]))

    # finishing

    def complete(self, body: Any) -> tuple[str, Answer]:
        """completeMultiPartUpload: the owner, and the answer."""
        _COMPLETE(body, "")
        asked = body["completeMultipartUploadRequest"]
        made = next(
            (one for one in self.world.files.values() if one.artifact == asked["mediaArtifact"]), None
        )
        if made is None or asked["metadata"] != f"meta-{made.urn[-6:]}":
            raise bad_value("/completeMultipartUploadRequest/mediaArtifact")
        answers = asked["partUploadResponses"]
        if any(answer["httpStatusCode"] != self.variant.upload_statuses[1] for answer in answers):
            raise bad_value("/completeMultipartUploadRequest/partUploadResponses")
        self._join(made, [answer["headers"]["ETag"] for answer in answers])
        return made.owner, json_answer(200, {})

    def finalize(self, body: Any) -> tuple[str, Answer]:
        """finalizeUpload of a video: the owner, and the answer."""
        _FINALIZE(body, "")
        asked = body["finalizeUploadRequest"]
        made = self.world.files.get(asked["video"])
        if made is None:
            raise bad_request("INVALID_VIDEO_ID", "The video ID provided is invalid")
        if asked["uploadToken"] != self.variant.upload_token:
            raise bad_request("UPDATING_ASSET_FAILED", "uploadToken")
        self._join(made, asked["uploadedPartIds"])
        return made.owner, Answer(200)

    def _join(self, made: File, tags: list[str]) -> None:
        order = range(len(made.ranges))
        by_bytes = sorted(order, key=lambda number: made.ranges[number])
        taken = [self._tags(made, numbers) for numbers in (order, by_bytes)]
        if not any(tags in forms for forms in taken):
            raise bad_request("UPDATING_ASSET_FAILED", f"{tags} are not {taken}")
        in_order = sorted(made.parts, key=lambda number: made.ranges[number])
        made.content = b"".join(made.parts[number] for number in in_order)
        made.status = "PROCESSING"
        self._step(made)

    def _tags(self, made: File, numbers: Iterable[int]) -> list[list[str]]:
        sent = [made.tags.get(number, "") for number in numbers]
        bare = [re.sub(r'^(W/)?"|"$', "", tag) for tag in sent]
        return {"bare": [bare], "as-sent": [sent]}.get(self.variant.etag_taken, [bare, sent])

    # processing

    def _step(self, made: File, by: int = 0) -> None:
        made.polls = max(made.polls - by, 0)
        if made.status == "PROCESSING" and made.polls == 0:
            made.status = "AVAILABLE" if self.variant.processing == "succeeds" else "PROCESSING_FAILED"

    def asset_status(self, name: str) -> Answer:
        """GET /v2/assets/{id}, where id is the last part of the URN."""
        made = self.world.files.get(f"urn:li:digitalmediaAsset:{name}")
        if made is None or self.variant.asset_status == "missing":
            raise refuse(404, "Could not find entity", "NOT_FOUND")
        if self.variant.asset_status == "forbidden":
            raise forbidden("Not enough permissions to access: assets.GET.NO_VERSION")
        state = {"PROCESSING_FAILED": self.variant.failed_recipe, "WAITING_UPLOAD": "NEW"}.get(
            made.status, made.status
        )
        self._step(made, 1)
        document: dict[str, Any] = {
            "id": name,
            "status": "ALLOWED",
            "recipes": [{"recipe": made.recipe, "status": state}],
        }
        if self.variant.asset_fields == "full":
            document |= {
                "owner": made.owner,
                "created": int(time.time() * 1000),
                "lastModified": int(time.time() * 1000),
                "mediaTypeFamily": made.kind.upper(),
                "serviceRelationships": [
                    {"relationshipType": "OWNER", "identifier": "urn:li:userGeneratedContent"}
                ],
                "resourceRelationships": [],
                "executedActions": [],
            }
        return json_answer(200, document)

    def status(self, kind: str, name: str) -> Answer:
        """GET of an image, video or document of the versioned API."""
        made = self.world.files.get(name)
        if kind == "image" and self.variant.image_status == "forbidden":
            raise forbidden(
                "Accessing this image resource is forbidden. Please check your permissions for this resource"
            )
        if made is None or made.kind != kind:
            raise refuse(404, "Could not find entity", "NOT_FOUND")
        document = {"owner": made.owner, "id": made.urn, "status": made.status}
        if made.status == "AVAILABLE":
            document |= {"downloadUrl": self._address("/d"), "downloadUrlExpiresAt": "0"}
        if made.status == "PROCESSING_FAILED":
            document |= {"processingFailureReason": "UNSUPPORTED_CODEC"}
        self._step(made, 1)
        return json_answer(200, document)

    def check_use(self, urns: tuple[str, ...], author: str, *, versioned: bool) -> bool:
        """Whether all files of a post are ready. Refuses those of others, and those never uploaded."""
        early = False
        for one in urns:
            made = self.world.files.get(one)
            if made is None:
                raise bad_request("INVALID_URN_ID", f"The URN ID provided is invalid: {one}")
            if made.owner != author:
                raise bad_request("", "One or more of the assets is not owned by the author")
            if made.status == "WAITING_UPLOAD":
                raise bad_request("MEDIA_ASSET_WAITING_UPLOAD", f"{one} was never uploaded")
            if made.status == "PROCESSING_FAILED" and versioned:
                raise bad_request("MEDIA_ASSET_PROCESSING_FAILED", f"{one} could not be processed")
            if made.status == "PROCESSING":
                early = True
                if versioned and (made.kind == "video" or self.variant.unready == "refuse"):
                    self._step(made, 1)
                    raise bad_request("MEDIA_ASSET_WAITING_UPLOAD", f"{one} is not ready")
        return early


def check_owner(owner: str, member: str, pages: frozenset[str], path: str) -> None:
    """Refuse an owner that the token does not speak for."""
    if owner.startswith("urn:li:person:"):
        if owner != member:
            raise bad_value(path)
    elif owner not in pages:
        raise bad_request("", "Organization permissions must be used when using organization as author")


def known_person(author: str, people: dict[str, str]) -> None:
    """422, where no such person is known to this app."""
    if author.startswith("urn:li:person:") and author not in people:
        raise unprocessable("/author", rf'"{author}" does not match urn:li:company:\d+|urn:li:member:\d+')
