"""Uploads: ready at once, or processed for a while (202 on upload, 206 until it is ready)."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from publisher.sandbox.emulator import Endpoint, NetworkCall
from publisher.sandbox.mastodon.calls import invalid, not_found, read_fields, refuse, text
from publisher.sandbox.mastodon.values import Attachment, MastodonAccount
from publisher.sandbox.messages import Response, json_response

if TYPE_CHECKING:
    from publisher.sandbox.mastodon.network import Mastodon

# docs.joinmastodon.org, Instance, read 2026-07. A server may have another limit.
DESCRIPTION_LIMIT = 1_500
# 16 MiB for images, 99 MiB for videos and audio (MediaAttachment, read in public code, 2026-11).
_LARGEST = {"image": 16_777_216, "gifv": 16_777_216, "video": 103_809_024}


class Media:
    """The media calls."""

    kinds = {  # noqa: RUF012 - a table that nobody changes
        "image/png": "image",
        "image/jpeg": "image",
        "image/gif": "gifv",
        "image/webp": "image",
        "image/heic": "image",
        "image/avif": "image",
        "video/mp4": "video",
        "video/webm": "video",
    }

    def __init__(self, network: "Mastodon") -> None:
        self._network = network

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Return the routes."""
        return (
            Endpoint("POST", "/api/v2/media", "mastodon.media", self.upload, media=True),
            Endpoint("GET", "/api/v1/media/{id}", "mastodon.attachment", self.show),
            Endpoint("PUT", "/api/v1/media/{id}", "mastodon.attachment", self.update),
        )

    def upload(self, call: NetworkCall) -> Response:
        """Take a file."""
        network = self._network
        account = network.authorize(call, "write:media")
        fields = read_fields(call)
        file = fields.get("file")
        if not isinstance(file, dict):
            raise invalid("File can't be blank")
        kind = self.kinds.get(file["type"])
        if kind is None:
            raise invalid("File content type is invalid, File is invalid")
        if len(file["content"]) > _LARGEST[kind]:
            raise invalid(f"File size must be less than {_LARGEST[kind] // 1_048_576} MB")
        description = text(fields, "description")
        if len(description) > DESCRIPTION_LIMIT:
            raise invalid(f"Description is too long (maximum is {DESCRIPTION_LIMIT} characters)")
        slow, failed = call.strike("slow-media"), call.strike("media-failed")
        lasting = slow.seconds if slow else network.store.settings.processing
        name = f"mastodon-{network.snowflake()}"
        (network.store.media_folder / name).write_bytes(file["content"])
        item = Attachment(
            id=name.partition("-")[2],
            account=account.id,
            kind=kind,
            mime_type=file["type"],
            file=name,
            size=len(file["content"]),
            description=description,
            ready_at=network.clock.now() + lasting,
            failed=failed is not None,
        )
        network.attachments.put(item.id, item)
        call.committed = item.id
        # 202 while the file is processed (docs.joinmastodon.org, POST /api/v2/media, read 2026-07).
        return json_response(200 if self.ready(item) else 202, self.described(item, call.request.base_url))

    def show(self, call: NetworkCall) -> Response:
        """Show whether it is ready."""
        item = self._own(call, "write:media")
        if item.failed and self.ready(item):
            raise refuse(422, "Error processing thumbnail for uploaded media")
        # 206 until processing has ended (docs.joinmastodon.org, GET /api/v1/media/:id, read 2026-07).
        return json_response(200 if self.ready(item) else 206, self.described(item, call.request.base_url))

    def update(self, call: NetworkCall) -> Response:
        """Change the description of a file that is in no status yet."""
        item = self._own(call, "write:media")
        if item.status:
            raise not_found()
        item = replace(item, description=text(read_fields(call), "description"))
        self._network.attachments.put(item.id, item)
        return json_response(200, self.described(item, call.request.base_url))

    def ready(self, item: Attachment) -> bool:
        """Tell whether processing has ended."""
        return self._network.clock.now() >= item.ready_at

    def attach(self, account: MastodonAccount, ids: list[str], status: str) -> list[Attachment]:
        """Return the files that a status may use, checked as `PostStatusService` does."""
        items = [self._network.attachments.get(name) for name in dict.fromkeys(ids)]
        found = [
            item for item in items if item and item.account == account.id and item.status in {"", status}
        ]
        if len(found) > 4:
            raise invalid("Cannot attach more than 4 files")
        if len(found) > 1 and any(item.kind != "image" for item in found):
            raise invalid("Cannot attach a video to a post that already contains images")
        if any(item.failed or not self.ready(item) for item in found):
            raise invalid("Cannot attach files that have not finished processing. Try again in a moment!")
        return found

    def described(self, item: Attachment, server: str) -> dict[str, Any]:
        """Return a file as JSON; its address is null while it is processed."""
        url = f"{server}/media_attachments/{item.id}" if self.ready(item) else None
        return {
            "id": item.id,
            "type": item.kind,
            "url": url,
            "preview_url": url,
            "remote_url": None,
            "meta": {},
            "description": item.description or None,
            "blurhash": None,
        }

    def _own(self, call: NetworkCall, scope: str) -> Attachment:
        account = self._network.authorize(call, scope)
        item = self._network.attachments.get(call.names["id"])
        if item is None or item.account != account.id:
            raise not_found()
        return item
