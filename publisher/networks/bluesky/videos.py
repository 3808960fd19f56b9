"""Videos go to a service of their own, with a token for it; a job processes them into a blob.

Steps, names and states: docs.bsky.app, video tutorial (2026-07). The account's e-mail address must be
confirmed.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from publisher.errors import Rejected, Unavailable
from publisher.networks.bluesky.session import BlueskySession
from publisher.networks.bluesky.xrpc import failure, query
from publisher.networks.hosts import origin
from publisher.networks.messages import Answer, Request
from publisher.networks.wire import Wire, body

VIDEO_SERVICE = "https://video.bsky.app"
# The upload limit of bsky.app (read 2026-11-24). Later lexicons allow 300 MB.
VIDEO_BYTES = 100_000_000
_METHOD = "app.bsky.video."
# docs.bsky.app, video tutorial, read 2026-07: the token for an upload lives 30 minutes.
_LIFETIME = timedelta(minutes=30)
# 150 polls make five minutes. Bluesky publishes no processing times (inferred).
_PAUSE = 2.0
_POLLS = 150


def video_service(session: BlueskySession) -> str:
    """Return where videos of an account go: an emulator on this machine answers for all services."""
    found = origin(session.service)
    return session.service if found and found[0] == "http" else VIDEO_SERVICE


def upload_video(wire: Wire, session: BlueskySession, content: bytes) -> Mapping[str, Any]:
    """Return the blob of a processed video. The same bytes lead to the same job, so this may be repeated."""
    if len(content) > VIDEO_BYTES:
        raise Rejected(f"The video is larger than {VIDEO_BYTES:,} bytes.", "Use a smaller video.")
    service = video_service(session)
    asked = urlencode({"did": session.did, "name": "video.mp4"})
    url = f"{service}/xrpc/{_METHOD}uploadVideo?{asked}"
    request = Request("POST", url, {"Content-Type": "video/mp4"}, body(content), _token(wire, session))
    answer = wire.safe(request)
    job = _job(answer)
    # A 409 carries the job of an earlier upload of the same bytes.
    if job is None and answer.status != 409:
        raise failure(answer, wire.runtime.now())
    for _ in range(_POLLS):
        if job is None or isinstance(job.get("blob"), dict) or job.get("state") == "JOB_STATE_FAILED":
            break
        wire.runtime.sleep(_PAUSE)
        status = wire.safe(query(service, f"{_METHOD}getJobStatus", jobId=str(job.get("jobId"))))
        job = _job(status) or job
    blob = job.get("blob") if job else None
    if isinstance(blob, dict):
        return blob
    if job and job.get("state") == "JOB_STATE_FAILED":
        raise Rejected(
            f"Bluesky cannot process the video: {job.get('message', '')}.", "Convert it to MP4 (H.264)."
        )
    raise Unavailable("Bluesky is still processing the video.", "Run `publisher publish` again later.")


def _token(wire: Wire, session: BlueskySession) -> str:
    """Return a token for the video service, which uploads the result to the account's own server."""
    host = origin(session.pds)
    expires = int((wire.runtime.now() + _LIFETIME).timestamp())
    request = query(
        session.pds,
        "com.atproto.server.getServiceAuth",
        session.access,
        aud=f"did:web:{host[1] if host else ''}",
        lxm="com.atproto.repo.uploadBlob",
        exp=str(expires),
    )
    answer = wire.safe(request)
    token = answer.document.get("token")
    if answer.status != 200 or not isinstance(token, str):
        raise failure(answer, wire.runtime.now())
    return token


def _job(answer: Answer) -> Mapping[str, Any] | None:
    """Return the job in an answer: bare, or as ``jobStatus``.

    A 409 says that the video was processed before.
    """
    document = answer.document
    found = document.get("jobStatus", document)
    return found if answer.status in {200, 409} and isinstance(found, dict) and found.get("jobId") else None
