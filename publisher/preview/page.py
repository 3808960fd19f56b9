"""The preview's page: its parts, and the file they make together."""

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from pathlib import Path

from jinja2 import Environment

from publisher.feedview import asset, content_policy, create_environment
from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic, Severity, has_errors
from publisher.model.plan import Change, Plan
from publisher.model.state import COMMENT_SUFFIX
from publisher.preview import posts
from publisher.preview.entries import Entry, Setting, change_entry, entry_id, notes, problem_entry
from publisher.preview.groups import GROUP_OF, GROUPS, PROBLEMS, Group
from publisher.preview.media import Embedded
from publisher.preview.months import WEEKDAYS, months

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the page that is replaced as a whole; ``digest`` tells one state of it from another."""

    id: str
    html: str
    digest: str


@dataclass(frozen=True, slots=True)
class Section:
    """A group's parts in their order: its head, then its entries."""

    id: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A whole preview."""

    sections: tuple[Section, ...]

    @property
    def outline(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Sections with their parts' ids and digests: enough to know what differs."""
        return [(section.id, [(part.id, part.digest) for part in section.parts]) for section in self.sections]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a preview is made of: a plan and the diagnostics of its content.

    ``trouble`` is a sentence about what keeps it from being current, ``causes`` are its diagnostics.
    """

    plan: Plan
    diagnostics: Sequence[Diagnostic]
    trouble: str = ""
    causes: Sequence[Diagnostic] = ()


def build_preview(
    plan: Plan,
    diagnostics: Sequence[Diagnostic],
    config: Config,
    root: Path,
    now: datetime,
    *,
    editor: str = "",
) -> str:
    """Return one self-contained HTML file.

    The file loads nothing from elsewhere. A post's text is shown and never executed.

    ``now`` (aware) is the time of new posts; ``editor`` is one of `publisher.preview.editors.EDITORS` or
    empty.
    """
    setting = Setting(config, root, now, editor, Embedded(root))
    page = build_page(Contents(plan, diagnostics), setting, EntryCache())
    return page_html(page, ("preview.js",))


def page_html(page: Page, scripts: Sequence[str], *, live: bool = False) -> str:
    """Return a page as HTML with its styles and scripts inside; ``live`` allows what its server sends."""
    style = asset("post.css") + own_asset("preview.css")
    code = asset("post.js") + "".join(own_asset(name) for name in scripts)
    template = _environment().get_template("page.html")
    policy = content_policy(styles=[style], scripts=[code], own=live)
    return template.render(page=page, style=style, code=code, policy=policy)


class EntryCache:
    """Keeps rendered entries as long as their inputs stay the same."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[object, Part]] = {}

    def part(self, identity: str, inputs: object, make: Callable[[], str]) -> Part:
        """Return the part with this id, rendered again only where ``inputs`` differ."""
        known = self._kept.get(identity)
        if known is None or known[0] != inputs:
            known = self._kept[identity] = (inputs, part(identity, make()))
        return known[1]


def part(identity: str, html: str) -> Part:
    """Return a part with its digest."""
    # A checksum is enough: it only tells two states of one part apart, and nobody attacks it.
    return Part(identity, html, f"{zlib.crc32(html.encode()):08x}")


def build_page(contents: Contents, setting: Setting, cache: EntryCache) -> Page:
    """Return every post of a plan in its group, and the files with errors before them."""
    by_path = {
        path: tuple(found)
        for path, found in groupby(sorted(contents.diagnostics, key=lambda d: d.path), key=lambda d: d.path)
    }
    grouped = _grouped(contents.plan, by_path)
    sections = [
        Section(group.id, tuple(_group_parts(group, grouped[group.id], by_path, setting, cache)))
        for group in GROUPS
        if grouped[group.id]
    ]
    return Page((_top(contents, grouped, setting), *sections))


Item = tuple[Change, Change | None, tuple[Change, ...]] | str
"""A change with those of its first comment and further parts, or the path of a file with errors."""


def _grouped(plan: Plan, by_path: dict[str, tuple[Diagnostic, ...]]) -> dict[str, list[Item]]:
    grouped: dict[str, list[Item]] = {group.id: [] for group in GROUPS}
    comments = {change.key: change for change in plan.changes if change.key.endswith(COMMENT_SUFFIX)}
    parts = _parts(plan)
    broken = {path for path, found in by_path.items() if has_errors(found)}
    grouped[PROBLEMS.id] += sorted(broken)
    for change in plan.changes:
        # a post whose file can't be read just now is not gone
        if change.key.endswith(COMMENT_SUFFIX) or (change.post is None and change.source in broken):
            continue
        if change.part and change.key.partition("#")[0] in parts:
            continue
        comment, further = comments.get(change.key + COMMENT_SUFFIX), tuple(parts.get(change.key, ()))
        grouped[GROUP_OF[change.action].id].append((change, comment, further))
    return grouped


def _parts(plan: Plan) -> dict[str, list[Change]]:
    """Return the further parts of threads by the first part's name, where the plan has that."""
    parts: dict[str, list[Change]] = {change.key: [] for change in plan.changes if not change.part}
    for change in plan.changes:
        first = change.key.partition("#")[0]
        if change.part.isdecimal() and first in parts:
            parts[first].append(change)
    return parts


def _group_parts(
    group: Group,
    items: Sequence[Item],
    by_path: dict[str, tuple[Diagnostic, ...]],
    setting: Setting,
    cache: EntryCache,
) -> Iterator[Part]:
    days = _days(items, setting) if group.id == "scheduled" else []
    drawn = months(_due(items), posts.zone(setting.config)) if days else ()
    head = _render("head.html", group=group, count=len(items), days=days, months=drawn, weekdays=WEEKDAYS)
    yield part(f"head-{group.id}", head)
    for item in items:
        if isinstance(item, str):
            found = by_path[item]
            identity, inputs = entry_id(item), (setting.config, setting.editor, found)
            yield cache.part(
                identity,
                inputs,
                lambda: _entry(problem_entry(item, found, setting)),  # noqa: B023 - called at once
            )
            continue
        change, comment, parts = item
        found = tuple(
            d for d in by_path.get(change.source, ()) if d.key in (None, change.key, change.document)
        )
        # Everything that the entry shows; a forgotten input would keep an old entry on the page.
        made_of = (setting.config, setting.editor, change, change.post, comment, parts, found)
        yield cache.part(
            entry_id(change.key),
            made_of,
            lambda: _entry(change_entry(change, comment, found, setting, parts)),  # noqa: B023 - called at once
        )


def _top(contents: Contents, grouped: dict[str, list[Item]], setting: Setting) -> Section:
    changes = [change for change in contents.plan.changes if change.post is not None]
    authors = sorted({posts.author_view(change.post.author).name for change in changes if change.post})
    tags = {tag for change in changes if change.post for tag in _tags_of(change)}
    sources = {change.source for change in changes}
    # Errors have entries of their own, and warnings about a post are in its entry.
    general = [d for d in contents.diagnostics if d.path not in sources and d.severity is not Severity.ERROR]
    html = _render(
        "top.html",
        groups=[(group, len(grouped[group.id])) for group in GROUPS if grouped[group.id]],
        total=sum(map(len, grouped.values())),
        authors=authors,
        tags=sorted(tags),
        trouble=contents.trouble,
        causes=notes(contents.causes, setting),
        remarks=notes(general, setting),
    )
    return Section("top", (part("top-part", html),))


def _tags_of(change: Change) -> set[str]:
    post = change.post
    return (
        set()
        if post is None
        else {tag.casefold() for tag in (*post.tags, *(h.tag for h in post.text.hashtags))}
    )


def _due(items: Sequence[Item]) -> Iterator[tuple[datetime, str, str]]:
    for item in items:
        if not isinstance(item, str) and item[0].publish_at is not None:
            yield item[0].publish_at, item[0].key, f"#{entry_id(item[0].key)}"


def _days(items: Sequence[Item], setting: Setting) -> list[tuple[str, list[tuple[str, str, str, str]]]]:
    """Return the timeline: days in order, each with (time, key, link, first words) of its posts.

    Posts without a date come last.
    """
    where = posts.zone(setting.config)
    changes = [item[0] for item in items if not isinstance(item, str)]

    def day(change: Change) -> str:
        return posts.day(change.publish_at, where) if change.publish_at else "At the next free slot"

    def line(change: Change) -> tuple[str, str, str, str]:
        time = posts.clock(change.publish_at, where) if change.publish_at else ""
        words = " ".join(change.post.text.plain.split())[:90] if change.post else ""
        return time, change.key, f"#{entry_id(change.key)}", words

    ordered = sorted(
        changes, key=lambda change: (change.publish_at is None, change.publish_at or setting.now, change.key)
    )
    return [(name, [line(change) for change in found]) for name, found in groupby(ordered, key=day)]


def _entry(entry: Entry) -> str:
    return _render("entry.html", entry=entry)


def _render(template: str, **named: object) -> str:
    return _environment().get_template(template).render(**named)


@cache
def _environment() -> Environment:
    return create_environment(_HERE / "templates")


@cache
def own_asset(name: str) -> str:
    """Return a stylesheet or script of the preview itself."""
    return (_HERE / "static" / name).read_text(encoding="utf-8")
