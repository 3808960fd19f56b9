"""Events for those who watch the store, such as the feed page's stream."""

import queue
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from publisher.sandbox.values import Event


class Subscription:
    """A queue of events. Iterate over it, or call ``wait``; ``close`` (or leaving ``with``) ends it."""

    def __init__(self, hub: "Events") -> None:
        self._hub = hub
        self._queue: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self.closed = False

    def put(self, event: Event | None) -> None:
        """Hand over an event; None says that no more will come."""
        self._queue.put(event)

    def wait(self, timeout: float | None = None) -> Event | None:
        """Return the next event; None when ``timeout`` seconds passed without one, or when ``closed``."""
        try:
            event = self._queue.get(timeout=timeout)
        except queue.Empty:
            return None
        self.closed = self.closed or event is None
        return event

    def __iter__(self) -> Iterator[Event]:
        while (event := self.wait()) is not None:
            yield event

    def close(self) -> None:
        """Stop receiving."""
        self._hub.drop(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Events:
    """Gives every event to every subscription, in one order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscriptions: set[Subscription] = set()
        self._count = 0
        self._closed = False

    def subscribe(self) -> Subscription:
        """Return a subscription that receives what is published from now on."""
        subscription = Subscription(self)
        with self._lock:
            if self._closed:  # a page that connects again while the server stops must not hold it up
                subscription.put(None)
            else:
                self._subscriptions.add(subscription)
        return subscription

    def publish(self, kind: str, urn: str) -> None:
        """Tell everyone."""
        with self._lock:
            self._count += 1
            event = Event(self._count, kind, urn)
            for subscription in self._subscriptions:
                subscription.put(event)

    def drop(self, subscription: Subscription) -> None:
        """Forget a subscription and end its iteration."""
        with self._lock:
            self._subscriptions.discard(subscription)
        # wake the one who waits, or its thread would outlive the server
        subscription.put(None)

    def close(self) -> None:
        """End every subscription: the server is stopping."""
        with self._lock:
            self._closed = True
            ending = tuple(self._subscriptions)
        for subscription in ending:
            self.drop(subscription)
