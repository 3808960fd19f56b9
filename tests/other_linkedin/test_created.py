"""The answer to a create, in every form it may have: the URN is found, or the outcome is unknown."""

import json
from typing import Any

import pytest

from tests.other_linkedin.conftest import Open
from tests.other_linkedin.promises import assert_in_doubt, assert_published, creates
from tests.support.otherlinkedin.wire import LAWFUL

BOTH = ["ugcPosts", "posts"]
FORMS: dict[str, dict[str, Any]] = {
    "header": {"created_id": "header"},
    "body": {"created_id": "body"},
    "both": {"created_id": "both"},
    "200": {"created_status": 200},
    "200-body": {"created_status": 200, "created_id": "body"},
    "202": {"created_status": 202, "created_id": "header"},
    "lower": {"created_header": "x-restli-id", "header_case": "lower"},
    "upper": {"header_case": "upper", "created_id": "header"},
    "old-header": {"created_header": "X-LinkedIn-Id"},
    "share": {"created_kind": "share"},
    "ugcPost": {"created_kind": "ugcPost"},
    "encoded": {"created_id": "header", "created_encoded": True},
    "no-json": {"created_body": b"Created", "created_id": "header"},
    "html": {"created_body": b"<html>Created</html>", "content_type": "text/html", "created_id": "header"},
    "array": {"created_body": b"[1, 2]", "created_id": "header"},
    "null": {"created_body": b"null", "created_id": "header"},
    "deep": {"created_body": b"[" * 100_000, "created_id": "header"},
    "not-utf8": {"created_body": b'{"id": "\xff"}', "created_id": "header"},
    "charset": {"content_type": "application/json; charset=UTF-8", "created_id": "body"},
    "other-type": {"content_type": "application/vnd.linkedin.normalized+json", "created_id": "body"},
    "no-type": {"content_type": "", "created_id": "body"},
}


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize("form", FORMS)
def test_the_urn_is_found(open_project: Open, api: str, form: str) -> None:
    project = open_project(api, **FORMS[form])
    project.write("hello")
    result = project.run("publish")
    assert result.code == 0, result.text
    assert_published(project, "hello")


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize("where", ["header", "body"])
@pytest.mark.parametrize("style", [*LAWFUL, "gzip-unasked", "drip"])
def test_every_lawful_way_of_answering(open_project: Open, api: str, where: str, style: str) -> None:
    project = open_project(api, wire=style, created_id=where, part_size=40_000)
    project.write("album", media={"path": project.file("a.png"), "alt": "A"}, first_comment="More")
    project.write("film", media={"path": project.film(), "alt": "F"})
    project.write("hello")
    result = project.run("publish")
    assert result.code == 0, result.text
    assert [comment.text for comment in project.linkedin.world.comments] == ["More"]
    assert_published(project, "album", "film", "hello")


NAMELESS: dict[str, dict[str, Any]] = {
    "nothing": {"created_id": "neither"},
    "number": {"created_kind": "number"},
    "number-in-body": {"created_kind": "number", "created_id": "body"},
    "other-member": {"created_id": "neither", "created_body": b'{"urn": "urn:li:share:7445298278914641920"}'},
    "list": {"created_id": "neither", "created_body": b'{"id": ["urn:li:share:7445298278914641920"]}'},
    "number-json": {"created_id": "neither", "created_body": b'{"id": 7445298278914641920}'},
    "someone": {"created_id": "neither", "created_body": b'{"id": "urn:li:person:AbCdEfGhIj"}'},
    "empty-urn": {"created_id": "neither", "created_body": b'{"id": "urn:li:share:"}'},
    "broken": {"created_id": "neither", "created_body": b'{"id": "urn:li:share:74452982'},
}


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize("form", NAMELESS)
def test_success_without_a_urn_is_none(open_project: Open, api: str, form: str) -> None:
    project = open_project(api, **NAMELESS[form])
    project.write("hello")
    assert_in_doubt(project, project.run("publish"), "hello", created=1)


@pytest.mark.parametrize("where", ["documented", "header", "body", "urn"])
def test_a_comment_is_named_in_every_form(open_project: Open, where: str) -> None:
    project = open_project(comment_id=where)
    project.write("hello", first_comment="More (of) #it")
    result = project.run("publish")
    assert result.code == 0, result.text
    (comment,) = project.linkedin.world.comments
    (post,) = project.linkedin.created()
    assert (comment.text, comment.post) == ("More (of) #it", post.urn)
    found = project.state["hello#first_comment"]["urn"]
    # without a body the activity is not known, and the comment is named after the post
    wanted = comment.urn if where != "header" else f"urn:li:comment:({post.urn},{comment.id})"
    assert found == wanted
    assert_published(project, "hello")
    assert len(project.linkedin.world.comments) == 1


def test_the_body_is_plain_json(open_project: Open) -> None:
    project = open_project()
    project.write("hello", "Grüße 🎉")
    project.run("publish")
    (sent,) = project.linkedin.seen("ugcPosts.CREATE")
    assert json.loads(sent.body) == project.linkedin.created()[0].body
    assert creates(project) == 1
