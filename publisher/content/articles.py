"""Read the metadata of a site's articles: files of Hugo, Jekyll, Astro, MkDocs or plain Markdown.

The module is pure.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit
from zoneinfo import ZoneInfo

from publisher.content.foreign import read_toml
from publisher.content.formats import is_uri
from publisher.content.frontmatter import split_front_matter
from publisher.content.yamltree import Tree, parse_yaml
from publisher.model.config import Source
from publisher.model.diagnostic import Diagnostic, Position
from publisher.text.hashtags import is_tag
from publisher.wording import shorten

# The names that these tools and their common themes document (2026-11); the first that has a value wins.
_TITLE = ("title",)
_DESCRIPTION = ("description", "summary", "excerpt", "subtitle")
_DATE = ("publishDate", "pubDate", "date", "publish_date")
_TAGS = ("tags", "categories", "category")
_CANONICAL = ("canonicalURL", "canonical_url", "canonicalUrl", "canonical")
_PERMALINK = ("permalink", "url")
_COVER = (
    "cover", "image", "heroImage", "featured_image", "featuredImage", "images", "thumbnail", "banner", "og_image",
    "header",
)  # fmt: skip
_COVER_FILE = ("image", "path", "src", "url", "og_image", "teaser")

_HEADING = re.compile(r"^#[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
_DATED_NAME = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})-(.+)", re.ASCII)
# Jekyll writes "2026-11-24 09:00:00 +0100", Hugo RFC 3339, and both accept days of one digit.
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt ]+(\d{1,2}:\d\d(?::\d\d)?)(?:\.\d+)? *([Zz]|UTC|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
_WORDS = re.compile(
    r"(?:(\d{1,2})\.? )?([A-Za-z]{3})[a-z]*\.?,? (?:(\d{1,2})(?:st|nd|rd|th)?,? )?(\d{4})", re.ASCII
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DRAFTS = "_drafts"
_DATED_FOLDERS = ("_posts", _DRAFTS)
"""Jekyll's folders, in which the date at the beginning of a file's name is not part of the slug."""

PLACEHOLDERS = ("slug", "year", "month", "day", "section", "categories")
_PLACEHOLDER = re.compile(r"\{(\w*)\}")
# No post has more hashtags than that, and a hostile file must not make a list of thousands.
_MOST_TAGS = 50
# A slug becomes part of a key and of a file's name, so it has no blank, `#`, `@` or leading dot.
_SLUG = re.compile(r"\w[\w.-]*(?:/\w[\w.-]*)*")
_LONGEST_SLUG = 150
"""Bytes. A key has 200, with the source's name and an author's alias."""


@dataclass(frozen=True, slots=True)
class SiteArticle:
    """An article of a site. ``date`` is aware; ``cover`` is written as in the article, and may be missing.

    ``places`` are those of the fields that were read, by the names of this class.
    """

    slug: str
    title: str
    description: str
    date: datetime | None
    tags: tuple[str, ...]
    draft: bool
    url: str
    section: str
    cover: str
    cover_alt: str
    places: Mapping[str, Position]

    @property
    def hashtags(self) -> tuple[str, ...]:
        """The tags as hashtags, without the sign: ``machine learning`` is ``MachineLearning``."""
        return tuple(word for tag in self.tags if is_tag(word := _joined(tag)))


class ArticleFields:
    """Front matter of any of these tools, looked up by several names."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._values: Mapping[str, Any] = tree.value
        self.places: dict[str, Position] = {}

    def find(self, field: str, names: tuple[str, ...]) -> Any:
        """Return the value of the first of ``names`` that has one, in the front matter or its ``params``
        (Hugo).
        """
        below = self._values.get("params")
        for values in (self._values, below if isinstance(below, dict) else {}):
            for name in names:
                if values.get(name) not in (None, "", [], {}):
                    self.places[field] = self._tree.positions.get((name,), Position())
                    return values[name]
        return None

    def text(self, field: str, names: tuple[str, ...]) -> str:
        """Return the value that `find` returns as one line; empty if it is neither a text nor a number."""
        found = self.find(field, names)
        plain = isinstance(found, str | int | float) and not isinstance(found, bool)
        return " ".join(str(found).split()) if plain else ""

    def flag(self, name: str) -> bool | None:
        """Return the truth value of a field, which may also be written as a word; None if it has none."""
        found = self._values.get(name)
        return {"true": True, "false": False}.get(str(found).lower())


def read_article(
    text: str, path: str, inside: str, source: Source, timezone: str | None
) -> SiteArticle | tuple[Diagnostic, ...]:
    """Return the article in the text of a file, or what is wrong with it.

    ``path`` is the file's name in diagnostics, ``inside`` its path below the source's folder.
    """
    found = _front_matter(text, path)
    if isinstance(found, list):
        return tuple(found)
    tree, body = found
    fields = ArticleFields(tree)
    stem, folder, dated = _name(inside, PurePosixPath(source.path).name)
    date = _read_date(fields, timezone) or (_date_of(dated, timezone) if dated else None)
    permanent = _permanent(fields, source.url)
    slug = fields.text("slug", ("slug",)).strip("/") or _last_part(permanent) or stem
    slug = unicodedata.normalize("NFC", re.sub(r"\s+", "-", slug))
    if not _SLUG.fullmatch(slug) or len(slug.encode()) > _LONGEST_SLUG:
        message = f"The slug {shorten(slug)} can't be part of a key."
        at = fields.places.get("slug", Position())
        return (
            Diagnostic(
                "key-invalid", message, path, at, "Give the article a `slug` of letters, digits and hyphens."
            ),
        )
    cover, alt = _cover(fields.find("cover", _COVER))
    article = SiteArticle(
        slug,
        fields.text("title", _TITLE) or _heading(body) or _title_of(stem),
        fields.text("description", _DESCRIPTION),
        date,
        tuple(_tags(fields.find("tags", _TAGS))),
        fields.flag("draft") is True or fields.flag("published") is False or _DRAFTS in inside.split("/"),
        "",
        folder,
        cover,
        alt,
        fields.places,
    )
    url = permanent or _patterned(article, source, _tags(fields.find("", _TAGS[1:])))
    if url is None:
        message = f"The address of an article of {source.name!r} has a date in it, and this one has no date."
        at = fields.places.get("title", Position())
        return (Diagnostic("article-undated", message, path, at, "Add `date:` to its front matter."),)
    return replace(article, url=url)


def url_problem(pattern: str) -> str:
    """Return what is wrong with the ``url`` of a source; empty if nothing is."""
    names = _PLACEHOLDER.findall(pattern)
    unknown = [name for name in names if name not in PLACEHOLDERS]
    if unknown or set("{}") & set(_PLACEHOLDER.sub("", pattern)):
        shown = f"{{{unknown[0]}}}" if unknown else "a brace"
        return f"the URL has {shown}; known are {', '.join(f'{{{name}}}' for name in PLACEHOLDERS)}"
    plain = _PLACEHOLDER.sub("x", pattern)
    if not plain.startswith(("https://", "http://")) or not is_uri(plain) or not urlsplit(plain).hostname:
        return "the URL is not an absolute http(s) address"
    if urlsplit(plain).netloc != urlsplit(pattern).netloc:
        return "the host of the URL can't depend on the article"
    return "" if "slug" in names else "the URL needs {slug}, or all articles had the same address"


def _front_matter(text: str, path: str) -> tuple[Tree, str] | list[Diagnostic]:
    if text.lstrip().startswith("{") and not text.lstrip().startswith(("{{", "{%")):
        return _json(text, path)
    parts = split_front_matter(text, path, toml=True)
    if isinstance(parts, Diagnostic):
        return [parts]
    if parts.front is None:
        return Tree({}), parts.body
    trees = [read_toml(parts.front, path, 2)] if parts.toml else parse_yaml(parts.front, path, line=2)
    problems = [problem for tree in trees for problem in tree.diagnostics]
    if problems:
        return problems
    tree = trees[0] if trees else Tree({})
    if tree.value is None:
        return Tree({}), parts.body
    return (tree, parts.body) if isinstance(tree.value, dict) else [_no_mapping(path)]


def _json(text: str, path: str) -> tuple[Tree, str] | list[Diagnostic]:
    """Read JSON front matter (Hugo): an object at the beginning of the file."""
    start = len(text) - len(text.lstrip())
    try:
        value, end = json.JSONDecoder().raw_decode(text, start)
    except json.JSONDecodeError as error:
        at = Position(error.lineno, error.colno)
        return [Diagnostic("front-matter-marker", f"Not valid JSON: {error.msg}.", path, at, "Correct it.")]
    except (RecursionError, ValueError):
        message = "The JSON is nested too deeply, or has a number that is too large."
        return [Diagnostic("front-matter-marker", message, path, remedy="Correct it.")]
    return (Tree(value), text[end:]) if isinstance(value, dict) else [_no_mapping(path)]


def _no_mapping(path: str) -> Diagnostic:
    return Diagnostic(
        "wrong-type", "Front matter must be a mapping.", path, remedy="Write `field: value` lines."
    )


def _name(inside: str, above: str) -> tuple[str, str, str]:
    """Return the slug, the folder, and the date (or nothing) that a path below a source's folder gives."""
    path = PurePosixPath(inside)
    stem, parts = path.name.rpartition(".")[0], list(path.parts[:-1])
    # Hugo's page bundles and Astro's folders are `slug/index.md` (documented 2026-11).
    if stem == "index" and parts:  # a page bundle is named by its folder
        stem = parts.pop()
    match = _DATED_NAME.fullmatch(stem)
    holder = parts[-1] if parts else above
    if match and holder in _DATED_FOLDERS:
        stem = match[4]
    section = "/".join(part for part in parts if part not in _DATED_FOLDERS)
    return stem, section, "-".join(match.group(1, 2, 3)) if match else ""


def _read_date(fields: ArticleFields, timezone: str | None) -> datetime | None:
    found = fields.find("date", _DATE)
    if isinstance(found, dict):  # MkDocs Material: {created: …, updated: …}
        found = found.get("created")
    return _date_of(str(found).strip(), timezone) if found is not None else None


def _date_of(text: str, timezone: str | None) -> datetime | None:
    """Return an aware time from the forms of these tools; None for any other form.

    A day without a time is its beginning.
    """
    zone = ZoneInfo(timezone) if timezone else UTC
    try:
        if iso := _ISO.fullmatch(text):
            day = f"{iso[1]}-{int(iso[2]):02}-{int(iso[3]):02}"
            clock, offset = (iso[4] or "00:00").rjust(5, "0"), (iso[5] or "").upper().replace("UTC", "Z")
            at = datetime.fromisoformat(f"{day}T{clock.zfill(len(clock) + (clock[1] == ':'))}{offset}")
            return at if at.tzinfo else at.replace(tzinfo=zone)
        if words := _WORDS.fullmatch(text):
            number = int(words[1] or words[3] or 1)
            return datetime(int(words[4]), _MONTHS.index(words[2].lower()) + 1, number, tzinfo=zone)
    except ValueError:
        return None
    return None


def _permanent(fields: ArticleFields, pattern: str) -> str:
    """Return the address that an article gives itself: its canonical URL, or a path on the site.

    The result is empty if the article gives none.
    """
    canonical = fields.text("url", _CANONICAL)
    if canonical.startswith(("https://", "http://")) and is_uri(canonical) and urlsplit(canonical).hostname:
        return canonical
    path = fields.text("url", _PERMALINK)
    # Jekyll has words for patterns there (pretty, /:year/:title/); those are not addresses
    if not path.startswith("/") or path.startswith("//") or ":" in path or not path.strip("/"):
        return ""
    return urljoin(pattern, quote(path, safe="/%~"))


def _last_part(url: str) -> str:
    parts = [part for part in urlsplit(url).path.split("/") if part and part != "index.html"]
    return re.sub(r"\.html?$", "", unquote(parts[-1])) if parts else ""


def _patterned(article: SiteArticle, source: Source, categories: Iterator[str]) -> str | None:
    """Return the address by the source's pattern; None if it needs a date and there is none."""
    at = article.date
    if at is None and re.search(r"\{(year|month|day)\}", source.url):
        return None
    values = {
        "slug": article.slug,
        "section": article.section,
        "categories": "/".join(re.sub(r"\s+", "-", name.lower()) for name in categories),
        "year": f"{at:%Y}" if at else "",
        "month": f"{at:%m}" if at else "",
        "day": f"{at:%d}" if at else "",
    }
    head, slashes, path = source.url.partition("//")
    filled = _PLACEHOLDER.sub(lambda match: quote(values[match[1]], safe="/~"), path)
    # an empty section must leave no empty part
    return head + slashes + re.sub(r"/{2,}", "/", filled)


def _heading(body: str) -> str:
    """Return the first heading of level 1, which is the title where front matter has none (MkDocs)."""
    match = _HEADING.search(body)
    return " ".join(match[1].split()) if match else ""


# Jekyll titleizes the slug of a post without a title (Jekyll::Utils.titleize_slug).
def _title_of(stem: str) -> str:
    """Return a title from a file's name, as Jekyll makes it."""
    match = _DATED_NAME.fullmatch(stem)
    return " ".join(word.capitalize() for word in re.split(r"[-_\s]+", match[4] if match else stem) if word)


def _tags(found: Any) -> Iterator[str]:
    """Yield the tags of a list, or of words that commas or (Jekyll) blanks separate."""
    if isinstance(found, str):
        found = found.split(",") if "," in found else found.split()
    seen: set[str] = set()
    # YAML reads `- 2026` as a number, which is a tag; `- true` is a mistake.
    for tag in (found if isinstance(found, list) else [])[:_MOST_TAGS]:
        word = " ".join(str(tag).split()) if isinstance(tag, str | int) and not isinstance(tag, bool) else ""
        if word and word.casefold() not in seen:
            seen.add(word.casefold())
            yield word


def _joined(tag: str) -> str:
    words = re.findall(r"\w+", tag)
    return "".join(word[:1].upper() + word[1:] for word in words) if len(words) > 1 else "".join(words)


def _cover(found: Any) -> tuple[str, str]:
    """Return the cover's file and its alternative text: a path, a list that begins with one, or a mapping
    with one.
    """
    if isinstance(found, list):
        found = found[0]
    if isinstance(found, dict):
        file = next((found[name] for name in _COVER_FILE if isinstance(found.get(name), str)), "")
        alt = found.get("alt")
        return str(file).strip(), alt.strip() if isinstance(alt, str) else ""
    return (found.strip(), "") if isinstance(found, str) else ("", "")
