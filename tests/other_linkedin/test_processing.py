"""Waiting for LinkedIn to work on a file: as long as it takes, blindly where the token may not look, not forever."""

from typing import Any

import pytest

from tests.other_linkedin.conftest import Open
from tests.other_linkedin.promises import assert_published, assert_refused
from tests.support.otherlinkedin import Answer, Variant
from tests.support.pictures import pdf

FILES = {
    "picture": ("ugcPosts", "media", "a.png"),
    "film": ("ugcPosts", "media", "clip.mp4"),
    "rest-picture": ("posts", "media", "a.png"),
    "rest-film": ("posts", "media", "clip.mp4"),
    "rest-guide": ("posts", "document", "g.pdf"),
}


def write_post(open_project: Open, kind: str, **fields: Any) -> Any:
    api, name, path = FILES[kind]
    project = open_project(api, image_status=fields.pop("image_status", "readable"), **fields)
    project.file("a.png")
    project.film()
    project.file("g.pdf", pdf())
    front: dict[str, Any] = {name: {"path": path, "title": "T"}}
    project.write("hello", **front)
    return project


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("polls", [0, 1, 4])
def test_a_post_waits_for_its_file(open_project: Open, kind: str, polls: int, naps: list[float]) -> None:
    project = write_post(open_project, kind, polls=polls)
    result = project.run("publish")
    assert result.code == 0, result.text
    assert project.linkedin.created()[0].early is False
    assert len(naps) == polls
    assert_published(project, "hello")


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_fails_is_never_posted(open_project: Open, kind: str) -> None:
    project = write_post(open_project, kind, polls=1, processing="fails")
    result = project.run("publish")
    assert (result.code, project.linkedin.created()) == (1, []), result.text
    assert "could not process the file" in result.text
    project.linkedin.media.variant = Variant()
    assert project.run("publish").code == 0
    assert_published(project, "hello")


@pytest.mark.parametrize("recipe", ["INCOMPLETE", "CLIENT_ERROR", "SERVER_ERROR", "PROCESSING_FAILED"])
def test_every_way_in_which_an_asset_fails(open_project: Open, recipe: str) -> None:
    project = write_post(open_project, "film", processing="fails", failed_recipe=recipe)
    assert project.run("publish").code == 1
    assert project.linkedin.created() == []


@pytest.mark.parametrize("kind", FILES)
def test_waiting_has_an_end(open_project: Open, kind: str, naps: list[float]) -> None:
    project = write_post(open_project, kind, polls=10_000)
    result = project.run("publish")
    assert (result.code, project.linkedin.created()) == (1, []), result.text
    assert "still working on the file" in result.text
    assert 30 <= sum(naps) <= 1000


@pytest.mark.parametrize(
    "fields", [{"asset_status": "forbidden"}, {"asset_status": "missing"}, {"asset_fields": "short"}]
)
@pytest.mark.parametrize("kind", ["picture", "film"])
def test_a_status_that_says_little_or_nothing(open_project: Open, kind: str, fields: dict[str, Any]) -> None:
    project = write_post(open_project, kind, **fields)
    assert project.run("publish").code == 0
    assert_published(project, "hello")


def test_a_picture_that_is_not_ready_in_time_is_posted_by_a_later_run(open_project: Open) -> None:
    project = write_post(open_project, "rest-picture", image_status="forbidden", polls=1, unready="refuse")
    assert_refused(project, project.run("publish"), "hello", "MEDIA_ASSET_WAITING_UPLOAD")
    assert len(project.linkedin.seen("upload")) == 1, "what is still being worked on is not sent anew"


def test_a_file_that_was_taken_and_never_kept_is_sent_anew_in_the_end(open_project: Open) -> None:
    project = write_post(open_project, "rest-picture", image_status="forbidden")
    project.linkedin.plan("upload", Answer(201))
    for _ in range(2):
        result = project.run("publish")
        assert (result.code, "MEDIA_ASSET_WAITING_UPLOAD" in result.text) == (1, True), result.text
    assert project.run("publish").code == 0
    assert_published(project, "hello")
