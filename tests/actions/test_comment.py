"""The one comment: found again among others, left alone where it is somebody else's."""

import pytest
import requests

from publisher.actions.comment import Comments, marker
from tests.actions.github import REPOSITORY, GitHub

MARK = marker("posts/new year")


def comments(github: GitHub) -> Comments:
    return Comments(github.url + "/", REPOSITORY, 7, "ghs_x")


def test_it_is_created_updated_and_left_as_it_is(github: GitHub) -> None:
    assert [comments(github).put(MARK, body) for body in ("one", "one", "two", "two\n")] == [
        "created",
        "none",
        "updated",
        "updated",
    ]
    assert [comment["body"] for comment in github.comments[7]] == [f"{MARK}\ntwo\n"]


def test_it_is_found_behind_hundreds_of_others(github: GitHub) -> None:
    for number in range(230):
        github.add(7, f"comment {number}", kind="User")
    assert comments(github).put(MARK, "one") == "created"
    assert comments(github).put(MARK, "two") == "updated"
    assert len(github.comments[7]) == 231


def test_a_stranger_s_comment_with_the_mark_is_not_touched(github: GitHub) -> None:
    planted = github.add(7, f"{MARK}\nplanted", kind="User")
    assert comments(github).put(MARK, "one") == "created"
    assert planted["body"] == f"{MARK}\nplanted"


def test_each_project_has_its_own(github: GitHub) -> None:
    comments(github).put(marker("a"), "one")
    comments(github).put(marker("b"), "two")
    assert len(github.comments[7]) == 2
    assert "-->" not in marker("--> <b>").removesuffix(" -->")


def test_line_ends_that_github_changes_are_no_change(github: GitHub) -> None:
    github.add(7, f"{MARK}\r\none\r\ntwo")
    assert comments(github).put(MARK, "one\ntwo") == "none"


def test_without_news_none_is_made(github: GitHub) -> None:
    assert comments(github).put(MARK, "nothing", worth_a_new_one=False) == "none"
    assert 7 not in github.comments


@pytest.mark.parametrize("status", [301, 403, 404, 422, 500])
def test_a_refusal_is_an_error(github: GitHub, status: int) -> None:
    github.refuse = status
    with pytest.raises(requests.RequestException):
        comments(github).put(MARK, "one")


@pytest.mark.parametrize("answer", [{}, {"message": "moved"}, "x", None, ["x"], [[]]])
def test_an_answer_that_is_no_list_of_comments_is_an_error(github: GitHub, answer: object) -> None:
    github.listed = answer
    with pytest.raises(ValueError, match="not a list"):
        comments(github).put(MARK, "one")


def test_a_netrc_does_not_speak_for_us(github: GitHub, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    comments(github).put(MARK, "one")
    assert github.tokens == {"Bearer ghs_x"}
