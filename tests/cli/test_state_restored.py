"""`publisher state restored`: an old state publishes nothing again."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.project import ProjectDir


def at(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat(timespec="seconds")


def prepared(project: ProjectDir) -> bytes:
    """Publish `old`, make a backup, publish `new` with a comment, then put the backup back on another machine."""
    project.write("content/old.md", "Words of old.\n")
    assert project.publisher("publish").code == 0
    backup = project.state_path.read_bytes()
    project.write("content/new.md", "---\nfirst_comment: More.\n---\nWords of new.\n")
    project.write("content/later.md", f'---\npublish_at: "{at(5)}"\n---\nWords of later.\n')
    project.write("content/draft.md", "---\ndraft: true\n---\nWords of draft.\n")
    assert project.publisher("publish").code == 0
    project.state_path.write_bytes(backup)
    return backup


def statuses(project: ProjectDir) -> dict[str, str]:
    entries = json.loads(project.state_path.read_text())["posts"]
    return {name: entry["status"] for name, entry in entries.items()}


def test_what_was_due_since_then_is_held_until_somebody_has_looked(project: ProjectDir) -> None:
    prepared(project)
    project.forget_journal()
    rehearsed = project.publisher("state", "restored", "--since", at(-1), "--dry-run")
    assert sorted(rehearsed.out.split()) == sorted(
        ["would", "add", "new", "would", "add", "new#first_comment"]
    )
    result = project.publisher("state", "restored", "--since", at(-1))
    assert (result.code, "2 posts are held." in result.err) == (0, True), result.text
    assert statuses(project) == {"old": "published", "new": "pending", "new#first_comment": "pending"}
    told = project.publisher("publish")
    assert told.code == 3
    assert "the state was restored, and it may have been published since" in told.text
    urn = next(post.urn for post in project.sandbox.posts() if post.text == "Words of new.")
    assert project.publisher("state", "resolve", "new", "--published", urn).code == 0
    early = project.publisher("state", "resolve", "new#first_comment", "--absent")
    assert (early.code, "Look again in" in early.text) == (2, True)
    assert project.publisher("state", "resolve", "new#first_comment", "--absent", "--force").code == 0
    assert project.publisher("publish").code == 0
    assert len(project.created_texts()) == 2


def test_a_renamed_post_is_held_too(project: ProjectDir) -> None:
    prepared(project)
    project.forget_journal()
    assert project.publisher("state", "restored", "--since", at(-1)).code == 0
    (project.root / "content/new.md").rename(project.root / "content/renamed.md")
    assert project.publisher("publish").code == 3
    assert len(project.created_texts()) == 2


def test_a_urn_from_before_the_backup_is_another_post(project: ProjectDir) -> None:
    prepared(project)
    project.forget_journal()
    assert project.publisher("state", "restored", "--since", at(-1)).code == 0
    old = f"urn:li:share:{int((datetime.now(UTC) - timedelta(hours=3)).timestamp() * 1000) << 22}"
    result = project.publisher("state", "resolve", "new", "--published", old)
    assert (result.code, "it is another post" in result.text) == (2, True)


def test_what_this_machine_published_is_held_with_its_urn(project: ProjectDir) -> None:
    """It may have been deleted since the backup."""
    prepared(project)
    refused = project.publisher("publish")
    assert (refused.code, "which this machine published" in refused.text) == (2, True)
    result = project.publisher("state", "restored", "--since", at(-1))
    assert (result.code, "2 posts are held." in result.err) == (0, True), result.text
    assert project.publisher("publish").code == 3
    entries = json.loads(project.state_path.read_text())["posts"]
    for name in ("new", "new#first_comment"):
        assert project.publisher("state", "resolve", name, "--published", entries[name]["urn"]).code == 0
    assert "Nothing to do." in project.publisher("publish").out
    assert len(project.created_texts()) == 2


def test_an_edited_post_that_may_have_been_replaced_is_held_where_posts_are_replaced(
    project: ProjectDir,
) -> None:
    project.configure("on_change: replace\n")
    project.write("content/a.md", "Words.\n")
    assert project.publisher("publish").code == 0
    backup = project.state_path.read_bytes()
    old = json.loads(backup)["posts"]["a"]["urn"]
    project.write("content/a.md", "Other words.\n")
    assert project.publisher("publish", "--allow-replace").code == 0
    project.state_path.write_bytes(backup)
    project.forget_journal()
    assert project.publisher("state", "restored", "--since", at(-1)).code == 0
    assert project.publisher("publish", "--allow-replace").code == 3
    (live,) = project.sandbox.posts()
    assert project.publisher("state", "resolve", "a", "--published", live.urn).code == 0
    assert json.loads(project.state_path.read_text())["posts"]["a"]["urn"] == live.urn != old
    assert "Nothing to do." in project.publisher("publish", "--allow-replace").out


@pytest.mark.parametrize("since", ["+1h", "2999-01-01", "yesterday"])
def test_a_time_that_makes_no_sense_is_refused(project: ProjectDir, since: str) -> None:
    assert project.publisher("state", "restored", "--since", since).code == 2
