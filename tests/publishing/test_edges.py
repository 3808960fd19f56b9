"""Where memory, answers and clocks fail: what a run does, and what the next one does."""

import json
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.model.state import Attempt, Status
from publisher.publishing.evidence import may_be_adopted
from publisher.publishing.marks import Marks
from publisher.state import open_store
from publisher.state.edits import PostEdit
from tests.publishing.test_kill import wait_for_requests
from tests.support.posts import NOW, make_entry, make_post, make_state
from tests.support.project import ProjectDir

ATTEMPT = "0123456789abcdef"


def posts(project: ProjectDir) -> dict[str, Any]:
    return json.loads(project.state_path.read_text())["posts"]  # type: ignore[no-any-return]


def intent(project: ProjectDir, key: str) -> None:
    """Leave the intent of a run that began just now."""
    post = make_post(key, f"Words of {key}.")
    now = datetime.now(UTC).replace(microsecond=0)
    attempt = Attempt(ATTEMPT, now, post.digest, now + timedelta(minutes=3))
    fields = {"urn": None, "permalink": None, "published_at": None, "author": project.sandbox.member.urn}
    entry = make_entry(post, status=Status.PENDING, attempt=attempt, **fields)
    with open_store("publisher.state.json", project.root).session() as session:
        session.write(PostEdit(key, None, entry))


def mark(project: ProjectDir, *phases: str) -> None:
    """Leave the mark of a run of this machine whose process is gone."""
    marks = Marks(project.root)
    marks.prepare(ATTEMPT)
    for phase in phases:
        if phase == "sending":
            marks.sending(ATTEMPT)
        else:
            marks.created(ATTEMPT, phase, "https://example.org/")
    marks.release()


def test_an_intent_that_was_never_sent_is_freed_by_the_next_run(project: ProjectDir) -> None:
    project.write("content/hello.md", "Words of hello.\n")
    intent(project, "hello")
    mark(project)
    assert project.publisher("publish").code == 0
    assert len(project.sandbox.posts()) == 1


def test_an_intent_that_was_being_sent_is_in_doubt_at_once(project: ProjectDir) -> None:
    project.write("content/hello.md", "Words of hello.\n")
    intent(project, "hello")
    mark(project, "sending")
    result = project.publisher("publish")
    assert (result.code, project.sandbox.requests()) == (3, [])
    assert "publisher state resolve hello --absent" in result.text
    assert "https://www.linkedin.com/in/me/recent-activity/all/" in result.text
    assert project.publisher("status").code == 3


def test_a_urn_that_was_not_recorded_is_recorded_by_the_next_run(project: ProjectDir) -> None:
    project.write("content/hello.md", "Words of hello.\n")
    intent(project, "hello")
    mark(project, "sending", "urn:li:share:7445298278914641920")
    assert project.publisher("publish").code in (0, 1)
    assert posts(project)["hello"]["urn"] == "urn:li:share:7445298278914641920"
    assert project.sandbox.requests() == []


def test_an_intent_of_another_machine_is_in_flight_until_it_expires(project: ProjectDir) -> None:
    project.write("content/hello.md", "Words of hello.\n")
    intent(project, "hello")
    result = project.publisher("publish")
    assert (result.code, project.sandbox.requests()) == (0, [])
    assert "another run may be sending it now" in result.text


def test_a_process_that_wakes_up_late_does_not_send(
    project: ProjectDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    from publisher.publishing import fence

    project.write("content/hello.md", "Words of hello.\n")
    monkeypatch.setattr(fence, "TO_SEND", timedelta(microseconds=-1))  # so that any moment is too late
    result = project.publisher("publish")
    assert (result.code, project.created_texts()) == (1, [])
    assert "nothing was sent" in result.text
    assert posts(project) == {}


def test_an_intent_that_somebody_else_settled_is_not_sent(
    project: ProjectDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    from publisher.publishing.fence import Fence

    project.write("content/hello.md", "Words of hello.\n")
    check = Fence.check

    def settled_meanwhile(self: Fence) -> None:
        if project.state_path.exists() and "pending" in project.state_path.read_text():
            document = json.loads(project.state_path.read_text())
            document["posts"] = {}
            project.state_path.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n")
        check(self)

    monkeypatch.setattr(Fence, "check", settled_meanwhile)
    project.publisher("publish")
    assert project.created_texts() == []


def test_a_replacement_that_fails_deletes_and_creates_nothing_twice(project: ProjectDir) -> None:
    project.configure("on_change: replace\n")
    project.write("content/hello.md", "---\nfirst_comment: Hi.\n---\nWords.\n")
    assert project.publisher("publish").code == 0
    project.write("content/hello.md", "---\nfirst_comment: Hi.\n---\nOther words.\n")
    project.sandbox.fault("error", status=422, resource="ugcPosts", method="CREATE")
    result = project.publisher("publish", "--allow-replace")
    assert result.code == 1
    assert "Another run was faster" not in result.text
    assert len(project.sandbox.requests(resource="ugcPosts", method="DELETE")) == 1
    assert project.publisher("publish", "--allow-replace").code == 0
    assert [post.text for post in project.sandbox.posts()] == ["Other words."]


def test_a_limit_holds_in_later_runs_of_a_file(project: ProjectDir) -> None:
    project.write("content/hello.md", "Words of hello.\n")
    project.sandbox.fault("throttle", resource="ugcPosts")
    assert project.publisher("publish").code == 1
    before = len(project.sandbox.requests())
    assert project.publisher("publish").code == 1
    assert len(project.sandbox.requests()) == before


def test_what_was_withdrawn_while_a_run_waited_is_not_published(project: ProjectDir) -> None:
    for key in ("a", "b"):
        project.write(f"content/{key}.md", f"Words of {key}.\n")
    with open_store("publisher.state.json", project.root).session():
        waiting = project.start("publish", "--lock-timeout", "60")
        (project.root / "content/b.md").unlink()
    waiting.communicate()
    assert project.created_texts() == ["Words of a."]


def test_doubt_takes_precedence_over_an_interruption(project: ProjectDir) -> None:
    for key in ("a", "b"):
        project.write(f"content/{key}.md", f"Words of {key}.\n")
    project.sandbox.fault("error", resource="ugcPosts")
    project.sandbox.fault("slow", seconds=1, resource="ugcPosts")
    process = project.start("publish")
    wait_for_requests(project, process, 1)
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode == 3


def test_a_pause_stops_everybody_and_ends(project: ProjectDir) -> None:
    project.write("content/hello.md", "Words of hello.\n")
    assert project.publisher("pause", "--reason", "launch").code == 0
    result = project.publisher("publish")
    assert (result.code, project.sandbox.requests()) == (1, [])
    assert "launch" in result.text
    assert "publisher resume" in result.text
    assert project.publisher("resume").code == 0
    assert project.publisher("publish").code == 0


def test_one_live_post_is_unpublished_and_does_not_come_back(project: ProjectDir) -> None:
    for key in ("a", "b"):
        project.write(f"content/{key}.md", f"Words of {key}.\n")
    assert project.publisher("publish").code == 0
    assert project.publisher("unpublish", "a", "--yes").code == 0
    assert [post.text for post in project.sandbox.posts()] == ["Words of b."]
    assert project.publisher("publish").code == 1  # it is blocked until its file goes, or the entry
    assert len(project.sandbox.posts()) == 1


@pytest.mark.parametrize(
    ("urn", "action"),
    [
        ("urn:li:share:7400000000000000000", "create"),  # another key has it
        ("urn:li:activity:7", "create"),
        ("urn:li:share:7", "comment"),
    ],
)
def test_a_urn_of_somebody_else_is_not_adopted(urn: str, action: Any) -> None:
    attempt = Attempt(ATTEMPT, NOW, "digest", action=action)
    pending = make_entry(make_post(), status=Status.PENDING, urn=None, attempt=attempt)
    assert may_be_adopted(
        "urn:li:share:7", "hello", pending._replace(attempt=Attempt("1", NOW, "")), make_state()
    )
    assert not may_be_adopted(urn, "hello", pending, make_state(make_post("other")))


def test_an_attempt_of_the_same_author_at_the_same_time_keeps_a_urn_from_being_adopted() -> None:
    pending = make_entry(make_post(), status=Status.PENDING, urn=None, attempt=Attempt("1", NOW, ""))
    for fields in ({"attempt": Attempt("2", NOW, "")}, {"published_at": NOW + timedelta(seconds=1)}):
        state = make_state(other=make_entry(make_post("other"), **fields))
        assert not may_be_adopted("urn:li:share:7", "hello", pending, state)


def test_a_mark_is_not_believed_after_the_machine_was_started_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = Marks(tmp_path)
    marks.prepare(ATTEMPT)
    assert Marks(tmp_path).read(ATTEMPT) is None, "its process lives"
    marks.release()
    found = Marks(tmp_path).read(ATTEMPT)
    assert found is not None
    assert found.phase == "prepared"
    monkeypatch.setattr("publisher.publishing.marks._boot", lambda: "another")
    found = Marks(tmp_path).read(ATTEMPT)
    assert found is not None
    assert found.phase == "sending"
