"""The workflows that init writes, run from checkout to comment, for every event that starts them."""

import html
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from publisher.actions.workflows import workflow_files
from tests.actions.conftest import Place
from tests.support.project import ProjectDir
from tests.support.repository import git, start_repository

STATE = "publisher.state.json"


def state(place: Place, ref: str = "main") -> dict[str, dict[str, object]]:
    """The state on the server."""
    document: dict[str, dict[str, object]] = json.loads(git(place.server, "show", f"{ref}:{STATE}"))
    return document


def test_a_pull_request_gets_the_plan_once_and_it_is_kept_up_to_date(place: Place) -> None:
    place.write("content/hello.md", "Hello `|` `<b>you</b>` @octocat\n")
    first = place.run("plan", "pull_request")
    assert first.ok, first.log
    (body,) = place.bodies()
    assert body.startswith("<!-- publisher:plan:. -->\n### publisher\n\n")
    assert "**This pull request:** 1 new post." in body
    assert "> Hello &#124; &#60;b&#62;you&#60;/b&#62; &#64;&#8203;octocat\n" in body
    assert "[Preview of every post](https://github.com/octo/posts/actions/runs/1/artifacts/2)" in body
    assert "**This pull request:** 1 new post." in first.summary
    assert place.github.tokens == {"Bearer ghs_contents-pull-requests"}

    place.write("content/hello.md", "Hello again\n")
    assert place.run("plan", "pull_request").ok
    (body,) = place.bodies()
    assert "Hello again" in body
    place.write("content/hello.md", "---\ndraft: true\n---\nHello again\n")
    assert place.run("plan", "pull_request").ok
    (body,) = place.bodies()
    assert "new, draft: true" in body
    assert [request.split()[0] for request in place.github.requests] == ["GET", "POST", *["GET", "PATCH"] * 2]
    assert place.sandbox.requests() == [], "planning asks nothing of LinkedIn"


def test_a_pull_request_about_something_else_gets_no_comment(place: Place) -> None:
    place.write("README.md", "Words\n")
    outcome = place.run("plan", "pull_request")
    assert (outcome.ok, place.bodies()) == (True, [])
    assert "**No post changes in this pull request.**" in outcome.summary


def test_posts_that_wait_for_their_time_are_shown_too(place: Place) -> None:
    """Merging them publishes nothing yet, and no other pull request will show them."""
    place.write("content/later.md", "---\npublish_at: 2999-01-01T10:00Z\n---\nLater\n")
    assert place.run("plan", "pull_request").ok
    (body,) = place.bodies()
    assert "new, due Tuesday, 1 January 2999, 10:00 UTC" in body
    assert "Later" in body


def test_a_plan_of_any_size_fits_into_the_one_comment(place: Place) -> None:
    for _ in range(130):
        place.github.add(7, "Words", kind="User")
    for number in range(60):
        text = f"{number} " + "👋ä`" * 600
        place.write(f"content/{number}.md", f"---\npublish_at: 2999-01-01T10:00Z\n---\n{text}\n")
    for problems in (0, 300):
        for number in range(problems):
            place.write(f"content/bad{number}.md", f"---\n{'`' * 80}: 1\n---\n👋\n")
        outcome = place.run("plan", "pull_request")
        assert not outcome.annotations("warning"), outcome.log
        (body,) = (body for body in place.bodies() if body != "Words")
        assert len(body.encode()) <= 65_536
        assert "more parts don't fit here" in body
        assert len(outcome.summary.encode()) < 2**20


def test_a_fork_gets_the_summary_and_no_comment(place: Place) -> None:
    place.write("content/hello.md", "Hello\n")
    outcome = place.run("plan", "pull_request", fork=True)
    assert outcome.ok, outcome.log
    assert "**This pull request:** 1 new post." in outcome.summary
    assert place.github.requests == []
    assert any("fork" in line for line in outcome.annotations("notice"))


def test_problems_are_annotations_and_the_check_fails(place: Place) -> None:
    place.write("content/bad.md", "---\nnope: 1\n---\nHello\n::error file=x::planted\n")
    place.write("content/::error::planted.md", "Hello\n")
    outcome = place.run("plan", "pull_request")
    assert outcome.code == 1
    errors = outcome.annotations("error")
    assert any(line.startswith("::error file=content/bad.md,line=2,col=1,title=") for line in errors)
    assert not any("planted" in line.split("::")[-1] and "file=x" in line for line in errors)
    assert "nothing was planned" in outcome.summary
    assert "nothing was planned" in place.bodies()[0]


def test_nothing_that_is_printed_is_a_command(place: Place) -> None:
    place.write("content/a.md", "---\nid: a\n---\nx\n")
    place.write("publisher.yaml", 'nope: 1\n"::error file=x::planted": 1\n"\\n::warning::planted": 2\n')
    outcome = place.run("plan", "pull_request")
    assert outcome.code == 2
    assert "planted" in outcome.log
    assert outcome.annotations("warning") == []
    errors = outcome.annotations("error")
    assert [line.split(",")[0] for line in errors] == ["::error file=publisher.yaml"] * 3, "each on its line"
    assert {line.split(",")[1] for line in errors} == {"line=1", "line=2", "line=3"}


def test_commenting_may_fail_without_failing_the_check(place: Place) -> None:
    place.write("content/hello.md", "Hello\n")
    place.github.refuse = 403
    outcome = place.run("plan", "pull_request")
    assert outcome.ok
    assert "**This pull request:** 1 new post." in outcome.summary
    assert any("403" in line and "pull-requests: write" in line for line in outcome.annotations("warning"))


def test_a_merge_publishes_keeps_the_state_and_links_what_is_live(place: Place) -> None:
    place.write("content/hello.md", "Hello\n")
    place.push()
    outcome = place.run("publish", "push")
    assert outcome.ok, outcome.log
    (post,) = place.sandbox.posts()
    assert state(place)["posts"]["hello"]["urn"] == post.urn  # type: ignore[index]
    assert f"]({post_link(post.urn)})" in outcome.summary
    published = {"exit-code": "0", "published": "1", "urns": f'["{post.urn}"]'}
    assert outcome.outputs["Publish, pause or resume"] == published
    tip = git(place.server, "rev-parse", "main")
    again = place.run("publish", "push")
    assert again.ok, again.log
    assert again.outputs["Publish, pause or resume"]["published"] == "0"
    assert git(place.server, "rev-parse", "main") == tip, "nothing to do is nothing to commit"
    assert len(place.sandbox.posts()) == 1


def post_link(urn: str) -> str:
    return f"https://www.linkedin.com/feed/update/{urn}/"


def test_a_run_that_waited_publishes_from_the_tip(place: Place) -> None:
    """Two merges, two runs: the second begins with what the first has recorded."""
    place.write("content/one.md", "One\n")
    place.push()
    assert place.run("publish", "push").ok
    place.pull()
    place.write("content/two.md", "Two\n")
    place.push()
    assert place.run("publish", "push").ok
    assert set(state(place)["posts"]) == {"one", "two"}
    assert len(place.sandbox.posts()) == 2


@pytest.mark.parametrize("event", ["schedule", "workflow_dispatch"])
def test_what_is_due_is_published_by_the_clock(place: Place, event: str) -> None:
    place.write("content/due.md", "Due\n")
    place.write("content/later.md", "---\npublish_at: 2099-01-01T00:00:00Z\n---\nLater\n")
    place.push()
    outcome = place.run("schedule", event)
    assert outcome.ok, outcome.log
    assert set(state(place)["posts"]) == {"due"}
    assert "**Status:** Nothing is overdue, failed or in doubt." in outcome.summary
    assert "scheduled" in outcome.summary


@pytest.mark.parametrize(
    ("published", "branch", "said"),
    [
        ("", "main", ""),
        ("", "draft", "Started by hand on draft: only what was merged to main is published."),
        ("draft", "draft", ""),
        ("draft", "main", "Started by hand on main: only what was merged to draft is published."),
    ],
)
def test_by_hand_only_the_published_branch_is_published(
    place: Place, published: str, branch: str, said: str
) -> None:
    place.push()
    place.write("content/due.md", "Due\n")
    place.push(branch)
    text = workflow_files(source=None)[".github/workflows/publisher-publish.yml"]
    event = place.event("workflow_dispatch", branch=branch)
    outcome = place.runner(event, PUBLISHER_ACTION_BRANCH=published).run(text)
    assert outcome.code == (2 if said else 0), outcome.log
    assert said in html.unescape(outcome.summary)
    assert [line.removeprefix("::error::") for line in outcome.annotations("error")] == (
        [said] if said else []
    )
    assert len(place.sandbox.posts()) == (0 if said else 1)
    assert outcome.outputs["Publish, pause or resume"]["published"] == str(len(place.sandbox.posts()))


def test_a_refused_token_fails_loudly_and_is_remembered(place: Place) -> None:
    place.write("content/due.md", "Due\n")
    place.push()
    place.token = "AQX" + "9" * 40
    outcome = place.run("schedule", "schedule")
    assert outcome.code == 1
    assert "Look for what is overdue" in outcome.ran
    assert "❌ failed" in outcome.summary
    assert "| <code>due</code> | failed |" in outcome.summary
    assert state(place)["failures"].keys() == {"due"}
    tip = git(place.server, "rev-parse", "main")
    assert place.run("schedule", "schedule").code == 1
    assert git(place.server, "rev-parse", "main^{tree}") == git(place.server, "rev-parse", f"{tip}^{{tree}}")


def test_a_refused_token_is_an_alarm_while_nothing_is_due(place: Place) -> None:
    place.token = "AQX" + "9" * 40
    outcome = place.run("schedule", "schedule")
    assert outcome.code == 1
    assert any("LinkedIn refuses it" in line for line in outcome.annotations("error")), outcome.log


def test_an_unknown_outcome_stays_loud(place: Place) -> None:
    place.write("content/due.md", "Due\n")
    place.push()
    place.sandbox.fault("commit-then-drop", resource="ugcPosts")
    assert place.run("schedule", "schedule").code == 3
    again = place.run("schedule", "schedule")
    assert again.code == 3
    assert "state resolve" in again.summary
    assert len(place.sandbox.posts()) == 1


PRESSED = "workflow_dispatch"


def test_publishing_is_paused_and_resumed_by_hand(place: Place) -> None:
    place.write("content/due.md", "Due\n")
    place.push()
    why = {"action": "pause", "until": "+2d", "reason": '--x "; touch pwned; $(touch pwned) <b>'}
    paused = place.run("publish", PRESSED, inputs=why)
    assert paused.ok, paused.log
    assert "Publishing is paused." in html.unescape(paused.summary)
    assert state(place)["pause"]["reason"] == why["reason"]
    assert place.run("publish", "push").code == 1
    assert place.sandbox.posts() == []
    place.pull()
    resumed = place.run("publish", PRESSED, inputs={"action": "resume"})
    assert resumed.ok, resumed.log
    assert "pause" not in state(place)
    assert place.run("publish", PRESSED, inputs={"action": "publish"}).ok
    assert len(place.sandbox.posts()) == 1


def test_a_pause_is_refused_on_a_branch_that_is_not_published(place: Place) -> None:
    place.push("draft")
    text = workflow_files(source=None)[".github/workflows/publisher-publish.yml"]
    event = place.event(PRESSED, branch="draft", action="pause")
    outcome = place.runner(event).run(text)
    assert outcome.code == 2
    assert "Nothing was changed" in outcome.summary


def test_a_pause_until_a_time_that_cannot_be_read_changes_nothing(place: Place) -> None:
    outcome = place.run("publish", PRESSED, inputs={"action": "pause", "until": "soon"})
    assert outcome.code == 2
    assert "--until" in html.unescape(outcome.summary)
    assert "pause" not in state(place)


def test_a_source_that_is_not_pinned_stops_before_anything_is_published(place: Place) -> None:
    text = workflow_files()[".github/workflows/publisher-publish.yml"]
    runner = place.runner(place.event("push"), PIP_FIND_LINKS=str(place.wheel.parent))
    object.__setattr__(runner, "variables", {"PUBLISHER_SOURCE": "posts-as-code"})
    place.run("plan", "pull_request")  # publisher is installed: pip asks no index for it
    outcome = runner.run(text)
    assert not outcome.ok
    assert any("PUBLISHER_SOURCE is not pinned" in line for line in outcome.annotations("error"))
    assert "Publish, pause or resume" not in outcome.ran


def test_the_state_on_a_branch_of_its_own(place: Place) -> None:
    place.author.configure("state: git+branch:publisher-state")
    place.write("content/hello.md", "Hello\n")
    main = place.push()
    refused = place.run("publish", "push")
    assert refused.code == 2
    assert "publisher state init" in refused.log, "a runner can't tell whether there ever was a state"
    assert place.author.publisher("state", "init").code == 0
    outcome = place.run("publish", "push")
    assert outcome.ok, outcome.log
    assert git(place.server, "rev-parse", "main") == main, "a protected branch is left alone"
    names = git(place.server, "ls-tree", "-r", "--name-only", "publisher-state").split()
    assert [name.rsplit("/")[-1] for name in names if "/posts/" in name] == ["hello.json"]
    assert "Nothing to do" in place.run("schedule", "schedule").summary
    assert "No post changes" in place.run("plan", "pull_request").summary


def test_invalid_content_on_the_branch_fails_both_steps(place: Place) -> None:
    place.write("content/bad.md", "---\nnope: 1\n---\nHello\n")
    place.push()
    outcome = place.run("schedule", "schedule")
    assert outcome.code == 1
    assert "**Nothing was published.**" in outcome.summary
    assert "| the project | invalid |" in outcome.summary
    assert outcome.outputs["Publish what is due"]["urns"] == "[]"


def test_nothing_in_the_checkout_is_imported(place: Place) -> None:
    for name in ("publisher/__init__.py", "requests.py", "pip/__init__.py", "click.py", "sitecustomize.py"):
        place.write(name, "raise SystemExit('imported from the checkout')\n")
    place.write("content/hello.md", "Hello\n")
    outcome = place.run("plan", "pull_request")
    assert outcome.ok, outcome.log


def test_a_missing_source_says_so(place: Place) -> None:
    text = workflow_files()[".github/workflows/publisher-publish.yml"]
    runner = place.runner(place.event("push"))
    object.__setattr__(runner, "variables", {})
    outcome = runner.run(text)
    assert not outcome.ok
    assert "says where publisher is installed from" in outcome.log
    assert "Publish, pause or resume" not in outcome.ran


def test_a_cancelled_run_records_the_post_at_hand(project: ProjectDir) -> None:
    """GitHub signals only the process that it has started, which is the shell."""
    for key in "ab":
        project.write(f"content/{key}.md", f"Words of {key}\n")
    start_repository(project.root)
    project.sandbox.fault("slow", seconds=1, resource="ugcPosts")
    workflow = yaml.safe_load(workflow_files()[".github/workflows/publisher-publish.yml"])
    script = project.write("step.sh", workflow["jobs"]["publish"]["steps"][-1]["run"])
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    step = subprocess.Popen(
        ["bash", "-eo", "pipefail", str(script)],
        cwd=project.root,
        env={
            **project.environ,
            "PATH": path,
            "GITHUB_EVENT_NAME": "push",
            "PUBLISHER_ACTION_COMMAND": "publish",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    while step.poll() is None and not project.sandbox.requests(resource="ugcPosts"):
        with suppress(subprocess.TimeoutExpired):
            step.wait(0.01)
    step.send_signal(signal.SIGINT)
    said, _ = step.communicate()
    assert step.returncode == 130, said
    posts = json.loads(project.state_path.read_text("utf-8"))["posts"]
    assert {key: entry["status"] for key, entry in posts.items()} == {"a": "published"}, said
