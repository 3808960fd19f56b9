"""A LinkedIn on which anything may go wrong at any time: in the end every post is live exactly once."""

import random
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from tests.other_linkedin.conftest import Open, Project
from tests.other_linkedin.promises import CREATE
from tests.support.otherlinkedin import Answer
from tests.support.otherlinkedin.answers import duplicate, html_answer, problem
from tests.support.otherlinkedin.wire import LOST

KEYS = tuple("abcdefgh")
TROUBLED, CALM = 8, 25
"""Runs in which things go wrong, and runs in which what is left of that runs dry."""


def trouble(project: Project, chance: random.Random) -> None:
    """Plan something for a random request that is still to come."""
    operation = chance.choice([CREATE[project.api], "upload", "socialActions.CREATE", "assets.ACTION"])
    old = project.linkedin.world.number(time.time() - timedelta(hours=2).total_seconds())
    commit = chance.random() < 0.5
    if chance.random() < 0.5:
        project.linkedin.lose(operation, chance.choice(LOST), commit=commit)
        return
    refusals = [
        problem(403, "No"),
        problem(422, "No"),
        problem(429, "Limit"),
        duplicate(f"urn:li:share:{old}").answer,
    ]
    doubts = [Answer(500), html_answer(502), Answer(504), Answer(408), Answer(409), Answer(302), Answer(201)]
    # a refusal that comes after all was done would be a lie, which nobody can see through
    project.linkedin.plan(operation, chance.choice(doubts if commit else refusals + doubts), commit=commit)


def settle(project: Project) -> int:
    """A person looks at the page, and says of every post in doubt what they have found; how many there were."""
    settled = 0
    comments = {comment.text: comment.urn for comment in project.linkedin.world.comments}
    for key, entry in project.state.items():
        if entry["status"] != "pending":
            continue
        found = project.linkedin.created(f"Words of {key}.")
        urn = (
            found[0].urn
            if found
            else comments.get(f"More of {key.partition('#')[0]}")
            if "#" in key
            else None
        )
        result = project.run(
            "state", "resolve", key, *(["--published", urn] if urn else ["--absent", "--force"])
        )
        assert result.code == 0, result.text
        settled += 1
    return settled


@pytest.mark.parametrize("api", ["ugcPosts", "posts"])
@pytest.mark.parametrize("seed", range(3))
def test_whatever_goes_wrong_each_post_is_live_once(open_project: Open, api: str, seed: int) -> None:
    chance = random.Random(f"{api} {seed}")
    project = open_project(api, created_id=chance.choice(["header", "both"]))
    for number, key in enumerate(KEYS):
        front: dict[str, Any] = {"first_comment": f"More of {key}"} if number % 3 == 0 else {}
        if number % 2:
            front["media"] = {"path": project.file(f"{key}.png", number=number), "alt": "A"}
        project.write(key, **front)
    doubts = 0
    for turn in range(TROUBLED + CALM):
        keys = KEYS
        if turn < TROUBLED:
            keys = tuple(chance.sample(KEYS, 3))
            for _ in range(chance.randrange(5)):
                trouble(project, chance)
        code = project.run("publish", *(part for key in keys for part in ("--key", key))).code
        doubts += settle(project)
        for key in project.held:  # a person has seen that the duplicate is another post
            assert project.run("state", "rm", key).code == 0
        if project.state:
            project.forget_limits()
        live = Counter(post.text for post in project.linkedin.created())
        assert max(live.values(), default=0) <= 1, (turn, live)
        if turn >= TROUBLED and code == 0:
            break
    assert doubts
    assert sorted(live) == [f"Words of {key}." for key in KEYS]
    for key in KEYS:
        (post,) = project.linkedin.created(f"Words of {key}.")
        assert project.state[key]["urn"] == post.urn
    said = Counter(comment.text for comment in project.linkedin.world.comments)
    assert said == {f"More of {key}": 1 for key in KEYS[::3]}
    before = len(project.linkedin.requests)
    assert (project.run("publish").code, len(project.linkedin.requests)) == (0, before)
