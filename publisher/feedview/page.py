"""Templates, styles and scripts: what every page with posts on it is made of."""

import base64
import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from publisher.feedview.values import PostView

_HERE = Path(__file__).parent
_TEMPLATES, _STATIC = _HERE / "templates", _HERE / "static"


def create_environment(*folders: Path) -> Environment:
    """Return a Jinja environment that escapes everything and finds the shared templates under ``feedview/``.

    ``folders`` hold the templates of the page itself.
    """
    loaders = [*(FileSystemLoader(folder) for folder in folders)]
    shared = PrefixLoader({"feedview": FileSystemLoader(_TEMPLATES)})
    return Environment(
        loader=ChoiceLoader([*loaders, shared]),
        autoescape=True,
        # A misspelt name in a template must fail in tests instead of showing nothing.
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def _shared() -> Environment:
    return create_environment()


def render_post(view: PostView, *, level: int = 2, extra: Markup | str = "") -> Markup:
    """Return one post as an ``<article>``.

    Its heading has the given level (1..6). ``extra`` stands at its end.
    """
    module = _shared().get_template("feedview/post.html").module
    return Markup(module.post(view, level, extra))  # type: ignore[attr-defined]  # noqa: S704 - escaped by the template


@cache
def asset(name: str) -> str:
    """Return a shared stylesheet or script: ``post.css`` or ``post.js``."""
    return (_STATIC / name).read_text(encoding="utf-8")


def content_policy(*, styles: Iterable[str] = (), scripts: Iterable[str] = (), own: bool = False) -> str:
    """Return a Content-Security-Policy that allows just these inline styles and scripts (whole contents of
    elements).

    ``own`` also allows files, media and events of the page's own server; without it nothing is loaded at all.
    """
    source = "'self' " if own else ""
    rules = {
        "default-src": "'none'",
        "style-src": (source + " ".join(map(_hash, styles))).strip() or "'none'",
        # Hashes instead of 'unsafe-inline' (CSP Level 3): a script that a post brings in has no hash.
        "script-src": (source + " ".join(map(_hash, scripts))).strip() or "'none'",
        "img-src": f"{source}data:",
        "media-src": f"{source}data:",
        "connect-src": source.strip() or "'none'",
        # Not covered by default-src (CSP Level 3): a <base> in a post would redirect every relative link.
        "base-uri": "'none'",
        "form-action": source.strip() or "'none'",
        "frame-src": source.strip() or "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
