"""Edits, replacements and deletions of live posts, and comments, on a strict LinkedIn."""

import pytest

from tests.other_linkedin.conftest import Open, Project
from tests.other_linkedin.promises import CREATE, assert_published, creates
from tests.support.otherlinkedin import Answer
from tests.support.otherlinkedin.answers import html_answer, problem

BOTH = ["ugcPosts", "posts"]
DELETE = {"ugcPosts": "ugcPosts.DELETE", "posts": "posts.DELETE"}
UPDATE = "posts.PARTIAL_UPDATE"
GONE = {
    "404": problem(404, "Could not find entity", code="NOT_FOUND"),
    "410": Answer(410),
    "204": Answer(204),
}


def live(open_project: Open, api: str, change: str, **fields: object) -> Project:
    """A project with a live post that was edited since."""
    project = open_project(api, **fields)
    project.write("hello", "First words")
    project.configure(f"on_change: {change}")
    assert project.run("publish").code == 0
    project.write("hello", "Second (words) #now")
    return project


def test_an_edit_changes_the_text_and_nothing_else(open_project: Open) -> None:
    project = live(open_project, "posts", "update")
    (post,) = project.linkedin.created()
    result = project.run("publish")
    assert result.code == 0, result.text
    assert (post.stored, creates(project), project.linkedin.refusals) == ("Second (words) #now", 1, [])
    assert project.state["hello"]["urn"] == post.urn
    assert project.run("publish").out.strip().endswith("Nothing to do.")


@pytest.mark.parametrize(
    "lost", [Answer(503), html_answer(502), Answer(200, style="end"), Answer(200, style="hang")]
)
@pytest.mark.parametrize("commit", [True, False])
def test_an_edit_whose_answer_is_lost_is_said_again(open_project: Open, lost: Answer, commit: bool) -> None:
    project = live(open_project, "posts", "update")
    project.linkedin.plan(UPDATE, lost, commit=commit)
    assert project.run("publish").code == 0
    assert [post.stored for post in project.linkedin.created()] == ["Second (words) #now"]
    assert len(project.linkedin.seen(UPDATE)) == 2


def test_a_refused_edit_leaves_the_state_as_it_was(open_project: Open) -> None:
    project = live(open_project, "posts", "update")
    before = project.state["hello"]
    project.linkedin.plan(
        UPDATE, problem(403, "Unpermitted fields present in REQUEST_BODY", code="ACCESS_DENIED")
    )
    assert project.run("publish").code == 1
    assert project.state["hello"] == before
    assert project.run("publish").code == 0


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize("answer", ["204", "200"])
def test_a_replacement_deletes_once_and_creates_once(open_project: Open, api: str, answer: str) -> None:
    project = live(open_project, api, "replace", delete_status=200 if answer == "200" else 204)
    (old,) = project.linkedin.created()
    if answer in GONE:
        project.linkedin.plan(DELETE[api], GONE[answer], commit=True)
    assert project.run("publish").code == 0, "without --allow-replace nothing is replaced"
    assert not old.deleted
    result = project.run("publish", "--allow-replace")
    assert result.code == 0, result.text
    (post,) = project.linkedin.live()
    assert (old.deleted, post.stored) == (True, "Second (words) #now")
    assert project.state["hello"]["urn"] == post.urn
    assert (creates(project), project.linkedin.refusals) == (2, [])


@pytest.mark.parametrize("api", BOTH)
def test_a_replacement_whose_create_is_lost_is_unknown(open_project: Open, api: str) -> None:
    project = live(open_project, api, "replace")
    project.linkedin.lose(CREATE[api], "end", commit=True)
    for _ in range(2):
        assert project.run("publish", "--allow-replace").code == 3
    assert (creates(project), len(project.linkedin.live())) == (2, 1)


@pytest.mark.parametrize("api", BOTH)
def test_a_replacement_whose_delete_fails_creates_nothing(open_project: Open, api: str) -> None:
    project = live(open_project, api, "replace")
    project.linkedin.plan(
        DELETE[api], problem(403, "Not enough permissions to access: x.DELETE", code="ACCESS_DENIED")
    )
    assert project.run("publish", "--allow-replace").code == 1
    assert (creates(project), len(project.linkedin.live())) == (1, 1)
    assert project.run("publish", "--allow-replace").code == 0
    assert [post.stored for post in project.linkedin.live()] == ["Second (words) #now"]


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize("answer", ["204", "503", "end"])
def test_a_pruned_post_is_deleted_once(open_project: Open, api: str, answer: str) -> None:
    project = open_project(api)
    project.write("hello")
    project.write("other")
    assert project.run("publish").code == 0
    (project.root / "content/hello.md").unlink()
    if answer == "end":
        project.linkedin.lose(DELETE[api], "end", commit=True)
    else:
        project.linkedin.plan(DELETE[api], GONE.get(answer, Answer(503)), commit=True)
    assert project.run("publish").code == 0
    assert len(project.linkedin.live()) == 2
    result = project.run("publish", "--prune")
    assert result.code == 0, result.text
    assert [post.text for post in project.linkedin.live()] == ["Words of other."]
    assert project.state["hello"]["status"] == "deleted"
    before = len(project.linkedin.requests)
    assert (project.run("publish", "--prune").code, len(project.linkedin.requests)) == (0, before)


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize("answer", ["404", "410", "page"])
@pytest.mark.parametrize("gone", [True, False], ids=["gone", "hidden"])
def test_what_proves_no_deletion_leaves_it_in_doubt_and_creates_nothing(
    open_project: Open, api: str, answer: str, gone: bool
) -> None:
    project = live(open_project, api, "replace")
    (old,) = project.linkedin.created()
    for _ in range(5 if answer == "page" else 1):
        project.linkedin.plan(DELETE[api], GONE.get(answer, html_answer(200)), commit=gone)
    for _ in range(2):
        assert project.run("publish", "--allow-replace").code == 3
    assert creates(project) == 1
    verdict = ["--absent", "--force"] if gone else ["--published", old.urn]
    assert project.run("state", "resolve", "hello", *verdict).code == 0
    assert project.run("publish", "--allow-replace").code == 0
    assert [post.stored for post in project.linkedin.live()] == ["Second (words) #now"]


@pytest.mark.parametrize("api", BOTH)
def test_a_path_that_leads_nowhere_is_no_deletion(open_project: Open, api: str) -> None:
    project = open_project(api)
    project.write("hello")
    assert project.run("publish").code == 0
    (project.root / "content/hello.md").unlink()
    project.linkedin.plan(DELETE[api], problem(404, "No virtual resource found for /x", code="NOT_FOUND"))
    assert project.run("publish", "--prune").code == 1
    assert project.state["hello"]["status"] == "published"


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize("refusal", [
    problem(404, "Could not find entity", code="NOT_FOUND"),
    problem(403, "Not enough permissions to access: partnerApiSocialActions.CREATE.20260701", code="ACCESS_DENIED"),
    problem(429, "Comment create throttled: creation rate limit exceeded for member"),
])  # fmt: skip
def test_a_refused_comment_leaves_its_post_and_comes_later(
    open_project: Open, api: str, refusal: Answer
) -> None:
    project = open_project(api)
    project.write("hello", first_comment="More (of) #it")
    project.linkedin.plan("socialActions.CREATE", refusal)
    assert project.run("publish").code == 1
    assert (project.state["hello"]["status"], "hello#first_comment" in project.state) == ("published", False)
    assert project.run("publish").code == 0
    assert [comment.text for comment in project.linkedin.world.comments] == ["More (of) #it"]
    assert_published(project, "hello")
    (call, *_) = project.linkedin.seen("socialActions.CREATE")
    assert "linkedin-version" not in call.headers


def test_a_comment_waits_for_a_later_run_where_the_post_is_not_found_yet(open_project: Open) -> None:
    project = open_project(comment_wait=1)
    project.write("hello", first_comment="More")
    assert [project.run("publish").code for _ in range(2)] == [1, 0]
    assert len(project.linkedin.world.comments) == 1


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_deletes_and_edits_nothing(open_project: Open, api: str, status: int) -> None:
    project = live(open_project, api, "update" if api == "posts" else "replace")
    operation, before = (UPDATE if api == "posts" else DELETE[api]), project.state
    away = Answer(status, (("Location", f"{project.linkedin.elsewhere}/rest/posts/1"),))
    project.linkedin.plan(operation, away, times=9)
    assert project.run("publish", "--allow-replace").code == 1
    assert (project.linkedin.strangers(), creates(project), project.state) == ([], 1, before)
    assert [post.stored for post in project.linkedin.live()] == ["First words"]
