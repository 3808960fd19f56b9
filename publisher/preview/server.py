"""The live page's server on loopback."""

import threading
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Self

from publisher.preview.handler import PreviewHandler
from publisher.preview.stage import Stage


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    # A preview that is restarted at once gets its port back, although old connections are in TIME_WAIT.
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing for a browser that went away."""


class PreviewServer:
    """A server on loopback; a context manager.

    ``port`` 0 takes a free one. Raises OSError for a port in use.
    """

    def __init__(self, stage: Stage, port: int = 0) -> None:
        self._stage = stage
        handler = type("_Handler", (PreviewHandler,), {"stage": stage})
        self._server = _Server(("127.0.0.1", port), handler)
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
        # First the streams end: a handler that waits for news would keep its connection open.
        self._stage.close()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
