"""Cards and carousels of a project: read the style and the templates, typeset once, and keep the result.

The pictures are kept in the user's cache folder by the key of everything they are made from. They are never
read from the project, where a pull request could put another picture in their place.
"""

import hashlib
import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from publisher.cards.slides import MAX_SLIDES, read_slides
from publisher.cards.typeset import TypesetError, card_key, typeset
from publisher.cards.values import BUILT_IN, PIXELS, Card, CardSize, Style
from publisher.errors import UsageError
from publisher.media.library import MediaProblem
from publisher.model.config import Config
from publisher.model.post import Media, MediaKind
from publisher.project.kept import keep, kept_folder, read_kept
from publisher.text.markdown import render_markdown
from publisher.text.mentions import resolver
from publisher.wording import closest, shorten

MAX_FILE = 5_000_000
MAX_FILES = 200
"""Largest size of a logo, font or template file in bytes, and most files of a template folder.

A font family has about 2 MB. A template may come from a pull request, so both are bounded.
"""

_WORDS = ("text", "by", "role", "project", "version", "subtitle")


class CardMaker:
    """Makes the cards of the project at ``root``, each of them once."""

    def __init__(self, root: Path, config: Config, environ: Mapping[str, str]) -> None:
        self._root, self._config, self._environ = root.resolve(), config, environ

    def make(self, request: Mapping[str, Any], source: str) -> Media | MediaProblem:
        """Return the picture for ``media: {card: …}`` or ``document: {slides: …}`` of the file ``source``.

        ``alt`` is made from the card's words.
        """
        try:
            card = self._card(request, source)
            key = card_key(card)
            path = self._folder / f"{key}.{'pdf' if card.name == 'slides' else 'png'}"
            content = read_kept(path) or keep(path, typeset(card))
        except _CardError as error:
            return MediaProblem("card-invalid", str(error), error.remedy)
        except TypesetError as error:
            return MediaProblem("card-invalid", f"The card can't be typeset: {error}", "Fix the template.")
        except UsageError as error:
            return MediaProblem("card-invalid", error.message, error.remedy or "")
        slides = card.data.get("slides")
        width, height = PIXELS[card.size]
        name = PurePosixPath(card.name).stem
        return Media(
            path=f"{name}-{key[:12]}{path.suffix}",
            kind=MediaKind.DOCUMENT if slides else MediaKind.IMAGE,
            mime_type="application/pdf" if slides else "image/png",
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            alt=_alt(request),
            width=None if slides else width,
            height=None if slides else height,
            pages=len(slides) if isinstance(slides, list) else None,
            file=str(path),
            recipe=key,
        )

    def _card(self, request: Mapping[str, Any], source: str) -> Card:
        style, size = self._style, CardSize(str(request.get("size", self._config.cards.size)))
        data: dict[str, Any] = {name: str(request[name]) for name in _WORDS if name in request}
        data.setdefault("by", self._config.cards.by)
        if "slides" in request:
            data["slides"] = self._slides(str(request["slides"]), source)
            return Card("slides", data, size, style)
        name = str(request["card"])
        if name in BUILT_IN:
            return Card(name, data, size, style)
        folder = PurePosixPath(self._config.templates)
        if not name.endswith(".typ") or not PurePosixPath(name).is_relative_to(folder):
            remedy = closest(name, BUILT_IN) or f"Write {', '.join(BUILT_IN)}, or {folder}/NAME.typ."
            raise _CardError(f"There is no card {shorten(name)}.", remedy)
        files = self._template_files(folder)
        template = files.pop(PurePosixPath(name).relative_to(folder).as_posix(), None)
        if template is None:
            raise _CardError(f"There is no template {shorten(name)}.", "Check the spelling.")
        return Card(name, data, size, style, template, files)

    def _slides(self, reference: str, source: str) -> list[dict[str, str]]:
        path = os.path.normpath(PurePosixPath(source).parent / reference)
        try:
            markdown = self._read(path).decode("utf-8")
        except UnicodeDecodeError:
            raise _CardError(f"{shorten(reference)} isn't UTF-8 text.", "Save it as UTF-8.") from None
        resolve = resolver(self._config.mentions)

        def plain(text: str) -> str:
            return render_markdown(text, self._config.text, resolve).text.plain

        slides = read_slides(markdown, plain)
        if not 0 < len(slides) <= MAX_SLIDES:
            raise _CardError(
                f"{shorten(reference)} has {len(slides)} slides; a document has 1 to {MAX_SLIDES}.",
                "Separate slides by a line `---`.",
            )
        return [slide._asdict() for slide in slides]

    @cached_property
    def _style(self) -> Style:
        cards = self._config.cards
        fonts = self._fonts(cards.fonts) if cards.fonts else ()
        return Style(
            theme=cards.theme,
            background=cards.background,
            foreground=cards.foreground,
            accent=cards.accent,
            font=cards.font or "Libertinus Serif",
            logo=self._read(cards.logo) if cards.logo else b"",
            fonts=fonts,
        )

    def _fonts(self, folder: str) -> tuple[bytes, ...]:
        names = sorted(name for name in self._names(folder) if name.lower().endswith((".otf", ".ttf")))
        return tuple(self._read(f"{folder}/{name}") for name in names[:MAX_FILES])

    def _template_files(self, folder: PurePosixPath) -> dict[str, bytes]:
        names = [name for name in self._names(folder.as_posix()) if not name.endswith(".j2")]
        if len(names) > MAX_FILES:
            raise _CardError(f"{folder} has more than {MAX_FILES} files.", "Keep other files elsewhere.")
        return {name: self._read(f"{folder}/{name}") for name in names}

    def _names(self, folder: str) -> list[str]:
        """Return the regular files of a folder of the project, without hidden ones and links."""
        top = self._inside(folder)
        try:
            entries = sorted(os.scandir(top), key=lambda entry: entry.name)
        except OSError as error:
            raise _CardError(
                f"{shorten(folder)} can't be read: {error.strerror}.", "Check the path."
            ) from None
        return [
            entry.name
            for entry in entries
            if entry.is_file(follow_symlinks=False) and not entry.name.startswith(".")
        ]

    def _read(self, name: str) -> bytes:
        path = self._inside(name)
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as stream:
                content = stream.read(MAX_FILE + 1)
        except OSError as error:
            raise _CardError(f"{shorten(name)} can't be read: {error.strerror}.", "Check the path.") from None
        if len(content) > MAX_FILE:
            raise _CardError(f"{shorten(name)} has more than {MAX_FILE} bytes.", "Make it smaller.")
        return content

    def _inside(self, name: str) -> Path:
        parts = PurePosixPath(name).parts
        path = self._root.joinpath(*parts)
        hidden = any(part.startswith(".") for part in parts)
        if "\0" in name or hidden or not path.resolve().is_relative_to(self._root):
            raise _CardError(f"{shorten(name)} is outside the project.", "Put the file into the project.")
        return path

    @cached_property
    def _folder(self) -> Path:
        return kept_folder(self._root, self._environ, "cards")


def _alt(request: Mapping[str, Any]) -> str:
    """Return the card's words, as one text."""
    words = [str(request[name]).strip().rstrip(".") for name in _WORDS if request.get(name)]
    return (". ".join(words) + ".")[:4000] if words else ""


class _CardError(Exception):
    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy
