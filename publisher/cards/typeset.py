"""Typeset a card or a carousel: bytes in, bytes out, the same on every machine with the same typst."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path, PurePosixPath

from publisher.cards.process import CPU_SECONDS
from publisher.cards.values import BUILT_IN, PIXELS, Card, Style
from publisher.errors import UsageError

WALL_SECONDS = 3 * CPU_SECONDS
"""A process that waits uses no CPU time, so its wall time is limited, too."""

_THEMES = {
    "light": {"background": "#fbfaf7", "foreground": "#1c1b22", "accent": "#3b5bdb"},
    "dark": {"background": "#14151a", "foreground": "#f2f0ea", "accent": "#8ea2ff"},
}
_LOGOS = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpg", b"GIF8": "gif"}


class TypesetError(Exception):
    """A template that can't be typeset; the message is typst's, on one line."""


def card_key(card: Card) -> str:
    """Return the sha256 (hex) over everything the picture depends on: data, template, style, and typst's
    version.
    """
    digest = hashlib.sha256()
    for name, content in sorted(_folder(card).items()):
        # Name and length come first, so that no two folders give the same bytes.
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    digest.update(f"{_data(card)}\0typst {typst_version()}".encode())
    return digest.hexdigest()


def typst_version() -> str:
    """Return the installed typst's version. Raise `UsageError` if the extra is not installed."""
    try:
        return version("typst")
    except PackageNotFoundError:
        raise UsageError(
            "Cards and slides need typst, which is not installed.",
            "Install the extra: `pip install 'posts-as-code[cards]'`.",
        ) from None


def typeset(card: Card) -> bytes:
    """Return the card as PNG, or the carousel as PDF.

    Raise `TypesetError` with typst's message, `UsageError` without typst.
    """
    typst_version()
    form = "pdf" if card.name == "slides" else "png"
    with tempfile.TemporaryDirectory(prefix="publisher-card-") as name:
        root = Path(name)
        # only copies: typst follows links, and a link could lead to a secret
        for path, content in _folder(card).items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        for folder in ("fonts", "no-packages"):
            (root / folder).mkdir(exist_ok=True)
        _run(root, form, _data(card))
        made = (root / "out").read_bytes()
    # A template sets its own page size, and another one would be cropped in feeds.
    if form == "png" and (size := _png_size(made)) != PIXELS[card.size]:
        raise TypesetError(f"the template makes {size[0]}x{size[1]} pixels, not {card.size}.")
    return made


def _run(root: Path, form: str, data: str) -> None:
    command = [sys.executable, "-I", "-m", "publisher.cards.process", str(root), form]
    # no variable of the user reaches a template, and a proxy that does not exist keeps typst off the network
    environment = {
        "PATH": os.defpath,
        "HOME": str(root),
        **dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"), "http://127.0.0.1:9"),
    }
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter
            command,
            input=data,
            env=environment,
            cwd=root,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TypesetError(f"typesetting did not end within {WALL_SECONDS} seconds.") from None
    # A negative code is a signal: the kernel's for CPU time, or an abort of the allocator at the memory
    # limit.
    if done.returncode < 0 or not (done.returncode or (root / "out").exists()):
        raise TypesetError(
            f"typesetting took more than {CPU_SECONDS} seconds or too much memory and was stopped."
        )
    if done.returncode:
        raise TypesetError(" ".join(done.stderr.split())[-400:] or "typst failed without a message.")


def _folder(card: Card) -> dict[str, bytes]:
    """Return every file that typst can see, by POSIX path."""
    shipped = files("publisher.cards") / "templates"
    folder = {"common.typ": (shipped / "common.typ").read_bytes()}
    if card.template is not None:
        folder["main.typ"] = card.template
        folder |= {_inside(path): content for path, content in card.files.items()}
    elif card.name in (*BUILT_IN, "slides"):
        folder["main.typ"] = (shipped / f"{card.name}.typ").read_bytes()
    else:
        raise ValueError(f"there is no card {card.name!r}")
    if card.style.logo:
        folder[_logo(card.style)] = card.style.logo
    return folder | {f"fonts/{number}": font for number, font in enumerate(card.style.fonts)}


def _inside(path: str) -> str:
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts:
        raise ValueError(f"{path!r} leads out of the template's folder")
    return parts.as_posix()


def _logo(style: Style) -> str:
    kinds = [kind for magic, kind in _LOGOS.items() if style.logo.startswith(magic)]
    return f"logo.{kinds[0] if kinds else 'svg'}"


def _data(card: Card) -> str:
    style = card.style
    width, height = PIXELS[card.size]
    theme = _THEMES.get(style.theme, _THEMES["light"])
    colours = {name: getattr(style, name) or theme[name] for name in theme}
    look = {**colours, "font": style.font, "logo": _logo(style) if style.logo else ""}
    whole = {**card.data, "style": look, "width": width, "height": height}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True)


def _png_size(png: bytes) -> tuple[int, int]:
    """Return the width and height from the header (PNG specification, 11.2.1)."""
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
