"""The live page's server: the page, its parts, its media, and a stream that says what is different."""

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from flask import Flask, Response, abort, jsonify, request, send_file
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from publisher.feedview import asset, content_policy
from publisher.preview.media import scaled
from publisher.preview.page import Page, own_asset, page_html

_SCRIPTS = ("preview.js", "live.js")
_BEAT = 10.0  # seconds after which a silent stream says that it is alive


@dataclass(frozen=True, slots=True)
class Show:
    """What the server shows: a page, and the files of its media by sha256 with their types."""

    page: Page = field(default_factory=lambda: Page(()))
    files: Mapping[str, tuple[Path, str]] = field(default_factory=dict)


class Stage:
    """The latest show, and those who wait for the next one."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._show = Show()
        self._version = 0
        self._closed = False

    @property
    def show(self) -> Show:
        """The latest show."""
        return self._show

    @property
    def version(self) -> int:
        """How many shows there were."""
        return self._version

    def present(self, show: Show) -> None:
        """Put on a new show; readers are told only where its page differs."""
        with self._news:
            same = self._version and show.page.outline == self._show.page.outline
            self._show = show
            if not same:
                self._version += 1
                self._news.notify_all()

    def close(self) -> None:
        """End every stream."""
        with self._news:
            self._closed = True
            self._news.notify_all()

    def versions(self) -> Iterator[tuple[int, Show] | None]:
        """The latest show at once, then each new one; None when nothing happened for a while."""
        seen = 0
        while not self._closed:
            with self._news:
                self._news.wait_for(lambda: self._closed or self._version > seen, timeout=_BEAT)  # noqa: B023
                version, show = self._version, self._show
            if self._closed:
                return
            yield (version, show) if version > seen else None
            seen = version


class PreviewServer:
    """A server on loopback; a context manager. ``port`` 0 takes a free one."""

    def __init__(self, stage: Stage, port: int = 0) -> None:
        self._stage = stage
        self._server: BaseWSGIServer = make_server(
            "127.0.0.1", port, create_app(stage), threaded=True, request_handler=_Silent
        )
        self._server.daemon_threads = True  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="preview")

    @property
    def url(self) -> str:
        """The page's address."""
        return f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stage.close()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Silent(WSGIRequestHandler):
    """No line for each request: the terminal belongs to the watcher's own report."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def create_app(stage: Stage) -> Flask:
    """The live page as a WSGI app."""
    app = Flask("publisher.preview", static_folder=None)
    app.before_request(_only_here)
    app.after_request(_guarded)
    app.add_url_rule("/", view_func=lambda: _page(stage), endpoint="page")
    app.add_url_rule("/parts", view_func=lambda: _parts(stage), endpoint="parts", methods=["POST"])
    app.add_url_rule("/events", view_func=lambda: _events(stage), endpoint="events")
    app.add_url_rule("/media/<sha256>", view_func=lambda sha256: _media(stage, sha256), endpoint="media")
    app.add_url_rule(
        "/media/<sha256>/small", view_func=lambda sha256: _small(stage, sha256), endpoint="small"
    )
    return app


def _only_here() -> None:
    """Refuse names other than this machine's: another site's page must not read drafts by DNS tricks."""
    if request.host.rpartition(":")[0] not in ("127.0.0.1", "localhost"):
        abort(403)


def _guarded(response: Response) -> Response:
    style = asset("post.css") + own_asset("preview.css")
    code = asset("post.js") + "".join(own_asset(name) for name in _SCRIPTS)
    if response.mimetype != "application/pdf":  # browsers show PDFs in a page of their own making
        policy = content_policy(styles=[style], scripts=[code], own=True)
        response.headers["content-security-policy"] = policy + "; frame-ancestors 'none'"
    response.headers["x-content-type-options"] = "nosniff"
    response.headers["referrer-policy"] = "no-referrer"
    response.headers["cross-origin-resource-policy"] = "same-origin"
    return response


def _page(stage: Stage) -> Response:
    html = page_html(stage.show.page, _SCRIPTS, live=True)
    return Response(html, mimetype="text/html", headers={"cache-control": "no-store"})


def _parts(stage: Stage) -> Response:
    """The parts with these ids, as they are now: ``{id: [digest, html]}``; those that are gone are left out."""
    wanted = request.get_json()
    if not isinstance(wanted, list):
        abort(400)
    known = {part.id: part for section in stage.show.page.sections for part in section.parts}
    return jsonify({name: [known[name].digest, known[name].html] for name in wanted if name in known})


def _events(stage: Stage) -> Response:
    headers = {"cache-control": "no-store"}
    return Response(_stream(stage), mimetype="text/event-stream", headers=headers)


def _stream(stage: Stage) -> Iterator[str]:
    yield "retry: 500\n\n"
    for news in stage.versions():
        if news is None:
            yield ": still here\n\n"
        else:
            version, show = news
            yield f"data: {json.dumps({'version': version, 'outline': show.page.outline})}\n\n"


def _media(stage: Stage, sha256: str) -> Response:
    path, mime_type = stage.show.files.get(sha256) or abort(404)
    if not path.is_file():
        abort(404)
    return send_file(path, mimetype=mime_type, conditional=True)


def _small(stage: Stage, sha256: str) -> Response:
    path, _ = stage.show.files.get(sha256) or abort(404)
    content = scaled(path)
    if not content:
        abort(404)
    return Response(content, mimetype="image/webp", headers={"cache-control": "private, max-age=86400"})
