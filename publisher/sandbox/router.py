"""Decide which part of the sandbox answers a request: control endpoints, a network, or the pages."""

from collections.abc import Callable
from typing import Protocol

from publisher.sandbox.bluesky.network import Bluesky
from publisher.sandbox.control import PREFIX, Control
from publisher.sandbox.linkedin.service import Service
from publisher.sandbox.mastodon.network import Mastodon
from publisher.sandbox.messages import ApiError, Request, Response
from publisher.sandbox.pages import Pages
from publisher.sandbox.store import Store
from publisher.sandbox.zernio.network import Zernio


class Network(Protocol):
    """One emulated network.

    Its values are kept in collections of the store, so that a reset clears them.
    """

    def answer(self, request: Request) -> Response | None:
        """Return the response, or None if the path is none of this network's."""


EMULATORS: tuple[Callable[[Store], Network], ...] = (Service, Bluesky, Mastodon, Zernio)
"""Every emulated network, in the order in which they are asked. Their paths do not overlap."""


class Router:
    """Passes each request to the part that it is for."""

    def __init__(self, store: Store) -> None:
        self._control = Control(store)
        self.networks = tuple(make(store) for make in EMULATORS)
        self._pages = Pages(store)

    def answer(self, request: Request) -> Response:
        """Return the response."""
        if request.path.startswith(PREFIX):
            return self._control.answer(request)
        for emulator in self.networks:
            response = emulator.answer(request)
            if response is not None:
                return response
        try:
            return self._pages.answer(request)
        except ApiError as error:
            return error.response
