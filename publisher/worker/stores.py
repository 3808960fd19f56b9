"""A store for each thread of a worker: jobs run side by side, and a connection is for one at a time."""

import threading
from collections.abc import Mapping
from datetime import datetime

from publisher.model.usage import Usage
from publisher.state.postgres import PostgresStore


class Stores:
    """The stores of one place, opened when a thread first asks. Also the budget that their threads share."""

    def __init__(self) -> None:
        self._place = ("", "")
        self._open: dict[int, PostgresStore] = {}

    def of(self, url: str, project: str) -> PostgresStore:
        """From now on every thread's store is one of this place; the calling thread's is given."""
        self._place = (url, project)
        return self.mine()

    def mine(self) -> PostgresStore:
        """The calling thread's store."""
        me = threading.get_ident()
        if me not in self._open:
            url, project = self._place
            self._open[me] = PostgresStore(url, project=project, keep_open=True)
        return self._open[me]

    def close(self) -> None:
        """Let go of every connection."""
        for store in self._open.values():
            store.close()
        self._open.clear()

    def spend(self, owner: str, limits: Mapping[str, int], now: datetime) -> str | None:
        """See `publisher.state.store.Budget.spend`."""
        return self.mine().budget.spend(owner, limits, now)

    def close_until(self, owner: str, until: datetime) -> None:
        """See `publisher.state.store.Budget.close_until`."""
        self.mine().budget.close_until(owner, until)

    def usage(self, now: datetime) -> Usage:
        """See `publisher.state.store.Budget.usage`."""
        return self.mine().budget.usage(now)
