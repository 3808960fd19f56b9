"""Killed at any moment, run by two at once: no post is ever created twice."""

import json
import random
import signal
import subprocess
from contextlib import suppress

from tests.support.project import ProjectDir

POSTS = 100


def requests_seen(project: ProjectDir) -> int:
    return len(project.sandbox.requests(resource="ugcPosts"))


def wait_for_requests(project: ProjectDir, process: subprocess.Popen[str], count: int) -> None:
    """Until the sandbox has seen ``count`` creates, or the process has ended."""
    while process.poll() is None and requests_seen(project) < count:
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.002)


def settle(project: ProjectDir) -> int:
    """Do what a human does with each unknown outcome: look, then resolve. Returns how many there were."""
    entries = json.loads(project.state_path.read_text())["posts"] if project.state_path.exists() else {}
    live = {post.text: post.urn for post in project.sandbox.posts()}
    unknown = [key for key, entry in entries.items() if entry["status"] == "pending"]
    for key in unknown:
        urn = live.get(f"Words of {key}.")
        verdict = ["--published", urn] if urn else ["--absent", "--force"]
        assert project.publisher("state", "resolve", key, *verdict).code == 0
    return len(unknown)


def test_a_run_killed_at_random_moments_creates_each_post_once(project: ProjectDir) -> None:
    keys = [f"p{number:03}" for number in range(POSTS)]
    for key in keys:
        project.write(f"content/{key}.md", f"Words of {key}.\n")
    chance = random.Random(20261123)
    unknown = 0
    while requests_seen(project) < POSTS:
        process = project.start("publish")
        wait_for_requests(project, process, requests_seen(project) + chance.randint(1, 15))
        for _ in range(chance.randint(0, 20_000)):
            pass  # anywhere between two requests
        process.send_signal(signal.SIGKILL)
        process.communicate()
        unknown += settle(project)
    assert project.publisher("publish").code == 0
    sent = project.created_texts()
    live = sorted(post.text for post in project.sandbox.posts())
    assert live == sorted(f"Words of {key}." for key in keys)
    # a create that was sent again was reported as unknown before, and a human had seen that it was not live
    assert len(sent) - POSTS <= unknown
    assert "Nothing to do." in project.publisher("publish").out


def test_two_runs_at_once_share_one_lock(project: ProjectDir) -> None:
    for number in range(20):
        project.write(f"content/p{number}.md", f"Words of p{number}.\n")
    first, second = project.start("publish"), project.start("publish", "--lock-timeout", "30")
    errors = [process.communicate()[1] for process in (first, second)]
    assert {first.returncode, second.returncode} <= {0, 1}, errors
    assert project.publisher("publish").code == 0
    assert len(project.created_texts()) == 20


def test_a_second_run_is_told_who_holds_the_state(project: ProjectDir) -> None:
    project.write("content/hello.md", "Words.\n")
    project.sandbox.fault("slow", seconds=30, resource="ugcPosts")
    running = project.start("publish")
    wait_for_requests(project, running, 1)
    result = project.publisher("publish")
    running.kill()
    running.communicate()
    assert (result.code, "Another run holds" in result.text) == (1, True)


def test_ctrl_c_ends_after_the_post_at_hand(project: ProjectDir) -> None:
    for key in "abc":
        project.write(f"content/{key}.md", f"Words of {key}.\n")
    project.sandbox.fault("slow", seconds=0.5, resource="ugcPosts")
    process = project.start("publish")
    wait_for_requests(project, process, 1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130, err
    entries = json.loads(project.state_path.read_text())["posts"]
    assert {key: entry["status"] for key, entry in entries.items()} == {"a": "published"}
    assert project.publisher("publish").code == 0
    assert len(project.created_texts()) == 3
