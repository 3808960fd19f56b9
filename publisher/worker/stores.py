"""A store for each thread of a worker: jobs run side by side, and a connection is for one at a time."""

import threading

from publisher.state.postgres.store import PostgresStore


class Stores:
    """The stores of one place, opened when a thread first asks."""

    def __init__(self) -> None:
        self._place = ("", "", "")
        self._open: dict[int, PostgresStore] = {}

    def of(self, url: str, project: str, service: str) -> PostgresStore:
        """From now on every thread's store is one of this place; the calling thread's is given."""
        self._place = (url, project, service)
        return self.mine()

    def mine(self) -> PostgresStore:
        """The calling thread's store."""
        me = threading.get_ident()
        if me not in self._open:
            url, project, service = self._place
            self._open[me] = PostgresStore(url, project=project, keep_open=True, service=service)
        return self._open[me]

    def close(self) -> None:
        """Let go of every connection."""
        for store in self._open.values():
            store.close()
        self._open.clear()
