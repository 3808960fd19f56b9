"""The live page over HTTP: the page, its parts, its media, and a stream of what changed."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import ClassVar

from publisher.feedview import asset, content_policy
from publisher.preview.media import scaled
from publisher.preview.page import own_asset, page_html
from publisher.preview.stage import Stage

SCRIPTS = ("preview.js", "live.js")
MAX_BODY = 4_000_000
"""Bytes of a request's body: the ids of all parts of a page of 10,000 posts take 0.6 MB."""

_LENGTH = re.compile(r"[0-9]{1,9}")
_RANGE = re.compile(r"bytes=(\d{1,18})-(\d{1,18})?")
_PIECE = 1 << 18  # bytes of a file in memory at once
_DAY = "private, max-age=86400"


class PreviewHandler(BaseHTTPRequestHandler):
    """Answers one connection. `PreviewServer` makes a subclass with its stage."""

    stage: ClassVar[Stage]
    # A connection that sends nothing for a minute frees its thread.
    timeout = 60
    server_version = "publisher"

    def do_GET(self) -> None:
        """Answer a page, a stream or a media file."""
        path = self.path.partition("?")[0]
        if not self._is_local():
            self._fail(HTTPStatus.FORBIDDEN)
        elif path == "/":
            html = page_html(self.stage.show.page, SCRIPTS, live=True)
            self._send(html.encode(), "text/html; charset=utf-8")
        elif path == "/events":
            self._stream()
        elif match := re.fullmatch(r"/media/([0-9a-f]{64})(/small)?", path):
            self._media(match[1], small=bool(match[2]))
        else:
            self._fail(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """Answer the parts with the ids in the body, as they are now: ``{id: [digest, html]}``."""
        length = self.headers.get("content-length", "")
        if not self._is_local():
            self._fail(HTTPStatus.FORBIDDEN)
        elif self.path != "/parts":
            self._fail(HTTPStatus.NOT_FOUND)
        elif not _LENGTH.fullmatch(length) or int(length) > MAX_BODY:
            self._fail(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._parts(self.rfile.read(int(length)))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the standard library
        """Print nothing: the terminal belongs to the report of what changed."""

    def _is_local(self) -> bool:
        """Return whether the request names this machine.

        Another site must not read drafts by DNS rebinding.
        """
        return self.headers.get("host", "").rpartition(":")[0] in ("127.0.0.1", "localhost")

    def _parts(self, body: bytes) -> None:
        try:
            wanted = json.loads(body)
        except (ValueError, RecursionError):
            wanted = None
        if not isinstance(wanted, list):
            self._fail(HTTPStatus.BAD_REQUEST)
            return
        known = {part.id: part for section in self.stage.show.page.sections for part in section.parts}
        found = [known[name] for name in wanted if isinstance(name, str) and name in known]
        self._send(
            json.dumps({part.id: [part.digest, part.html] for part in found}).encode(), "application/json"
        )

    def _stream(self) -> None:
        """Send server-sent events until the reader goes away or the server ends."""
        self._begin(HTTPStatus.OK, {"content-type": "text/event-stream", "cache-control": "no-store"})
        with suppress(OSError):
            # Half a second instead of the browser's few: after a restart of the preview, the page follows
            # at once.
            self.wfile.write(b"retry: 500\n\n")
            for news in self.stage.versions():
                if news is None:
                    self.wfile.write(b": still here\n\n")
                else:
                    data = json.dumps({"version": news[0], "outline": news[1].page.outline})
                    self.wfile.write(f"data: {data}\n\n".encode())

    def _media(self, sha256: str, *, small: bool) -> None:
        path, mime_type = self.stage.show.files.get(sha256, (None, ""))
        if path is None or not path.is_file():
            self._fail(HTTPStatus.NOT_FOUND)
        elif not small:
            self._file(path, mime_type)
        elif content := scaled(path):
            self._send(content, "image/webp", _DAY)
        else:
            self._fail(HTTPStatus.NOT_FOUND)

    def _file(self, path: Path, mime_type: str) -> None:
        """Send a file, or the range that the browser asks for: video players seek with ranges."""
        with path.open("rb") as stream:
            size = path.stat().st_size
            first, last, status = 0, size - 1, HTTPStatus.OK
            # Only a single range from a known start: players ask for no other, and the whole file answers
            # any other form (RFC 9110, 14.2).
            if match := _RANGE.fullmatch(self.headers.get("range", "")):
                first, last = int(match[1]), min(int(match[2] or last), last)
                status = HTTPStatus.PARTIAL_CONTENT
            if first > last and status is HTTPStatus.PARTIAL_CONTENT:
                headers = {"content-range": f"bytes */{size}", "content-length": "0"}
                self._begin(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers)
                return
            headers = {
                "content-type": mime_type,
                "content-length": str(last - first + 1),
                "accept-ranges": "bytes",
                "cache-control": "no-cache",
            }
            if status is HTTPStatus.PARTIAL_CONTENT:
                headers["content-range"] = f"bytes {first}-{last}/{size}"
            self._begin(status, headers)
            stream.seek(first)
            left = last - first + 1
            with suppress(OSError):
                while left > 0 and (piece := stream.read(min(left, _PIECE))):
                    self.wfile.write(piece)
                    left -= len(piece)

    def _send(self, body: bytes, content_type: str, cache: str = "no-store") -> None:
        headers = {"content-type": content_type, "content-length": str(len(body)), "cache-control": cache}
        self._begin(HTTPStatus.OK, headers)
        with suppress(OSError):
            self.wfile.write(body)

    def _fail(self, status: HTTPStatus) -> None:
        self.close_connection = True
        body = f"{status.phrase}\n".encode()
        self._begin(status, {"content-type": "text/plain; charset=utf-8", "content-length": str(len(body))})
        with suppress(OSError):
            self.wfile.write(body)

    def _begin(self, status: HTTPStatus, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, **_guards(headers.get("content-type", ""))}.items():
            self.send_header(name, value)
        with suppress(OSError):
            self.end_headers()


def _guards(content_type: str) -> dict[str, str]:
    """Return headers that stop scripts in posts, and stop other sites from reading the page."""
    headers = {
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        # Another site's page can't embed a draft's pictures, either.
        "cross-origin-resource-policy": "same-origin",
    }
    if content_type != "application/pdf":  # browsers show PDFs in a page of their own making
        style = asset("post.css") + own_asset("preview.css")
        code = asset("post.js") + "".join(own_asset(name) for name in SCRIPTS)
        # Hashes of exactly these assets: no script from a post can run.
        policy = content_policy(styles=[style], scripts=[code], own=True)
        headers["content-security-policy"] = policy + "; frame-ancestors 'none'"
    return headers
