"""The cache never changes a result, whatever is edited, broken or run at once."""

import os
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from publisher.project import build as assembling
from publisher.project import cache
from publisher.project import parallel as spread
from publisher.project.file_builder import FileResult
from publisher.project.pipeline import Project, load_project
from publisher.project.rows import row_of

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CONFIG = 'authors:\n  me: {urn: "urn:li:person:AbC_123456"}\nvars: {product: publisher}\n'


def write(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "project"
    write(made, "publisher.yaml", CONFIG)
    write(made, "content/a.md", "Hello from {{ product }}\n")
    write(made, "content/b.yaml", "posts:\n- {id: b1, text: One}\n- {id: b2, text: Two}\n")
    write(made, "content/bad.md", "---\nvisibilty: public\n---\nX\n")
    return made


@pytest.fixture
def remembered(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many files each run of this test made anew; stamps count as settled at once."""
    monkeypatch.setattr(assembling, "_SETTLED_NS", -(10**18))
    counts: list[int] = []
    make_all = assembling.make_all

    def counting(files, builder):  # type: ignore[no-untyped-def]
        counts.append(len(files))
        return make_all(files, builder)

    monkeypatch.setattr(assembling, "make_all", counting)
    return counts


def load(root: Path, folder: Path | None, now: datetime = NOW) -> Project:
    return load_project(root, {}, now, cache=folder)


def same(one: Project, other: Project) -> bool:
    return (one.posts, one.diagnostics, one.sketches) == (other.posts, other.diagnostics, other.sketches)


def test_a_second_run_makes_nothing_anew(root: Path, tmp_path: Path, remembered: list[int]) -> None:
    first, second = (load(root, tmp_path / "cache") for _ in range(2))
    assert remembered == [3, 0]
    assert same(first, second)
    assert same(second, load(root, None))


@pytest.mark.parametrize(
    ("change", "made"),
    [
        (lambda root: write(root, "content/a.md", "Other words\n"), 1),
        (lambda root: write(root, "content/new.md", "New\n"), 1),
        (lambda root: (root / "content/a.md").rename(root / "content/z.md"), 1),
        (lambda root: (root / "content/a.md").unlink(), 0),
        (lambda root: (root / "content/a.md").touch(), 0),
        (lambda root: write(root, "publisher.yaml", CONFIG.replace("publisher}", "press}")), 3),
        (lambda root: write(root, "templates/x.j2", "hi"), 3),
    ],
    ids=["edit", "add", "rename", "remove", "touch", "config", "template"],
)
def test_only_what_changed_is_made_anew(
    root: Path, tmp_path: Path, remembered: list[int], change: object, made: int
) -> None:
    load(root, tmp_path / "cache")
    change(root)  # type: ignore[operator]
    again = load(root, tmp_path / "cache")
    assert remembered[1:] == [made]
    assert same(again, load(root, None))
    assert same(load(root, tmp_path / "cache"), again)


def test_a_changed_picture_is_looked_at_again(root: Path, tmp_path: Path, remembered: list[int]) -> None:
    Image.new("RGB", (9, 9)).save(root / "content/p.png")
    write(root, "content/pic.md", "---\nmedia: {path: p.png, alt: A}\n---\nLook\n")
    before = load(root, tmp_path / "cache")
    Image.new("RGB", (9, 8)).save(root / "content/p.png")
    after = load(root, tmp_path / "cache")
    assert remembered[1:] == [1]
    assert before.posts != after.posts
    (root / "content/p.png").unlink()
    assert same(load(root, tmp_path / "cache"), load(root, None))
    Image.new("RGB", (9, 8)).save(root / "content/p.png")
    assert same(load(root, tmp_path / "cache"), load(root, None))


def test_a_time_that_goes_by_changes_the_advice(root: Path, tmp_path: Path, remembered: list[int]) -> None:
    write(root, "content/t.md", "---\npublish_at: 2026-11-23T13:00:00Z\n---\nSoon\n")
    for now in (NOW, NOW + timedelta(minutes=30), NOW + timedelta(hours=2), NOW):
        assert same(load(root, tmp_path / "cache", now), load(root, None, now))
    assert remembered[:1] + remembered[2:3] + remembered[4:5] == [4, 0, 1]


@pytest.mark.parametrize(
    "damaged",
    [
        lambda _: b"",
        lambda _: b"garbage",
        lambda _: b"\x80\x05N.",
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: data + b"more",
    ],
)
def test_a_broken_cache_is_ignored_and_replaced(
    root: Path, tmp_path: Path, remembered: list[int], damaged: Callable[[bytes], bytes]
) -> None:
    load(root, tmp_path / "cache")
    for path in (tmp_path / "cache").iterdir():
        path.write_bytes(damaged(path.read_bytes()))
    assert same(load(root, tmp_path / "cache"), load(root, None))
    assert remembered == [3, 3, 3]
    load(root, tmp_path / "cache")
    assert remembered[-1] == 0


def test_a_cache_that_others_can_write_is_not_read(root: Path, tmp_path: Path, remembered: list[int]) -> None:
    load(root, tmp_path / "cache")
    for path in (tmp_path / "cache").iterdir():
        path.chmod(0o666)
    load(root, tmp_path / "cache")
    assert remembered == [3, 3]


def test_a_link_to_a_cache_is_not_read(root: Path, tmp_path: Path, remembered: list[int]) -> None:
    load(root, tmp_path / "cache")
    for path in list((tmp_path / "cache").iterdir()):
        path.symlink_to(path.rename(tmp_path / path.name))
    load(root, tmp_path / "cache")
    assert remembered == [3, 3]


def test_a_cache_inside_the_project_is_neither_read_nor_written(
    root: Path, tmp_path: Path, remembered: list[int]
) -> None:
    load(root, tmp_path / "cache")
    (tmp_path / "cache").rename(root / "cache")
    (tmp_path / "link").symlink_to(root / "cache")
    before = {path: path.read_bytes() for path in (root / "cache").iterdir()}
    assert before
    for folder in (root / "cache", tmp_path / "link"):
        load(root, folder)
    assert remembered == [3, 3, 3]
    assert {path: path.read_bytes() for path in (root / "cache").iterdir()} == before


def test_a_folder_that_cannot_be_written_does_not_matter(root: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert same(load(root, tmp_path / "cache"), load(root, None))


def test_a_file_that_has_just_changed_is_not_trusted_yet(root: Path, tmp_path: Path) -> None:
    load(root, tmp_path / "cache")
    write(root, "content/a.md", "Hello from {{ FileResult }}\n")
    assert same(load(root, tmp_path / "cache"), load(root, None))


def test_few_edits_cost_no_rewrite_of_everything(
    root: Path, tmp_path: Path, remembered: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "RECENT_SHARE", 2)
    load(root, tmp_path / "cache")
    (whole,) = (tmp_path / "cache").glob("*.posts")
    before = whole.read_bytes()
    write(root, "content/a.md", "Edited\n")
    load(root, tmp_path / "cache")
    assert whole.read_bytes() == before
    load(root, tmp_path / "cache")
    assert remembered == [3, 1, 0]


def test_only_the_latest_projects_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_PROJECTS", 2)
    row = row_of((1, 2, 3, 4), b"", FileResult("a", (), ()))
    for number in range(4):
        cache.save(tmp_path / "cache", tmp_path / str(number), "key", cache.NOTHING, {"a": row})
    assert len(list((tmp_path / "cache").glob("*.posts"))) == 2


def test_two_runs_at_once_do_no_harm(root: Path, tmp_path: Path, remembered: list[int]) -> None:
    expected = load(root, None)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: load(root, tmp_path / "cache"), range(12)))
    assert all(same(result, expected) for result in results)


@given(seed=st.integers(0, 2**32))
@settings(deadline=None, max_examples=15)
def test_over_random_edits_the_cache_gives_the_same_as_none(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    chance = random.Random(seed)
    root, folder = tmp_path_factory.mktemp("random"), tmp_path_factory.mktemp("cache")
    write(root, "publisher.yaml", CONFIG)
    (root / "content").mkdir()
    texts = ["Hi\n", "Ho\n", "---\ndraft: true\n---\nHi\n", "---\nid: same\n---\nX\n"]
    texts += ["---\n", "", "**Hi** {{ product }}\n", "---\nfirst_comment: Look\n---\nHo\n"]
    texts += [f"---\npublish_at: 2026-11-{day}T09:00:00+01:00\n---\nThen\n" for day in (24, 25, 26)]
    now, ticks = NOW, iter(range(10**18, 2 * 10**18, 10**9))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assembling, "_SETTLED_NS", -(10**18))
        patch.setattr(cache, "RECENT_SHARE", chance.choice([1, 2, 20]))
        for _ in range(6):
            for _ in range(chance.randint(0, 4)):
                path = root / "content" / f"{chance.choice('abcd')}.md"
                if chance.random() < 0.2:
                    path.unlink(missing_ok=True)
                else:
                    path.write_text(chance.choice(texts))
                    os.utime(path, ns=(tick := next(ticks), tick))  # two edits within one tick of the clock
            now += timedelta(hours=chance.randint(0, 30))
            assert same(load(root, folder, now), load(root, None, now))


def test_many_files_on_all_cores_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "publisher.yaml", CONFIG)
    for number in range(40):
        write(tmp_path, f"content/{number}.md", f"Post **{number}**\n")
    alone = load(tmp_path, None)
    monkeypatch.setattr(spread, "WORTHWHILE", 1)
    monkeypatch.setattr(spread.threading, "active_count", lambda: 1)
    assert same(load(tmp_path, None), alone)
