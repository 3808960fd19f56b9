"""The pages for people: the feed, and the permalinks that lead to it."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from publisher.sandbox.store import Store


class Pages:
    """The WSGI app behind every path that is no API; made when first asked for, as Flask takes its time to load."""

    def __init__(self, store: Store) -> None:
        self._world = store
        self._lock = threading.Lock()
        self._app: Any = None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        # the first two requests may come at once
        with self._lock:
            if self._app is None:
                self._app = self._make()
        response: Iterable[bytes] = self._app(environ, start_response)
        return response

    def _make(self) -> Any:
        from flask import Flask

        from publisher.sandbox.feed import create_blueprint

        app = Flask("publisher.sandbox", static_folder=None)
        app.register_blueprint(create_blueprint(self._world))
        return app
