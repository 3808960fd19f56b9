"""Answers that are lost, late, broken or from someone else: a create is sent once, and never taken for done."""

from dataclasses import replace

import pytest

from tests.other_linkedin.conftest import Open
from tests.other_linkedin.promises import CREATE, assert_in_doubt, assert_published, assert_refused, creates
from tests.support.otherlinkedin import Answer
from tests.support.otherlinkedin.answers import html_answer, json_answer
from tests.support.otherlinkedin.wire import LOST

BOTH = ["ugcPosts", "posts"]


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize("style", [*LOST, "hang"])
def test_a_lost_answer_leaves_the_outcome_unknown(
    open_project: Open, api: str, committed: bool, style: str
) -> None:
    project = open_project(api, created_id="body")
    project.write("hello")
    project.linkedin.lose(CREATE[api], style, commit=committed)
    assert_in_doubt(project, project.run("publish"), "hello", created=int(committed))
    assert creates(project) == 1


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize("style", ["cut-body", "endless"])
def test_a_urn_in_the_head_is_enough_where_the_body_breaks_off(
    open_project: Open, api: str, style: str
) -> None:
    project = open_project(api, created_id="header")
    project.write("hello")
    project.linkedin.lose(CREATE[api], style, commit=True)
    result = project.run("publish")
    assert result.code == 0, result.text
    assert_published(project, "hello")


ERRORS = {
    "500": json_answer(
        500, {"status": 500, "code": "INTERNAL_SERVER_ERROR", "message": "Internal Server Error"}
    ),
    "500-empty": Answer(500),
    "502-page": html_answer(502, "Bad Gateway"),
    "503": json_answer(503, {"status": 503, "code": "UNDER_MAINTENANCE"}).having(("Retry-After", "1")),
    "504": json_answer(504, {"message": "Gateway timeout"}),
    "408": json_answer(408, {"status": 408, "message": "Request Timeout"}),
    "409": json_answer(
        409, {"status": 409, "code": "CONFLICT", "message": "A write conflict occurred. Retry the request."}
    ),
    "999": html_answer(999),
    "599": Answer(599),
    "500-long": replace(html_answer(500, "x" * 200), style="endless"),
}


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize("error", ERRORS)
def test_an_error_that_proves_nothing_leaves_the_outcome_unknown(
    open_project: Open, api: str, committed: bool, error: str
) -> None:
    project = open_project(api)
    project.write("hello")
    project.linkedin.plan(CREATE[api], ERRORS[error], commit=committed)
    assert_in_doubt(project, project.run("publish"), "hello", created=int(committed))
    assert creates(project) == 1


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("where", ["same", "elsewhere"])
def test_a_redirect_never_sends_a_create_again(open_project: Open, api: str, status: int, where: str) -> None:
    project = open_project(api)
    project.write("hello")
    base = project.linkedin.url if where == "same" else project.linkedin.elsewhere
    path = "/v2/ugcPosts" if api == "ugcPosts" else "/rest/posts"
    project.linkedin.plan(CREATE[api], Answer(status, (("Location", base + path),)))
    assert_in_doubt(project, project.run("publish"), "hello", created=0)
    assert (creates(project), project.linkedin.strangers()) == (1, [])


@pytest.mark.parametrize("operation", ["assets.ACTION", "upload", "assets.GET"])
@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_takes_no_token_and_no_file_elsewhere(
    open_project: Open, operation: str, status: int
) -> None:
    project = open_project()
    project.write("hello", media={"path": project.file("a.png"), "alt": "A"})
    away = Answer(status, (("Location", project.linkedin.elsewhere + "/v2/assets"),))
    project.linkedin.plan(operation, away, times=9)
    assert project.run("publish").code == 1
    assert project.linkedin.strangers() == []
    assert project.linkedin.created() == []


@pytest.mark.parametrize("api", BOTH)
def test_what_a_human_found_settles_it(open_project: Open, api: str) -> None:
    project = open_project(api)
    project.write("made")
    project.write("lost")
    project.linkedin.lose(CREATE[api], "end", commit=False)
    project.linkedin.lose(CREATE[api], "end", commit=True)
    assert project.run("publish").code == 3
    (live,) = project.linkedin.created()
    assert project.run("state", "resolve", "made", "--published", live.urn).code == 0
    assert project.run("state", "resolve", "lost", "--absent", "--force").code == 0
    assert project.run("publish").code == 0
    assert_published(project, "made", "lost")


@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize("style", ["end", "hang", "cut-head"])
def test_a_comment_that_is_lost_is_not_sent_again(open_project: Open, committed: bool, style: str) -> None:
    project = open_project()
    project.write("hello", first_comment="More")
    project.linkedin.lose("socialActions.CREATE", style, commit=committed)
    for _ in range(2):
        assert project.run("publish").code == 3
    assert project.state["hello#first_comment"]["status"] == "pending"
    assert project.state["hello"]["status"] == "published"
    assert len(project.linkedin.seen("socialActions.CREATE")) == 1
    assert len(project.linkedin.world.comments) == int(committed)


@pytest.mark.parametrize("operation", ["assets.ACTION", "upload", "assets.GET"])
@pytest.mark.parametrize("style", ["reset", "end", "cut-body", "garbage", "hang"])
def test_a_safe_call_is_sent_again_where_its_answer_is_lost(
    open_project: Open, operation: str, style: str, naps: list[float]
) -> None:
    project = open_project()
    project.write("hello", media={"path": project.file("a.png"), "alt": "A"})
    project.linkedin.lose(operation, style, commit=True)
    result = project.run("publish")
    assert result.code == 0, result.text
    assert naps
    assert_published(project, "hello")


@pytest.mark.parametrize("operation", ["images.ACTION", "upload"])
@pytest.mark.parametrize("error", ["500-empty", "502-page", "503", "409", "408"])
def test_a_safe_call_is_sent_again_after_an_error(open_project: Open, operation: str, error: str) -> None:
    project = open_project("posts")
    project.write("hello", media={"path": project.file("a.png"), "alt": "A"})
    project.linkedin.plan(operation, ERRORS[error], times=2)
    result = project.run("publish")
    assert result.code == 0, result.text
    assert_published(project, "hello")


@pytest.mark.parametrize("api", BOTH)
def test_a_safe_call_that_always_fails_creates_nothing(open_project: Open, api: str) -> None:
    project = open_project(api)
    project.write("hello", media={"path": project.file("a.png"), "alt": "A"})
    project.linkedin.plan("upload", ERRORS["500"], times=5)
    assert_refused(project, project.run("publish"), "hello", "Internal Server Error")


@pytest.mark.parametrize("api", BOTH)
def test_a_connection_that_the_server_dropped_is_not_used_for_a_create(open_project: Open, api: str) -> None:
    project = open_project(api, wire="silent-close")
    for key in "abcd":
        project.write(key, media={"path": project.file(f"{key}.png", number=ord(key)), "alt": "A"})
    result = project.run("publish")
    assert result.code == 0, result.text
    assert_published(project, *"abcd")
