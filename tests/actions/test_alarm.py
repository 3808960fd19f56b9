"""The one issue: created, updated, closed, and found again among others."""

import pytest
import requests

from publisher.actions.alarm import Alarm, set_alarm
from publisher.actions.event import Event
from tests.actions.github import REPOSITORY, GitHub


def alarm(github: GitHub, directory: str = "posts/new year") -> Alarm:
    return Alarm(github.url + "/", REPOSITORY, directory, "ghs_x")


def test_one_issue_is_open_while_something_needs_a_person(github: GitHub) -> None:
    bodies = ["", "one", "one", "two", "", "", "three"]
    done = ["none", "created", "none", "updated", "closed", "none", "created"]
    assert [alarm(github).set(body) for body in bodies] == done
    assert [issue["state"] for issue in github.issues] == ["closed", "open"]
    assert "posts/new year" in github.issues[0]["title"]


def test_it_is_found_behind_hundreds_of_others(github: GitHub) -> None:
    for number in range(230):
        github.add_issue(f"issue {number}", kind="User")
    assert alarm(github).set("one") == "created"
    assert alarm(github).set("two") == "updated"
    assert len(github.issues) == 231


def test_issues_of_others_are_not_touched(github: GitHub) -> None:
    alarm(github).set("one")
    text = github.issues[0]["body"]
    github.issues.clear()
    github.add_issue(text, kind="User")
    github.add_issue(text, pull_request={})
    assert alarm(github).set("") == "none"
    assert alarm(github, "other").set("two") == "created"
    assert [issue["state"] for issue in github.issues] == ["open"] * 3


@pytest.mark.parametrize("status", [301, 403, 404, 500])
def test_a_refusal_is_a_warning(github: GitHub, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    github.refuse = status
    with pytest.raises(requests.RequestException):
        alarm(github).set("one")
    environ = {"GITHUB_TOKEN": "ghs_x", "GITHUB_API_URL": github.url}
    set_alarm(Event("schedule", REPOSITORY), environ, "posts", "one")
    said = capsys.readouterr().out
    assert "was not kept" in said
    assert status == 301 or f"GitHub answered {status}" in said
    assert "ghs_x" not in said


@pytest.mark.parametrize(
    ("event", "token"), [("schedule", ""), ("pull_request", "ghs_x"), ("pull_request_target", "ghs_x")]
)
def test_without_a_token_or_for_a_pull_request_none_is_made(github: GitHub, event: str, token: str) -> None:
    environ = {"GITHUB_TOKEN": token, "GITHUB_API_URL": github.url}
    set_alarm(Event(event, REPOSITORY), environ, "posts", "one")
    assert github.requests == []
