"""What to typeset: a card or a carousel, its size and its style, as frozen values."""

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


class CardSize(StrEnum):
    """The pixel sizes that feeds show without cropping (LinkedIn's share image, square, 4:5)."""

    LANDSCAPE = "landscape"
    SQUARE = "square"
    PORTRAIT = "portrait"


PIXELS = MappingProxyType(
    # 1200 x 627 is the usual 1.91:1 of a link's picture on LinkedIn.
    {CardSize.LANDSCAPE: (1200, 627), CardSize.SQUARE: (1080, 1080), CardSize.PORTRAIT: (1080, 1350)}
)
"""Width and height by size."""

BUILT_IN = ("quote", "release", "title")
"""The cards that ship."""


@dataclass(frozen=True, slots=True)
class Style:
    """A project's look. Colours are ``#rrggbb``; an empty string takes the theme's.

    ``logo`` is an image's bytes (PNG, JPEG, GIF or SVG), ``fonts`` are font files' bytes; ``font`` names a
    family among those, or one that typst ships.
    """

    theme: str = "light"
    background: str = ""
    foreground: str = ""
    accent: str = ""
    font: str = "Libertinus Serif"
    logo: bytes = b""
    fonts: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """One picture: a card that ships, or a project's template, with its data.

    ``template`` is the source of a project's template, None for a card that ships. ``files`` are what the
    template may read, by POSIX path relative to it.
    """

    name: str
    data: "dict[str, Json]" = field(default_factory=dict)
    size: CardSize = CardSize.LANDSCAPE
    style: Style = Style()
    template: bytes | None = None
    files: "dict[str, bytes]" = field(default_factory=dict)
