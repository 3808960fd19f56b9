"""``publisher state``: every command, its refusals, and that nothing is written by a dry run."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from publisher.networks.linkedin.permalinks import permalink, urn_of
from publisher.publishing.evidence import urn_time
from tests.support.project import ProjectDir

URN = "urn:li:share:7445298278914641920"
COMMENT = "urn:li:comment:(urn:li:activity:1,2)"
COMMENT_LINK = (
    "https://www.linkedin.com/feed/update/urn:li:activity:1/?commentUrn=urn%3Ali%3Acomment%3A%28activity%3A1%2C2%29"
    "&dashCommentUrn=urn%3Ali%3Afsd_comment%3A%282%2Curn%3Ali%3Aactivity%3A1%29"
)


def new_urn() -> str:
    """A URN that LinkedIn gives now."""
    return f"urn:li:share:{int(datetime.now(UTC).timestamp() * 1000) << 22}"


def state(project: ProjectDir) -> dict[str, Any]:
    return json.loads(project.state_path.read_text())  # type: ignore[no-any-return]


@pytest.fixture
def live(project: ProjectDir) -> ProjectDir:
    """A project with one published post and its comment, and one that is unknown."""
    project.write("content/done.md", "---\nfirst_comment: Hi.\n---\nDone.\n")
    assert project.publisher("publish").code == 0
    project.write("content/lost.md", "Lost.\n")
    project.sandbox.fault("error", resource="ugcPosts")
    assert project.publisher("publish").code == 3
    return project


def test_list_and_show_tell_what_is_known(live: ProjectDir) -> None:
    listed = live.publisher("state", "list")
    assert [line.split()[:2] for line in listed.out.splitlines()] == [
        ["done", "published"],
        ["done#first_comment", "published"],
        ["lost", "pending"],
    ]
    document = json.loads(live.publisher("state", "list", "--format", "json").out)
    assert document["posts"] == state(live)["posts"]
    assert "published_at:" in live.publisher("state", "show", "done").out
    assert json.loads(live.publisher("state", "show", "done", "--format", "json").out)["key"] == "done"
    assert live.publisher("state", "show", "nope").code == 2


def test_resolving_as_published_takes_the_urns_own_time(live: ProjectDir) -> None:
    urn = new_urn()
    assert live.publisher("state", "resolve", "lost", "--published", permalink(urn)).code == 0
    entry = state(live)["posts"]["lost"]
    assert (entry["status"], entry["urn"], "attempt" in entry) == ("published", urn, False)
    made_at = urn_time(urn)
    assert made_at is not None
    recorded = datetime.fromisoformat(entry["published_at"])
    assert abs(recorded - made_at.astimezone(UTC)) < timedelta(seconds=1)
    assert state(live)["history"][-1]["action"] == "resolve"
    assert "resolve" in live.publisher("state", "show", "lost").out
    assert live.publisher("publish").code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("resolve", "lost"),
        ("resolve", "lost", "--absent", "--published", URN),
        ("resolve", "lost", "--published", "nothing to see"),
        ("resolve", "done", "--absent"),
        ("resolve", "lost", "--absent"),  # seconds after it was sent
        ("resolve", "lost", "--published", URN),  # made months before
        ("resolve", "nope", "--absent"),
        ("resolve", "nope", "--published", URN),
        ("resolve", "lost", "--published", COMMENT),
        ("resolve", "lost#first_comment", "--published", COMMENT),
        ("mv", "nope", "other"),
        ("mv", "done", "lost"),
        ("rm", "nope"),
        ("import", "nope", URN),
        ("import", "done", URN),
        ("stamp",),
        ("stamp", "--all", "--before", "2026-01-01"),
        ("stamp", "--before", "yesterday"),
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_refused_and_nothing_written(
    live: ProjectDir, arguments: tuple[str, ...]
) -> None:
    before = live.state_path.read_bytes()
    result = live.publisher("state", *arguments)
    assert (result.code, live.state_path.read_bytes()) == (2, before), result.text


@pytest.mark.parametrize(
    "arguments",
    [
        ("resolve", "lost", "--absent", "--force"),
        ("resolve", "lost", "--published", "NEW"),
        ("mv", "done", "other"),
        ("rm", "done"),
    ],
    ids=" ".join,
)
def test_a_dry_run_writes_nothing(live: ProjectDir, arguments: tuple[str, ...]) -> None:
    before = live.state_path.read_bytes()
    arguments = tuple(new_urn() if word == "NEW" else word for word in arguments)
    result = live.publisher("state", *arguments, "--dry-run")
    assert (result.code, live.state_path.read_bytes()) == (0, before)
    assert result.out.startswith("would ")
    assert live.publisher("state", *arguments).code == 0
    assert live.state_path.read_bytes() != before


def test_moving_and_forgetting_take_the_comment_along(live: ProjectDir) -> None:
    assert live.publisher("state", "mv", "done", "other").code == 0
    assert sorted(state(live)["posts"]) == ["lost", "other", "other#first_comment"]
    assert live.publisher("state", "rm", "other").code == 0
    assert list(state(live)["posts"]) == ["lost"]
    assert [event["action"] for event in state(live)["history"]] == ["mv", "rm"]


def test_an_imported_post_is_taken_to_be_live(project: ProjectDir) -> None:
    project.write("content/old.md", "Written by hand, long ago.\n")
    assert project.publisher("state", "import", "old", permalink(URN)).code == 0
    assert "Nothing to do" in project.publisher("plan").out
    project.write("content/new.md", "Another.\n")
    again = project.publisher("state", "import", "new", URN)
    assert (again.code, "already the post of 'old'" in again.err) == (2, True)


def test_an_imported_post_s_first_comment_comes_no_second_time(project: ProjectDir) -> None:
    project.write("content/old.md", "---\nfirst_comment: Hi.\n---\nWritten by hand.\n")
    assert project.publisher("state", "import", "old", COMMENT_LINK).out.split() == [
        *("add", "old"),
        *("add", "old#first_comment"),
    ]
    assert state(project)["posts"]["old"]["urn"] == "urn:li:activity:1"
    assert "Nothing to do" in project.publisher("publish").out
    assert project.publisher("state", "rm", "old#first_comment").code == 0
    assert "old#first_comment" in project.publisher("plan").out


def test_a_comment_is_told_by_its_link(project: ProjectDir) -> None:
    project.write("content/old.md", "---\nfirst_comment: Hi.\n---\nWritten by hand.\n")
    for command in (["resolve", "old", "--published", URN], ["rm", "old#first_comment"]):
        assert project.publisher("state", *command).code == 0
    key = "old#first_comment"
    assert project.publisher("state", "resolve", key, "--published", COMMENT_LINK).code == 0
    assert state(project)["posts"][key]["urn"] == COMMENT
    assert [event["action"] for event in state(project)["history"]] == ["resolve", "rm", "resolve"]
    assert "Nothing to do" in project.publisher("plan").out


def test_a_stamped_backlog_is_never_published(project: ProjectDir) -> None:
    project.write("content/old.md", "---\npublish_at: 2020-01-01T00:00:00Z\n---\nOld.\n")
    project.write("content/new.md", "New.\n")
    assert project.publisher("state", "stamp", "--before", "2021-01-01").code == 0
    assert project.publisher("publish").code == 0
    assert project.created_texts() == ["New."]
    assert state(project)["posts"]["old"]["status"] == "stamped"
    again = project.publisher("state", "stamp", "--all")
    assert (again.code, again.err) == (0, "Nothing to do.\n")


def test_a_stamped_backlog_with_comments_is_no_trouble(project: ProjectDir) -> None:
    project.write("content/old.md", "---\npublish_at: 2020-01-01T00:00:00Z\nfirst_comment: Hi.\n---\nOld.\n")
    assert project.publisher("state", "stamp", "--all").code == 0
    assert sorted(state(project)["posts"]) == ["old", "old#first_comment"]
    assert "Nothing to do" in project.publisher("plan").out
    assert project.publisher("status").code == 0
    project.write("content/old.md", "---\npublish_at: 2020-01-01T00:00:00Z\nfirst_comment: Ho.\n---\nOld.\n")
    assert "differs from what was stamped" in project.publisher("plan").out
    assert project.publisher("state", "rm", "old#first_comment").code == 0
    assert "no URN to comment on" in project.publisher("plan").out
    assert project.publisher("status").code == 0
    assert project.publisher("state", "stamp", "--all").out.split() == ["add", "old#first_comment"]
    assert "Nothing to do" in project.publisher("plan").out


def test_stamping_leaves_drafts_to_be_written_and_renamed_posts_to_be_moved(project: ProjectDir) -> None:
    project.write("content/a.md", "Live.\n")
    assert project.publisher("publish").code == 0
    (project.root / "content" / "a.md").rename(project.root / "content" / "b.md")
    project.write("content/draft.md", "---\ndraft: true\n---\nNot yet.\n")
    result = project.publisher("state", "stamp", "--all")
    assert (result.code, result.out) == (0, "")
    assert json.loads(project.publisher("plan", "--format", "json").out)["summary"] == {"draft": 1, "move": 1}


@pytest.mark.parametrize(
    ("text", "urn"),
    [
        (URN, URN),
        (permalink(URN), URN),
        ("https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A7445298278914641920?utm=x", URN),
        ("https://www.linkedin.com/embed/feed/update/urn:li:ugcPost:7", "urn:li:ugcPost:7"),
        (
            "https://www.linkedin.com/posts/mira_slug-of-post-activity-71-AbCd?utm_source=share",
            "urn:li:activity:71",
        ),
        ("https://www.linkedin.com/posts/mira_a-share-72-x_", "urn:li:share:72"),
        ("https://de.linkedin.com/posts/mira_ugcPost-73", None),
        ("https://www.linkedin.com/posts/mira_x-ugcPost-73-q", "urn:li:ugcPost:73"),
        (COMMENT_LINK, "urn:li:activity:1"),
        (
            "https://www.linkedin.com/posts/mira_x-share-74-q?commentUrn=urn:li:comment:(activity:75,2)",
            "urn:li:share:74",
        ),
        (COMMENT, None),
        ("urn:li:person:abc", None),
        ("https://example.org/posts/x-share-7-y", None),
    ],
)
def test_urns_are_read_from_every_form_of_link(text: str, urn: str | None) -> None:
    assert urn_of(text) == urn


@pytest.mark.parametrize(
    ("text", "urn"),
    [
        (COMMENT, COMMENT),
        ("urn:li:comment:(activity:1,2)", COMMENT),
        (COMMENT_LINK, COMMENT),
        (permalink(COMMENT), COMMENT),
        (permalink(URN), None),
    ],
)
def test_a_comment_s_urn_is_read_from_its_link(text: str, urn: str | None) -> None:
    assert urn_of(text, comment=True) == urn
