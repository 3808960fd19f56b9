"""The six promises, against a LinkedIn that misbehaves."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.sandbox.server import Sandbox
from tests.support.project import ProjectDir


def state(project: ProjectDir) -> dict[str, Any]:
    return json.loads(project.state_path.read_text())["posts"]  # type: ignore[no-any-return]


def write_posts(project: ProjectDir, *keys: str) -> None:
    for key in keys:
        project.write(f"content/{key}.md", f"Words of {key}.\n")


def test_a_post_is_published_once_and_then_left_alone(project: ProjectDir) -> None:
    write_posts(project, "hello")
    first = project.publisher("publish")
    assert (first.code, first.out.strip().splitlines()[-1]) == (0, "1 published.")
    (post,) = project.sandbox.posts()
    assert post.text == "Words of hello."
    entry = state(project)["hello"]
    assert (entry["status"], entry["urn"]) == ("published", post.urn)
    assert entry["permalink"] == f"https://www.linkedin.com/feed/update/{post.urn}/"
    assert post.urn in first.out
    before = (project.state_path.read_bytes(), len(project.sandbox.requests()))
    second = project.publisher("publish")
    assert (second.code, "Nothing to do." in second.text) == (0, True)
    assert (project.state_path.read_bytes(), len(project.sandbox.requests())) == before


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "commit-then-error", "status": 500},
        {"kind": "commit-then-error", "status": 502},
        {"kind": "commit-then-error", "status": 504},
        {"kind": "error", "status": 500},
        {"kind": "error", "status": 408},
        {"kind": "no-id"},
        {"kind": "commit-then-drop"},
        {"kind": "drop-after-body"},
        {"kind": "drop-before-body"},
        {"kind": "cut", "at": 20},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values()),
)
def test_a_lost_answer_is_unknown_and_never_sent_again(project: ProjectDir, fault: dict[str, Any]) -> None:
    write_posts(project, "hello", "other")
    project.sandbox.fault(fault.pop("kind"), resource="ugcPosts", **fault)  # strikes the first create
    first = project.publisher("publish")
    assert first.code == 3
    assert "hello" in first.text
    assert state(project)["hello"]["status"] == "pending"
    assert state(project)["other"]["status"] == "published"
    second = project.publisher("publish")
    assert second.code == 3
    assert "state resolve" in second.text
    sent = project.created_texts()
    assert len(sent) == 2
    assert sent[-1] == "Words of other."


def test_an_unknown_post_goes_on_once_a_human_has_settled_it(project: ProjectDir) -> None:
    write_posts(project, "made", "lost")
    project.sandbox.fault("commit-then-error", resource="ugcPosts", text="Words of made")
    project.sandbox.fault("error", resource="ugcPosts", text="Words of lost")
    assert project.publisher("publish").code == 3
    (live,) = project.sandbox.posts()
    assert project.publisher("state", "resolve", "made", "--published", live.urn).code == 0
    assert project.publisher("state", "resolve", "lost", "--absent", "--force").code == 0
    assert project.publisher("publish").code == 0
    assert sorted(post.text for post in project.sandbox.posts()) == ["Words of lost.", "Words of made."]
    assert state(project)["made"]["urn"] == live.urn
    assert "Nothing to do." in project.publisher("publish").out


def test_after_three_unknown_outcomes_in_a_row_no_more_is_risked(project: ProjectDir) -> None:
    write_posts(project, *"abcde")
    project.sandbox.fault("error", resource="ugcPosts", count=0, status=503)
    result = project.publisher("publish")
    assert result.code == 3
    assert len(project.created_texts()) == 3
    assert sorted(state(project)) == ["a", "b", "c"]
    assert "outcome of 3 creates in a row is unknown" in result.text


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"kind": "revoke-token"}, "REVOKED_ACCESS_TOKEN"),
        ({"kind": "expire-token"}, "EXPIRED_ACCESS_TOKEN"),
        ({"kind": "error", "status": 403}, "403"),
        ({"kind": "error", "status": 422}, "422"),
        ({"kind": "error", "status": 400}, "400"),
        ({"kind": "throttle"}, "429"),
    ],
    ids=lambda value: str(value.get("status", value["kind"])) if isinstance(value, dict) else "",
)
def test_a_refusal_creates_nothing_and_can_be_tried_again(
    project: ProjectDir, fault: dict[str, Any], said: str
) -> None:
    write_posts(project, "hello")
    project.sandbox.fault(fault.pop("kind"), resource="ugcPosts", **fault)
    result = project.publisher("publish")
    assert (result.code, said in result.text) == (1, True), result.text
    assert not project.state_path.exists() or state(project) == {}
    assert project.sandbox.posts() == []


def test_a_dead_token_ends_the_run_for_its_author_only(project: ProjectDir) -> None:
    world = project.sandbox.store
    other = world.add_member(given_name="Other")
    project.write(
        "publisher.yaml",
        f"""\
authors:
  me: {{urn: "{project.sandbox.member.urn}"}}
  other: {{urn: "{other.urn}", token_env: OTHER_TOKEN}}
""",
    )
    for key, author in (("a", "me"), ("b", "me"), ("c", "other")):
        project.write(f"content/{key}.md", f"---\nauthor: {author}\n---\nWords of {key}.\n")
    more = ProjectDir(project.root, project.sandbox, {"OTHER_TOKEN": project.sandbox.token(other.urn)})
    project.sandbox.fault("revoke-token", resource="ugcPosts", author=project.sandbox.member.urn)
    result = more.publisher("publish")
    assert result.code == 1
    assert sorted(project.created_texts()) == ["Words of a.", "Words of c."]
    assert list(state(project)) == ["c"]
    assert re.search(r"skipped +b .*token was refused", result.text)


def test_a_duplicate_of_an_older_post_is_not_adopted(tmp_path: Path) -> None:
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    with Sandbox(now=an_hour_ago, duplicate_window=86_400) as sandbox:
        project = ProjectDir(tmp_path, sandbox)
        project.configure()
        write_posts(project, "hello")
        assert project.publisher("publish").code == 0
        (live,) = sandbox.posts()
        project.forget()
        sandbox.clock.advance(3600)
        result = project.publisher("publish")
    assert result.code == 1
    assert live.urn in result.text
    assert "state import" in result.text
    assert state(project) == {}


def test_a_duplicate_of_a_post_from_before_the_attempt_is_held_until_a_person_adopts_it(
    project: ProjectDir,
) -> None:
    write_posts(project, "hello")
    assert project.publisher("publish").code == 0
    (live,) = project.sandbox.posts()
    project.forget()
    project.state_path.write_text('{"version": 1, "posts": {}}\n')  # as an older state would be
    for _ in range(2):
        result = project.publisher("publish")
        assert result.code == 1
        assert f"publisher state import hello {live.urn}" in result.text
    assert len(project.created_texts()) == 2
    assert project.publisher("state", "import", "hello", live.urn).code == 0
    assert project.publisher("publish").code == 0
    assert project.sandbox.posts() == [live]


def test_a_ghost_is_not_taken_for_our_post(tmp_path: Path) -> None:
    with Sandbox(ghosts=True) as sandbox:
        project = ProjectDir(tmp_path, sandbox)
        project.configure("on_change: replace\n")
        write_posts(project, "hello")
        assert project.publisher("publish").code == 0
        project.write("content/hello.md", "---\nvisibility: connections\n---\nWords of hello.\n")
        result = project.publisher("publish", "--allow-replace")
    assert result.code == 3
    assert "may not exist" in result.text
    assert state(project)["hello"]["status"] == "pending"


def test_changes_with_nothing_to_send_send_nothing(project: ProjectDir) -> None:
    write_posts(project, "old")
    assert project.publisher("publish").code == 0
    (project.root / "content/old.md").rename(project.root / "content/new.md")
    requests = len(project.sandbox.requests())
    assert project.publisher("publish").code == 0
    assert list(state(project)) == ["new"]
    assert state(project)["new"]["source"] == "content/new.md"
    assert len(project.sandbox.requests()) == requests


def test_pruning_deletes_only_when_asked(project: ProjectDir) -> None:
    write_posts(project, "hello")
    assert project.publisher("publish").code == 0
    (project.root / "content/hello.md").unlink()
    assert project.publisher("publish").code == 0
    assert len(project.sandbox.posts()) == 1
    assert project.publisher("publish", "--prune").code == 0
    assert project.sandbox.posts() == []
    assert state(project)["hello"]["status"] == "deleted"
    write_posts(project, "hello")
    result = project.publisher("publish")
    assert (result.code, "state rm hello" in result.text) == (1, True)


def test_replacing_deletes_and_creates_when_allowed(project: ProjectDir) -> None:
    project.configure("on_change: replace\n")
    write_posts(project, "hello")
    assert project.publisher("publish").code == 0
    (old,) = project.sandbox.posts()
    project.write("content/hello.md", "Other words.\n")
    assert project.publisher("publish").code == 0
    assert project.sandbox.posts() == [old]
    assert project.publisher("publish", "--allow-replace").code == 0
    (new,) = project.sandbox.posts()
    assert (new.text, state(project)["hello"]["urn"]) == ("Other words.", new.urn)


def test_a_first_comment_is_posted_once(project: ProjectDir) -> None:
    project.write("content/hello.md", "---\nfirst_comment: The link is in the docs.\n---\nWords.\n")
    assert project.publisher("publish").code == 0
    (post,) = project.sandbox.posts()
    (comment,) = project.sandbox.store.comments(post.urn)
    assert comment.text == "The link is in the docs."
    assert state(project)["hello#first_comment"]["status"] == "published"
    assert "Nothing to do." in project.publisher("publish").out


def test_a_comment_whose_post_failed_waits(project: ProjectDir) -> None:
    project.write("content/hello.md", "---\nfirst_comment: Later.\n---\nWords.\n")
    project.sandbox.fault("error", status=422, resource="ugcPosts")
    assert project.publisher("publish").code == 1
    assert project.publisher("publish").code == 0
    (post,) = project.sandbox.posts()
    assert len(project.sandbox.store.comments(post.urn)) == 1


def test_content_with_an_error_publishes_nothing(project: ProjectDir) -> None:
    write_posts(project, "good")
    project.write("content/bad.md", "---\nvisibilty: public\n---\nWords.\n")
    result = project.publisher("publish")
    assert result.code == 1
    assert "content/bad.md:2:" in result.text
    assert project.sandbox.requests() == []


def test_the_json_result_tells_everything(project: ProjectDir) -> None:
    write_posts(project, "hello")
    result = project.publisher("publish", "--format", "json")
    document = json.loads(result.out)
    (line,) = document["results"]
    assert (document["format_version"], document["exit_code"], line["outcome"]) == (1, 0, "done")
    assert line["urn"] == project.sandbox.posts()[0].urn


def test_a_saved_plan_is_carried_out_or_refused_when_stale(project: ProjectDir) -> None:
    write_posts(project, "hello")
    plan = str(project.root / "publish.plan")
    assert project.publisher("plan", "--out", plan).code == 0
    project.write("content/hello.md", "Edited meanwhile.\n")
    stale = project.publisher("publish", plan)
    assert (stale.code, "stale" in stale.text) == (1, True)
    assert project.created_texts() == []
    assert project.publisher("plan", "--out", plan).code == 0
    assert project.publisher("publish", plan).code == 0
    assert project.created_texts() == ["Edited meanwhile."]
    assert project.publisher("publish", plan).code == 1
