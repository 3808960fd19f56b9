"""Answers become the right errors: string code, then message, then number; every shape, and no shape at all."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.errors import ApiError, Duplicate, Forbidden, RateLimited, Rejected, Unauthorized
from publisher.networks.linkedin.refusals import read_reason, refusal
from publisher.networks.messages import Answer

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def refuse(status: int, document: Any, **headers: str) -> ApiError:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return refusal(
        Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body), NOW
    )


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (
            {"code": "EMPTY_ACCESS_TOKEN", "serviceErrorCode": 401, "message": "Empty oauth2_access_token"},
            "EMPTY_ACCESS_TOKEN",
        ),
        ({"code": "REVOKED_ACCESS_TOKEN", "serviceErrorCode": 65600}, "REVOKED_ACCESS_TOKEN"),
        ({"serviceErrorCode": 65600, "message": "Invalid access token"}, "INVALID_ACCESS_TOKEN"),
        ({"serviceErrorCode": 65600, "message": "Unknown authentication schema"}, "INVALID_ACCESS_TOKEN"),
        # two projects saw other numbers with expiry: the message wins over the number
        (
            {"serviceErrorCode": 65601, "message": "The token used in the request has expired"},
            "EXPIRED_ACCESS_TOKEN",
        ),
        (
            {
                "serviceErrorCode": 65600,
                "message": "The token used in the request has been revoked by the user",
            },
            "REVOKED_ACCESS_TOKEN",
        ),
        ({"serviceErrorCode": 65602}, "EXPIRED_ACCESS_TOKEN"),
        ({"serviceErrorCode": 65601, "message": "something new"}, "REVOKED_ACCESS_TOKEN"),
        ({"message": "?"}, ""),
    ],
)
def test_a_401_says_what_is_wrong_with_the_token(document: dict, code: str) -> None:
    error = refuse(401, document)
    assert isinstance(error, Unauthorized)
    assert error.code == code
    assert "publisher auth login" in error.remedy


REMEDIES = [
    (
        403,
        {"serviceErrorCode": 100, "message": "Not enough permissions to access: ugcPosts.CREATE.NO_VERSION"},
        "scope",
    ),
    (
        403,
        {"message": "Not enough permissions to access: partnerApiSocialActions.CREATE.20260701"},
        "Commenting",
    ),
    (403, {"message": "Not enough permissions to access: userinfo.GET.NO_VERSION"}, "openid"),
    (
        403,
        {
            "message": "Unpermitted fields present in REQUEST_BODY: Data Processing Exception while processing "
            "fields [/distribution]"
        },
        "not allowed",
    ),
    (
        403,
        {
            "message": "Field Value validation failed in REQUEST_BODY: Data Processing Exception while processing "
            "fields [/author]"
        },
        "not the token's member",
    ),
    (
        400,
        {"message": "Organization permissions must be used when using organization as author"},
        "organization rights",
    ),
    (400, {"message": "One or more of the assets is not owned by the author"}, "another author"),
    (400, {"code": "VERSION_MISSING", "message": "A version must be present."}, "linkedin.version"),
    (400, {"code": "MEDIA_ASSET_WAITING_UPLOAD", "message": "m"}, "created nothing"),
    (400, {"code": "FIELD_LENGTH_TOO_LONG", "message": "m"}, "Shorten"),
    (404, {"message": "No virtual resource found"}, "no access"),
    (404, {"message": "Could not find entity"}, "hidden"),
    (
        422,
        {
            "message": 'ERROR :: /author :: "urn:li:person:X" does not match urn:li:company:\\d+|urn:li:member:\\d+'
        },
        "differs from app to app",
    ),
    (426, {"code": "NONEXISTENT_VERSION", "message": "Requested version 20250101 is not active"}, "ugcPosts"),
    (
        429,
        {"message": "Resource level throttle MEMBER DAY limit for calls to this resource is reached."},
        "2026-11-24 00:00 UTC",
    ),
    (
        401,
        {"error": "invalid_client", "error_description": "Client authentication failed"},
        "LINKEDIN_CLIENT_SECRET",
    ),
    (
        400,
        {
            "error": "invalid_request",
            "error_description": "Unable to retrieve access token: authorization code not found",
        },
        "auth login",
    ),
    (418, {"message": "m"}, "publisher payload"),
]


@pytest.mark.parametrize(("status", "document", "word"), REMEDIES)
def test_each_error_has_its_own_reason_and_remedy(status: int, document: dict, word: str) -> None:
    error = refuse(status, document)
    said = document.get("message") or document["error_description"]
    assert said.split("\\")[0][:60] in error.message
    assert word in error.remedy


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (
            b"<html><head><title> 502  Bad\nGateway </title></head>",
            "status 500 with a web page (502 Bad Gateway).",
        ),
        (b"<p>hello", "status 500 with a web page (no title)."),
        (b"", "status 500 with an empty answer."),
        (b"plain words", "status 500: plain words."),
        (b"[1]", "status 500: [1]."),
        (b"{}", "status 500: {}."),
        ({"x": 1}, "status 500 without a reason."),
        ({"message": 7, "errorDetails": 7}, "status 500 without a reason."),
        ({"message": "one\ntwo\x1b[31m"}, "one two [31m."),
        (
            {
                "error": "unauthorized_scope_error",
                "error_description": "Scope &quot;r_liteprofile&quot; is not authorized for your application",
            },
            'Scope "r_liteprofile" is not authorized for your application.',
        ),
        (
            {
                "message": "Invalid param",
                "errorDetails": {
                    "inputErrors": [
                        {
                            "description": "Invalid value",
                            "input": {"inputPath": {"fieldPath": "search"}},
                            "code": "PARAM_INVALID",
                        }
                    ]
                },
            },
            "Invalid param. Invalid value.",
        ),
    ],
)
def test_a_reason_is_read_in_every_shape(document: Any, message: str) -> None:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    assert read_reason(Answer(500, {}, body)).message == message


def test_codes_come_as_strings_from_any_place() -> None:
    assert refuse(400, {"errorDetails": {"inputErrors": [{"code": "PARAM_INVALID"}]}}).code == "PARAM_INVALID"
    assert refuse(403, {"serviceErrorCode": 100, "code": "ACCESS_DENIED"}).code == "ACCESS_DENIED"
    assert refuse(403, {"serviceErrorCode": 100}).code == "100"


@pytest.mark.parametrize("status", [400, 409, 422])
@pytest.mark.parametrize(
    "message", ["Content is a duplicate of urn:li:share:9", "DUPLICATE post urn:li:share:9"]
)
def test_a_duplicate_is_known_by_its_words_too(status: int, message: str) -> None:
    error = refuse(status, {"message": message})
    assert isinstance(error, Duplicate)
    assert error.urn == "urn:li:share:9"


def test_a_duplicate_urn_is_not_taken_from_another_kind_of_error() -> None:
    error = refuse(422, {"message": "ERROR :: /x :: urn:li:share:9 is wrong"})
    assert isinstance(error, Rejected)
    assert not isinstance(error, Duplicate)


@pytest.mark.parametrize(
    ("message", "headers", "after"),
    [
        ("Resource level throttle limit", {}, timedelta(hours=12)),
        ("Resource level throttle limit", {"retry_after": "90"}, timedelta(seconds=90)),
        ("Comment create throttled: creation rate limit exceeded for member", {}, timedelta(minutes=1)),
    ],
)
def test_a_limit_says_until_when(message: str, headers: dict[str, str], after: timedelta) -> None:
    error = refuse(429, {"message": message}, **headers)
    assert isinstance(error, RateLimited)
    assert error.retry_at == NOW + after


@settings(deadline=None, max_examples=80)
@given(
    st.integers(100, 999),
    st.binary()
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "code",
                        "message",
                        "status",
                        "error",
                        "errorDetails",
                        "inputErrors",
                        "serviceErrorCode",
                        "description",
                        "error_description",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=8,
    ).map(lambda document: json.dumps(document).encode()),
)
def test_any_answer_becomes_an_error_with_a_remedy(status: int, body: bytes) -> None:
    error = refusal(Answer(status, {}, body), NOW)
    assert error.message.startswith("LinkedIn: ")
    assert len(error.message) < 600
    assert error.message.isprintable()
    assert error.remedy
    assert error.status == status
    assert isinstance(error, Forbidden) == (status == 403)
