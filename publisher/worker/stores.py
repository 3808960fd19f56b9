"""Keep one store for each thread of a worker. Jobs run in parallel, and a connection serves one at a time."""

import threading

from publisher.state.postgres.store import PostgresStore


class Stores:
    """The stores of one place, opened when a thread first asks."""

    def __init__(self) -> None:
        self._place = ("", "", "")
        self._open: dict[int, PostgresStore] = {}

    def of(self, url: str, project: str, service: str) -> PostgresStore:
        """Use this place for the store of every thread from now on.

        Return the store of the calling thread.
        """
        self._place = (url, project, service)
        return self.mine()

    def mine(self) -> PostgresStore:
        """Return the calling thread's store."""
        me = threading.get_ident()
        if me not in self._open:
            url, project, service = self._place
            self._open[me] = PostgresStore(url, project=project, keep_open=True, service=service)
        return self._open[me]

    def close(self) -> None:
        """Close every connection."""
        for store in self._open.values():
            store.close()
        self._open.clear()
