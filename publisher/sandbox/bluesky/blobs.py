"""Blobs and videos.

`uploadBlob` stores the bytes under their content id (measured on `@atproto/pds` 0.4.217, 2026-11-24). Videos
go to a service of their own, which takes a service token and answers with a job (docs.bsky.app, video
tutorial, 2026-07).
"""

from typing import TYPE_CHECKING, Any

from publisher.sandbox.bluesky import cbor
from publisher.sandbox.bluesky.calls import invalid, refuse
from publisher.sandbox.bluesky.values import StoredBlob, VideoJob
from publisher.sandbox.emulator import Endpoint, NetworkCall
from publisher.sandbox.messages import Response, json_response

if TYPE_CHECKING:
    from publisher.sandbox.bluesky.network import Bluesky

# The first bytes of each format (WHATWG MIME Sniffing, section 6).
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"ftyp", 4, "video/mp4"),
)
# PDS_BLOB_UPLOAD_LIMIT's default, docs of 2026-07
_LARGEST = 52_428_800
_UPLOAD = "com.atproto.repo.uploadBlob"


class Blobs:
    """The blob and video calls."""

    def __init__(self, network: "Bluesky") -> None:
        self._network = network

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Return the routes; the video service answers on the same address as the PDS."""
        video = "/xrpc/app.bsky.video."
        return (
            Endpoint("POST", f"/xrpc/{_UPLOAD}", "bluesky.uploadBlob", self.upload, media=True),
            Endpoint("POST", f"{video}uploadVideo", "bluesky.uploadVideo", self.upload_video, media=True),
            Endpoint("GET", f"{video}getJobStatus", "bluesky.getJobStatus", self.job_status),
        )

    def upload(self, call: NetworkCall) -> Response:
        """Store bytes; the same bytes give the same reference."""
        account = self._network.sessions.authorize(call)
        declared = call.request.content_type
        if not declared:
            raise invalid("Request encoding (Content-Type) required but not provided")
        if len(call.request.body) > _LARGEST:
            raise refuse(413, "PayloadTooLarge", "request entity too large")
        return json_response(200, {"blob": self._store(account.did, call.request.body, declared)})

    def upload_video(self, call: NetworkCall) -> Response:
        """Take a video and begin a job.

        Bytes that were processed before are answered with 409 and their job.
        """
        account = self._network.sessions.service_account(call, _UPLOAD)
        if call.request.parameters.get("did") != account.did:
            raise refuse(401, "Unauthorized", "the token is of another account")
        if not account.email_confirmed:
            raise refuse(401, "unconfirmed_email", "Please confirm your email address to upload videos")
        cid = cbor.blob_cid(call.request.body)
        earlier = self._network.jobs.get(cid)
        if earlier:
            body = {
                **self._described(earlier),
                "error": "already_exists",
                "message": "Video already processed",
            }
            # A 409 carries the job, so that a client can continue with it (docs.bsky.app, video tutorial,
            # read 2026-07).
            return json_response(409, body)
        slow, failed = call.strike("slow-media"), call.strike("media-failed")
        ready_at = self._network.clock.now() + (
            slow.seconds if slow else self._network.store.settings.processing
        )
        blob = self._store(account.did, call.request.body, "video/mp4")
        job = VideoJob(self._network.tid(), account.did, ready_at, failed is not None, blob)
        self._network.jobs.put(cid, job)
        return json_response(200, self._described(job))

    def job_status(self, call: NetworkCall) -> Response:
        """Show how far a job has come."""
        wanted = call.request.parameters.get("jobId", "")
        job = next((job for job in self._network.jobs.all() if job.id == wanted), None)
        if job is None:
            raise invalid(f"Job {wanted} not found")
        return json_response(200, {"jobStatus": self._described(job)})

    def _described(self, job: VideoJob) -> dict[str, Any]:
        document: dict[str, Any] = {"jobId": job.id, "did": job.did}
        if self._network.clock.now() < job.ready_at:
            return {**document, "state": "JOB_STATE_ENCODING", "progress": 50}
        if job.failed:
            message = "The video could not be processed"
            return {**document, "state": "JOB_STATE_FAILED", "error": "encoding_failed", "message": message}
        return {**document, "state": "JOB_STATE_COMPLETED", "progress": 100, "blob": job.blob}

    def _store(self, did: str, content: bytes, declared: str) -> dict[str, Any]:
        cid = cbor.blob_cid(content)
        mime_type = _sniffed(content) or declared
        network, name = self._network, f"bluesky-{cid}"
        (network.store.media_folder / name).write_bytes(content)
        network.blobs.put(f"{did}/{cid}", StoredBlob(did, cid, mime_type, len(content), name))
        return {"$type": "blob", "ref": {"$link": cid}, "mimeType": mime_type, "size": len(content)}


def _sniffed(content: bytes) -> str:
    """Return the media type that the bytes show; the declared one counts only where they show none."""
    return next(
        (kind for start, at, kind in _SIGNATURES if content[at : at + len(start)] == start),
        "",
    )
