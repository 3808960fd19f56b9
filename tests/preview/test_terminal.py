"""One post on the terminal."""

from pathlib import Path

import pytest

from publisher.preview.terminal import post_text
from publisher.reports.style import plain
from tests.support.posts import make_post
from tests.support.previews import CONFIG, sample_plan
from tests.support.project import ProjectDir


def test_a_post_is_told_with_its_fold_and_what_hangs_on_it(tmp_path: Path) -> None:
    plan = sample_plan(tmp_path)
    change = next(change for change in plan.changes if change.key == "posts-as-code")
    assert change.post is not None
    text = post_text(change.post, change, CONFIG, plain)
    assert text.startswith("Me  urn:li:person:AbC_123456 · visible to anyone\nposts-as-code: create, new\n\n")
    assert "What changed:\n┈┈ …see more ┈┈\n→ drafts" in text
    assert "[article] Why every post deserves a review · A story. · https://example.com/a\n" in text
    assert "First comment: More: https://example.com/a\n" in text
    assert text.endswith("242 of 3,000 UTF-16 units, 242 characters\n")


@pytest.mark.parametrize("key", ["weekend", "film", "guide", "poll"])
def test_media_and_polls_are_told(tmp_path: Path, key: str) -> None:
    post = next(change.post for change in sample_plan(tmp_path).changes if change.key == key)
    assert post is not None
    text = post_text(post, None, CONFIG, plain)
    expected = {
        "weekend": "[image] content/images/p0.png · 600×400 · ",
        "film": "[video] content/clip.mp4 · 2 s · 16 kB · alt: A test pattern",
        "guide": "[document] content/guide.pdf · 12 pages · ",
        "poll": "[poll] Which?\n   ○ This\n   ○ That\n",
    }
    assert expected[key] in text


def test_a_text_commands_no_terminal() -> None:
    text = post_text(make_post(text="a\x1b[2Jb\u202ec\x07"), None, CONFIG, plain)
    assert "a⟨U+001B⟩[2Jb⟨RLO⟩c⟨U+0007⟩" in text
    assert "\x1b" not in text


def test_mentions_and_hashtags_are_coloured_across_the_fold(tmp_path: Path) -> None:
    change = next(change for change in sample_plan(tmp_path).changes if change.key == "posts-as-code")
    assert change.post is not None
    text = post_text(change.post, None, CONFIG, lambda words, style: f"<{style}>{words}</>")
    assert "<blue>Example Works</>" in text
    assert "<blue>#ContentAsCode</>" in text


def test_show_and_its_refusals(project: ProjectDir) -> None:
    project.write("content/hello.md", "Hello, everyone\n")
    project.write("content/bad.md", "---\nvisibilty: public\n---\nHello")
    shown = project.publisher("show", "hello")
    assert (shown.code, "Hello, everyone" in shown.out) == (0, True)
    broken = project.publisher("show", "bad")
    assert (broken.code, "visibilty" in broken.err) == (1, True)
    missing = project.publisher("show", "nothing")
    assert (missing.code, "No post has the key 'nothing'" in missing.err) == (2, True)


def test_the_preview_is_written_where_it_is_wanted(project: ProjectDir) -> None:
    project.write("content/hello.md", "Hello, everyone\n")
    written = project.publisher("preview")
    assert written.code == 0
    assert Path(written.out.strip()) == project.root / "preview.html"
    page = (project.root / "preview.html").read_text(encoding="utf-8")
    assert "Hello, everyone" in page
    assert project.publisher("preview", "--out", "-").out.startswith("<!doctype html>")
    assert project.publisher("preview", "--serve", "--out", "x").code == 2
    nowhere = project.publisher("preview", "--out", str(project.root / "no" / "x.html"))
    assert (nowhere.code, "can't be written" in nowhere.err) == (2, True)


def test_a_preview_with_broken_files_is_written_all_the_same(project: ProjectDir) -> None:
    project.write("content/hello.md", "Hello, everyone\n")
    project.write("content/bad.md", "---\nvisibilty: public\n---\nHello")
    written = project.publisher("preview", "--out", "-")
    assert written.code == 0
    assert "content/bad.md:2:1" in written.out
    assert "Hello, everyone" in written.out
