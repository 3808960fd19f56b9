"""Decides which part of the sandbox answers a request: the control endpoints, or one of the emulated networks."""

from collections.abc import Callable
from typing import Protocol

from publisher.sandbox.control import PREFIX, Control
from publisher.sandbox.linkedin.service import Service
from publisher.sandbox.messages import Request, Response
from publisher.sandbox.store import Store


class Emulator(Protocol):
    """One emulated network. What it remembers is kept in collections of the store, so that a reset clears it."""

    def answer(self, request: Request) -> Response | None:
        """Return the response, or None if the path is none of this network's."""


EMULATORS: tuple[Callable[[Store], Emulator], ...] = (Service,)
"""Every emulated network, in the order in which they are asked. Their paths do not overlap."""


class Router:
    """Passes each request to the part that it is for."""

    def __init__(self, store: Store) -> None:
        self._control = Control(store)
        self._emulators = tuple(make(store) for make in EMULATORS)

    def answer(self, request: Request) -> Response | None:
        """Return the response; None for the pages, which the web application renders."""
        if request.path.startswith(PREFIX):
            return self._control.answer(request)
        answers = (emulator.answer(request) for emulator in self._emulators)
        return next((answer for answer in answers if answer is not None), None)
