"""The preview as a file: complete, self-contained, and the same every time."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.model.diagnostic import Diagnostic
from publisher.model.plan import Plan
from publisher.model.state import State
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.preview.editors import EDITORS, editor_link
from publisher.preview.entries import Setting, entry_id
from publisher.preview.media import Served
from publisher.preview.page import Contents, EntryCache, build_page, build_preview
from tests.support.posts import NOW, make_post
from tests.support.previews import CONFIG, DIAGNOSTICS, sample_plan


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """The sample plan, its media in this test's folder."""
    return sample_plan(tmp_path)


def preview(plan: Plan, root: Path, **named: str) -> str:
    """The sample preview."""
    return build_preview(plan, DIAGNOSTICS, CONFIG, root, NOW, **named)


def entries(html: str) -> dict[str, list[str]]:
    """Section id -> titles of its entries, as the page has them."""
    found = {}
    for section in re.split(r'<section id="', html)[1:]:
        name = section.partition('"')[0]
        found[name] = re.findall(r'entry-key"><a href="[^"]*"><bdi>([^<]*)</bdi>', section)
    return found


def test_every_post_stands_in_its_group(plan: Plan, tmp_path: Path) -> None:
    assert entries(preview(plan, tmp_path)) == {
        "top": [],
        "problems": ["content/broken.md"],
        "held": ["late"],
        "new": ["arabic", "hostile", "posts-as-code", "weekend"],
        "changed": ["edited"],
        "scheduled": ["film", "guide"],
        "drafts": ["poll"],
        "live": ["live"],
        "gone": ["gone"],
    }


def test_nothing_is_loaded_and_nothing_foreign_runs(plan: Plan, tmp_path: Path) -> None:
    html = preview(plan, tmp_path)
    assert not re.findall(r'(?:src|poster|srcset)="(?!data:)[^"]+"', html)
    assert re.findall(r"<link [^>]*>", html) == ['<link rel="icon" href="data:,">']
    assert "url(" not in html
    assert "@import" not in html
    assert html.count("<script>") == 1
    assert not re.search(r"<[^>]+\s(?:on\w+|style)=", html)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy
    assert "default-src &#39;none&#39;" in policy[1]
    assert "unsafe" not in policy[1]


def test_the_same_input_gives_the_same_bytes(plan: Plan, tmp_path: Path) -> None:
    assert preview(plan, tmp_path) == preview(plan, tmp_path)


def test_the_file_stays_small(plan: Plan, tmp_path: Path) -> None:
    assert len(preview(plan, tmp_path)) < 400_000


def test_lengths_and_payloads_are_shown(plan: Plan, tmp_path: Path) -> None:
    html = preview(plan, tmp_path)
    weekend = html[html.index('id="entry-weekend"') :]
    assert "<strong>32</strong> of 3,000 UTF-16 units" in weekend
    assert "· 31 characters" in re.sub(r"\s+", " ", weekend)
    assert "{asset:images/p0.png}" in weekend
    # the same JSON as is sent, but nothing in it is invisible
    assert "\\u202egnp.exe\\u202c" in html


def test_scheduled_posts_stand_in_a_month(plan: Plan, tmp_path: Path) -> None:
    html = preview(plan, tmp_path)
    drawn = re.findall(r'<td class="busy"><span class="month-day">\d+</span><a href="#entry-(\w+)">', html)
    assert sorted(drawn) == ["film", "guide"]


def test_scheduled_posts_stand_on_a_timeline_in_the_projects_zone(plan: Plan, tmp_path: Path) -> None:
    html = re.sub(r"<[^>]+>", " ", preview(plan, tmp_path))
    flat = re.sub(r"\s+", " ", html)
    assert (
        "Tuesday, 24 November 2026 08:30 CET film It moves. Thursday, 26 November 2026 09:00 CET guide"
        in flat
    )


def test_a_live_post_whose_source_is_broken_is_not_called_gone(plan: Plan, tmp_path: Path) -> None:
    assert "unread" in {change.key for change in plan.changes}
    assert "entry-unread" not in preview(plan, tmp_path)


@pytest.mark.parametrize("editor", sorted(EDITORS))
def test_places_open_in_an_editor(plan: Plan, tmp_path: Path, editor: str) -> None:
    link = editor_link(editor, tmp_path, "content/broken.md", DIAGNOSTICS[0].position)
    assert "broken.md" in link
    assert f'href="{link.replace("&", "&amp;")}"' in preview(plan, tmp_path, editor=editor)
    assert editor_link("", tmp_path, "content/broken.md") == ""


def test_an_empty_project_has_a_page(tmp_path: Path) -> None:
    empty = make_plan([], State(), CONFIG, NOW, PlanOptions())
    assert "No posts yet" in build_preview(empty, (), CONFIG, tmp_path, NOW)


def test_only_what_changed_is_rendered_again(tmp_path: Path) -> None:
    setting = Setting(CONFIG, tmp_path, NOW, "", Served(tmp_path))
    cache = EntryCache()
    posts = [make_post("one"), make_post("two")]
    before = build_page(_contents(posts), setting, cache)
    after = build_page(_contents([posts[0], make_post("two", "Changed")]), setting, cache)
    parts = [
        {part.id: part for section in page.sections for part in section.parts} for page in (before, after)
    ]
    assert parts[0][entry_id("one")] is parts[1][entry_id("one")]
    assert parts[0][entry_id("two")].digest != parts[1][entry_id("two")].digest
    # a change of time alone is none
    later = replace(setting, now=NOW.replace(hour=23))
    assert (
        build_page(_contents([posts[0], make_post("two", "Changed")]), later, cache).outline == after.outline
    )


def _contents(posts: list) -> Contents:  # type: ignore[type-arg]
    plan = make_plan(posts, State(), CONFIG, NOW, PlanOptions())
    return Contents(plan, [Diagnostic("media-size", "Too small.", "content/three.md")])


def test_ids_hold_no_blanks_and_keep_names_apart() -> None:
    names = ["a b", "a%20b", "a-b", "a/b", "ä", "a\tb", 'a"b']
    ids = [entry_id(name) for name in names]
    assert len(set(ids)) == len(names)
    assert not any(re.search(r'[\s"<>&]', name) for name in ids)
