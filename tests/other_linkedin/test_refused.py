"""Refusals in every form: nothing was created, the key stays free, and the reason is told in plain words."""

import pytest

from tests.other_linkedin.conftest import Open
from tests.other_linkedin.promises import CREATE, assert_published, assert_refused, creates
from tests.support.otherlinkedin import Answer
from tests.support.otherlinkedin.answers import html_answer, json_answer, problem

BOTH = ["ugcPosts", "posts"]
TOKENS = {
    "full": problem(
        401, "The token used has been revoked", code="REVOKED_ACCESS_TOKEN", serviceErrorCode=65601
    ),
    "number": problem(401, "", serviceErrorCode=65602),
    "number-text": json_answer(401, {"serviceErrorCode": "65602", "status": "401"}),
    "code": json_answer(401, {"code": "EXPIRED_ACCESS_TOKEN"}),
    "other-number": problem(401, "x", code="EXPIRED_ACCESS_TOKEN", serviceErrorCode=65600),
    "message": json_answer(401, {"message": "The token used in the request has expired"}),
    "oauth": json_answer(401, {"error": "invalid_token", "error_description": "Token is expired"}),
    "page": html_answer(401, "Unauthorized"),
    "empty": Answer(401),
    "challenge": Answer(401, (("WWW-Authenticate", 'Bearer error="invalid_token"'),)),
    "list": json_answer(401, [{"message": "x"}]),
    "deep": Answer(401, (("Content-Type", "application/json"),), b'{"a":' * 50_000),
}


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize("form", TOKENS)
def test_a_refused_token_ends_the_run_for_its_author(open_project: Open, api: str, form: str) -> None:
    project = open_project(api)
    for key in ("hello", "later"):
        project.write(key)
    project.linkedin.plan(CREATE[api], TOKENS[form])
    result = project.run("publish")
    assert (result.code, creates(project), project.state) == (1, 1, {}), result.text
    assert "auth login" in result.text
    assert project.linkedin.token.value not in result.text
    assert project.run("publish").code == 0
    assert_published(project, "hello", "later")


@pytest.mark.parametrize("status", ["revoked", "expired"])
@pytest.mark.parametrize("api", BOTH)
def test_a_token_that_ends_while_files_are_sent(open_project: Open, api: str, status: str) -> None:
    project = open_project(api)
    project.write("hello", media={"path": project.file("a.png"), "alt": "A"})
    linkedin = project.linkedin

    def end(answer: Answer) -> Answer:
        linkedin.token.status = status
        return answer

    linkedin.plan("upload", end, commit=True)
    result = project.run("publish")
    assert (result.code, linkedin.created()) == (1, []), result.text
    assert status.upper() + "_ACCESS_TOKEN" in result.text
    linkedin.token.status = "active"
    assert project.run("publish").code == 0
    assert_published(project, "hello")


FIELDS = "Field Value validation failed in REQUEST_BODY: Data Processing Exception while processing fields [/author]"
PERSON = r'ERROR :: /author :: "urn:li:person:X" does not match urn:li:company:\d+|urn:li:member:\d+'
SEVERAL = {
    "inputErrors": [
        {"description": "d1", "input": {"inputPath": {"fieldPath": "a"}}, "code": "MISSING_FIELD"}
    ],
    "conditionalInputErrors": [{"description": "d2", "code": "INVALID_URL"}],
}
PLAIN = {
    "403": (
        problem(403, "Not enough permissions to access: ugcPosts.CREATE.NO_VERSION", code="ACCESS_DENIED"),
        "scope",
    ),
    "403-old": (
        problem(403, "Not enough permissions to access: POST /ugcPosts", serviceErrorCode=100),
        "scope",
    ),
    "403-page": (html_answer(403, "Forbidden"), "403"),
    "403-empty": (Answer(403), "403"),
    "403-author": (problem(403, FIELDS, code="ACCESS_DENIED"), "author is not the token's member"),
    "426": (
        problem(426, "Requested version 20250101 is not active", code="NONEXISTENT_VERSION"),
        "linkedin.version",
    ),
    "426-empty": (Answer(426), "linkedin.version"),
    "400-version": (problem(400, "A version must be present.", code="VERSION_MISSING"), "linkedin.version"),
    "422-field": (
        problem(422, "ERROR :: /x :: unrecognized field found but not allowed\nERROR :: /y :: z"),
        "unrec",
    ),
    "422-person": (problem(422, PERSON), "differs from app to app"),
    "400-several": (problem(400, "Several", code="MULTIPLE_VALIDATIONS_FAILED", errorDetails=SEVERAL), "d2"),
    "400-odd": (json_answer(400, {"message": 5, "errorDetails": [], "code": {}, "status": "x"}), "400"),
    "400-latin": (Answer(400, (("Content-Type", "text/plain; charset=latin-1"),), b"Gr\xfc\xdfe"), "400"),
    "404": (problem(404, "No virtual resource found", code="NOT_FOUND"), "no access"),
    "405": (Answer(405, (("Allow", "GET"),)), "405"),
    "411": (Answer(411), "411"),
    "413": (json_answer(413, {"code": "REQUEST_ENTITY_TOO_LARGE"}), "larger"),
    "415": (json_answer(415, {"code": "UNSUPPORTED_MEDIA_TYPE"}), "415"),
    "long": (Answer(400, (), b"y" * 5_000_000), "400"),
    "terminal": (json_answer(400, {"message": "\x1b[2J\x1b]0;owned\x07 gone"}), "gone"),
}


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize("form", PLAIN)
def test_a_refusal_frees_the_key(open_project: Open, api: str, form: str) -> None:
    project = open_project(api)
    project.write("hello")
    answer, said = PLAIN[form]
    project.linkedin.plan(CREATE[api], answer)
    result = project.run("publish")
    assert "\x1b" not in result.text
    assert len(result.text) < 3000
    assert_refused(project, result, "hello", said)
