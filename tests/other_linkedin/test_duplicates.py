"""LinkedIn's duplicate answer in every wording: adopted where the post it names was made in our attempt, only there."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.other_linkedin.conftest import Open, Project
from tests.other_linkedin.promises import CREATE, assert_published, creates
from tests.support.otherlinkedin import Answer
from tests.support.otherlinkedin.answers import duplicate, json_answer, problem

BOTH = ["ugcPosts", "posts"]
DETAILS = {"inputErrors": [{"description": "Duplicate post is detected", "code": "DUPLICATE_POST"}]}
WORDINGS: dict[str, Callable[[str], Answer]] = {
    "ugc": lambda urn: duplicate(urn).answer,
    "rest": lambda urn: duplicate(urn, versioned=True).answer,
    "shouted": lambda urn: problem(422, f"CONTENT IS A DUPLICATE OF {urn}"),
    "code-only": lambda urn: problem(422, f"See {urn}.", code="DUPLICATE_POST"),
    "other-words": lambda urn: problem(422, f"Duplicate content detected: {urn}"),
    "quoted": lambda urn: problem(422, f'This is a duplicate of "{urn}"'),
    "description": lambda urn: problem(
        422, "Bad request", errorDetails={"inputErrors": [{"description": f"Duplicate post: {urn}"}]}
    ),
    "after-a-person": lambda urn: problem(422, f"urn:li:person:A1: duplicate of {urn}", errorDetails=DETAILS),
    "400": lambda urn: problem(400, f"Content is a duplicate of {urn}"),
    "409": lambda urn: problem(409, f"Content is a duplicate of {urn}"),
    "plain": lambda urn: Answer(
        422, (("Content-Type", "text/plain"),), f"Content is a duplicate of {urn}".encode()
    ),
    "string": lambda urn: json_answer(422, f"Content is a duplicate of {urn}"),
}


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize("wording", WORDINGS)
def test_a_duplicate_that_is_our_own_attempt_is_adopted(open_project: Open, api: str, wording: str) -> None:
    project = open_project(api)
    project.write("hello")
    # somebody on the way sent it twice, and we get the second answer
    answer = lambda _: WORDINGS[wording](project.linkedin.created()[0].urn)  # noqa: E731
    project.linkedin.plan(CREATE[api], answer, commit=True)
    result = project.run("publish")
    assert result.code == 0, result.text
    assert_published(project, "hello")


def other(project: Project, kind: str = "share", **ago: int) -> str:
    return f"urn:li:{kind}:{project.linkedin.world.number(time.time() - timedelta(**ago).total_seconds())}"


STRANGERS: dict[str, Callable[[Project], str]] = {
    "an hour ago": lambda project: other(project, hours=1),
    "a minute ago": lambda project: other(project, "ugcPost", minutes=1),
    "in an hour": lambda project: other(project, hours=-1),
    "documentation": lambda project: "urn:li:share:7141138937766391808",
    "someone": lambda project: project.linkedin.member,
    "short": lambda project: "urn:li:share:42",
    "no number": lambda project: "urn:li:share:latest",
    "overflow": lambda project: "urn:li:share:" + "9" * 400,
    "nothing": lambda project: "",
    "zero": lambda project: "urn:li:ugcPost:0",
}


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize("whose", STRANGERS)
def test_a_duplicate_of_another_post_is_not_adopted(open_project: Open, api: str, whose: str) -> None:
    project = open_project(api)
    project.write("hello")
    project.linkedin.plan(CREATE[api], WORDINGS["ugc"](STRANGERS[whose](project)))
    result = project.run("publish")
    assert (result.code, "duplicate" in result.text.lower(), project.state) == (1, True, {})
    again = project.run("publish")  # it is held: not sent again as it is
    assert (again.code, creates(project)) == (1, 1)
    project.write("hello", "Other words")
    assert project.run("publish").code == 0


@pytest.mark.parametrize("api", BOTH)
def test_the_real_duplicate_check_of_an_earlier_post(open_project: Open, api: str) -> None:
    project = open_project(api, duplicates=True)
    project.write("hello")
    assert project.run("publish").code == 0
    (first,) = project.linkedin.created()
    first_number = int(first.urn.rpartition(":")[2]) - (3600_000 << 22)  # as if an hour ago
    first.urn = f"urn:li:share:{first_number}"
    project.forget()
    result = project.run("publish")
    assert (result.code, len(project.linkedin.created()), project.state) == (1, 1, {})
    assert first.urn in result.text
    assert project.run("state", "import", "hello", first.urn).code == 0
    assert_published(project, "hello")
