"""Uploading in every way that LinkedIn may ask for: where to, how, in which parts, and what comes back."""

from typing import Any

import pytest

from tests.other_linkedin.conftest import Open, Project
from tests.other_linkedin.promises import assert_published, assert_refused
from tests.support.otherlinkedin.answers import problem
from tests.support.pictures import pdf

BOTH = ["ugcPosts", "posts"]
NASTY = (
    "/dms-uploads/sp/v2/{id}/uploaded-{kind}/B56%7Ex%2F%2Fy%20z%3D="
    "?ca=vector_feedshare&e=1%2B1%3D2&s=a%2Fb%C3%A4&m=(1)*!'~&t={id}&empty=&flag"
)


def write_files(project: Project) -> list[str]:
    project.write("picture", media={"path": project.file("a.png"), "alt": "A"})
    project.write("film", media={"path": project.film(size=90_000), "title": "F"})
    if project.api == "posts":
        project.write("guide", document={"path": project.file("g.pdf", pdf()), "title": "G"})
    return ["picture", "film", *(["guide"] if project.api == "posts" else [])]


def publish_files(project: Project) -> None:
    keys = write_files(project)
    result = project.run("publish")
    assert result.code == 0, (result.text, project.linkedin.refusals)
    assert_published(project, *keys)
    kept = {file.content for file in project.linkedin.world.files.values()}
    assert kept == {path.read_bytes() for path in (project.root / "content").glob("*.[pm][ndp][gf4]")}


WAYS: dict[str, dict[str, Any]] = {
    "same-host": {"upload_host": "same"},
    "site": {"upload_host": "www"},
    "other-name": {"upload_host": "alias"},
    "storage": {"upload_host": "storage"},
    "nasty-address": {"upload_path": NASTY},
    "relative-ish": {"upload_path": "/dms-uploads/{id}/./b/../{kind}?x=/../y&k={id}"},
    "put-only": {"upload_methods": ("PUT",)},
    "post-only": {"upload_methods": ("POST",)},
    "post-only-storage": {"upload_methods": ("POST",), "upload_host": "storage"},
    "200": {"upload_statuses": (200, 200)},
    "204": {"upload_statuses": (204, 204)},
    "201-parts": {"upload_statuses": (201, 201)},
    "etag-bare": {"etag": "{id}", "etag_taken": "bare"},
    "etag-quoted": {"etag": '"{id}"', "etag_taken": "bare"},
    "etag-weak": {"etag": 'W/"{id}"', "etag_taken": "bare"},
    "etag-lower": {"etag_header": "etag"},
    "etag-upper": {"header_case": "upper"},
    "one-part": {"part_size": 10_000_000},
    "many-parts": {"part_size": 10_001},
    "parts-backwards": {"part_size": 30_000, "part_order": "descending"},
    "token-of-the-upload": {"upload_token": "tok/+= \u00e4", "part_size": 30_000},
    "no-headers": {"upload_headers": ()},
    "more-headers": {"upload_headers": (("media-type-family", "ANY"), ("X-Amz-Meta-Odd", "a, b;c"))},
    "own-type": {"upload_headers": (("Content-Type", "application/x-linkedin"),)},
}


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize("way", WAYS)
def test_files_arrive_whole(open_project: Open, api: str, way: str) -> None:
    project = open_project(api, **WAYS[way])
    publish_files(project)
    assert all(refusal.startswith("PUT") for refusal in project.linkedin.refusals)
    at_storage = [seen for seen in project.linkedin.requests if seen.listener == "storage"]
    assert all("authorization" not in seen.headers for seen in at_storage)
    assert bool(at_storage) == (project.linkedin.variant.upload_host == "storage")


@pytest.mark.parametrize("etag", ["{id}", '"{id}"'])
def test_a_film_in_parts_through_assets(open_project: Open, etag: str) -> None:
    project = open_project(mechanism="multipart", part_size=30_000, etag=etag, polls=1)
    linkedin = project.linkedin
    # so small a film is sent whole by itself, so the size that parts need is told here
    linkedin.media.size_of_unasked = 90_000
    project.write("film", media={"path": project.film(size=90_000), "title": "F"})
    result = project.run("publish")
    assert result.code == 0, (result.text, linkedin.refusals)
    (file,) = linkedin.world.files.values()
    assert file.content == (project.root / "content/clip.mp4").read_bytes()
    assert_published(project, "film")


def test_a_part_that_fails_once_is_sent_again(open_project: Open) -> None:
    project = open_project("posts", part_size=30_000)
    project.linkedin.plan("upload", problem(503, "later"), times=2)
    publish_files(project)


@pytest.mark.parametrize("status", [400, 403, 404, 413, 415])
@pytest.mark.parametrize("api", BOTH)
def test_a_refused_file_creates_nothing(open_project: Open, api: str, status: int) -> None:
    project = open_project(api)
    project.write("hello", media={"path": project.file("a.png"), "alt": "A"})
    project.linkedin.plan("upload", problem(status, "Not like this"))
    assert_refused(project, project.run("publish"), "hello", "Not like this")


def test_a_foreign_store_that_wants_a_token_gets_none_and_the_author_goes_on(open_project: Open) -> None:
    project = open_project(upload_host="storage")
    project.write("hello", media={"path": project.file("a.png"), "alt": "A"})
    project.write("other")
    project.linkedin.plan("upload", problem(401, "Who are you?"), times=3)
    result = project.run("publish")
    assert (result.code, project.state["other"]["status"]) == (1, "published"), result.text
    assert "neither LinkedIn's nor the configured API" in result.text
    assert all("authorization" not in seen.headers for seen in project.linkedin.seen("upload"))


@pytest.mark.parametrize("api", BOTH)
def test_a_file_of_the_same_bytes_is_sent_once_for_each_post(open_project: Open, api: str) -> None:
    project = open_project(api)
    for key in "ab":
        project.write(key, media={"path": project.file("same.png"), "alt": "A"})
    assert project.run("publish").code == 0
    assert_published(project, "a", "b")
    assert project.linkedin.refusals == []
