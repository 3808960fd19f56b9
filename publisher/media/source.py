"""What rendering needs of the world: media files looked at by someone who may read files."""

from collections.abc import Mapping
from typing import Any, Protocol

from publisher.model.post import Media


class Problem(Protocol):
    """Why a media file can't be used: a code of `publisher.rules`, a message and a remedy."""

    @property
    def code(self) -> str:
        """The rule's code."""

    @property
    def message(self) -> str:
        """What is wrong."""

    @property
    def remedy(self) -> str:
        """How to fix it."""


class MediaSource(Protocol):
    """Where media files are looked at; `publisher.media.library.MediaLibrary` is one."""

    def inspect(self, reference: str, source: str) -> Media | Problem:
        """Look at the file that ``reference`` names, relative to the file ``source``."""

    def make(self, request: Mapping[str, Any], source: str) -> Media | Problem:
        """Make the picture that an entry of ``media`` or ``document`` of the file ``source`` asks for."""
