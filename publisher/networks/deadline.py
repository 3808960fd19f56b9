"""A deadline for an answer's headers.

The library bounds the wait for each byte only, so a dripping server has none.
"""

import contextlib
import socket
import threading
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_SENT_AT_ONCE = 262_144
"""Bytes of a body for each call of the system: with the library's 16 KiB, calls cost as much as the network."""

# LinkedIn publishes no limit. A minute is far above the time of a usual answer (inferred).
HEADERS_WITHIN = 60.0
"""Seconds from the end of a request to the end of its answer's headers."""


class _Deadline:
    """Shuts a connection down whose answer's headers take too long; the library sees a broken connection."""

    sock: socket.socket | None

    def getresponse(self) -> Any:
        """See `http.client.HTTPConnection.getresponse`."""
        timer = threading.Timer(HEADERS_WITHIN, self._shut_down, (self.sock,))
        timer.daemon = True
        timer.start()
        try:
            return super().getresponse()  # type: ignore[misc]
        finally:
            timer.cancel()

    @staticmethod
    def _shut_down(sock: socket.socket | None) -> None:
        if sock is not None:
            with contextlib.suppress(OSError):
                # of TLS sockets, too: their own shutdown would take the state from under the reader
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


class _Connection(_Deadline, HTTPConnection):
    """A connection with a deadline."""


class _SecureConnection(_Deadline, HTTPSConnection):
    """A TLS connection with a deadline."""


class _Pool(HTTPConnectionPool):
    """A pool of connections with a deadline."""

    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    """A pool of TLS connections with a deadline."""

    ConnectionCls = _SecureConnection


class DeadlineAdapter(HTTPAdapter):
    """An adapter whose connections have a deadline for headers, also through proxies."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """See `requests.adapters.HTTPAdapter`."""
        super().init_poolmanager(*args, **kwargs, blocksize=_SENT_AT_ONCE)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """See `requests.adapters.HTTPAdapter`."""
        manager = super().proxy_manager_for(*args, **kwargs, blocksize=_SENT_AT_ONCE)
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
        return manager
