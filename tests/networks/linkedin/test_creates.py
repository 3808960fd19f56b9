"""A create is sent once, and what is said of its outcome is true."""

import contextlib
import json
import logging
import socket

import pytest

from publisher.errors import (
    ApiError,
    Duplicate,
    Forbidden,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
    Unavailable,
    VersionInactive,
)
from publisher.model.config import Api
from publisher.sandbox.server import Sandbox
from tests.networks.linkedin.raw import (
    RawServer,
    answers,
    closed_port,
    drops,
    hangs,
    http,
    read_body,
    unanswered_port,
)
from tests.networks.linkedin.runtimes import ME, TOKEN, Naps, gateway

URN = "urn:li:share:7400000000000000001"
BODY = {"author": ME.urn, "commentary": "Hello, wörld 🎉"}
SILENT = (hangs(), hangs(b"HTTP/1.1 201 Cre"))
BOTH: tuple[Api, ...] = ("ugcPosts", "posts")


def payload(sandbox: Sandbox, text: str = "Hello from the client") -> dict[str, object]:
    return {
        "author": sandbox.member.urn,
        "lifecycleState": "PUBLISHED",
        "specificContent": {
            "com.linkedin.ugc.ShareContent": {
                "shareCommentary": {"text": text},
                "shareMediaCategory": "NONE",
            }
        },
        "visibility": {"com.linkedin.ugc.MemberNetworkVisibility": "PUBLIC"},
    }


def test_a_create_gives_the_urn_and_its_link(sandbox: Sandbox) -> None:
    created = gateway(sandbox.url, token=sandbox.token()).create(ME, payload(sandbox))
    assert created.urn == sandbox.posts()[0].urn
    assert created.permalink == f"https://www.linkedin.com/feed/update/{created.urn}/"


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize(
    "answer",
    [
        http(201, X_RestLi_Id=URN),
        http(201, x_restli_id=URN),
        http(200, X_LINKEDIN_ID=URN),
        http(201, json.dumps({"id": URN})),
        http(200, json.dumps({"id": URN})),
        http(201, "<html>", x_restli_id=URN),
        http(201, x_restli_id=URN.replace(":", "%3A")),
        http(201, json.dumps({"id": "urn:li:ugcPost:2"}), x_restli_id=URN),
        # the header came, the body broke off: the post is there, and its URN is known
        http(201, '{"id": "ur' + " " * 40, X_RestLi_Id=URN)[:-45],
        b"HTTP/1.1 100 Continue\r\n\r\n" + http(201, x_restli_id=URN),
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2b\r\n"
        + json.dumps({"id": URN}).encode()[:43]
        + b"\r\n0\r\n\r\n",
    ],
)
def test_the_urn_is_found_wherever_it_is(answer: bytes, api: Api) -> None:
    if b"chunked" in answer:
        content = json.dumps({"id": URN}).encode()
        answer = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (
            len(content),
            content,
        )
    with RawServer(answers(answer)) as server:
        assert gateway(server.url, api=api).create(ME, BODY).urn == URN
    assert server.requests == 1


@pytest.mark.parametrize(
    ("script", "status"),
    [
        (drops(after_body=False), 0),
        (drops(after_body=True), 0),
        *((script, 0) for script in SILENT),
        (answers(b""), 0),
        (answers(b"\x00\xff garbage \r\n\r\n"), 0),
        (answers(http(201)), 201),
        (answers(http(200, "{}")), 200),
        (answers(http(201, json.dumps({"id": 7400000000000000001}))), 201),
        (answers(http(201, json.dumps({"id": "urn:li:share:1"}))[:-4]), 201),
        (answers(http(201, '{"id": "not a urn"}', x_restli_id="neither")), 201),
        (answers(http(201, "[" * 100_000)), 201),
        (answers(http(408)), 408),
        (answers(http(500, '{"message": "boom"}')), 500),
        (answers(http(502, "<html><title>Bad Gateway</title></html>")), 502),
        (answers(http(503, Retry_After="1")), 503),
        (answers(http(504)), 504),
        (answers(http(999, "<html><head><title>LinkedIn</title></head></html>")), 999),
        (answers(http(302, Location="/elsewhere")), 302),
        (answers(http(307, Location="/again")), 307),
    ],
)
def test_an_outcome_that_is_not_learned_is_unknown_and_nothing_is_sent_again(script, status: int) -> None:
    naps = Naps()
    with RawServer(script) as server, pytest.raises(OutcomeUnknown) as caught:
        # a short patience only where the server never answers, so that a busy machine changes nothing
        gateway(server.url, naps=naps, read=0.3 if script in SILENT else 10).create(ME, BODY)
    assert (server.requests, naps.naps) == (1, [])
    assert caught.value.status == status
    assert "unknown" in caught.value.message
    assert "state resolve" in caught.value.remedy


@pytest.mark.parametrize("kind", ["refused", "dns", "tls", "silent tls", "connect timeout", "not a token"])
def test_where_nothing_was_sent_nothing_is_in_doubt(kind: str, sandbox: Sandbox) -> None:
    with contextlib.ExitStack() as stack:
        if kind == "refused":
            url, said = closed_port(), "refused"
        elif kind == "dns":
            url, said = "http://no-such-host.invalid", "resolved"
        elif kind == "tls":
            url, said = sandbox.url.replace("http:", "https:"), "secure connection"
        elif kind == "silent tls":
            server = stack.enter_context(RawServer(hangs()))
            url, said = server.url.replace("http:", "https:"), "no answer came in time"
        elif kind == "connect timeout":
            url, said = stack.enter_context(unanswered_port()), "no answer came in time"
        else:
            url, said = closed_port(), "token"
        token = "bad token\n" if kind == "not a token" else TOKEN
        expected = Unauthorized if kind == "not a token" else Unavailable
        patience = 0.3 if said == "no answer came in time" else 10.0
        with pytest.raises(expected, match=said):
            gateway(url, connect=patience, read=patience, token=token).create(ME, BODY)


ERRORS = [
    (
        401,
        '{"status":401,"serviceErrorCode":65602,"message":"The token used in the request has expired"}',
        Unauthorized,
        "EXPIRED_ACCESS_TOKEN",
    ),
    (401, "", Unauthorized, ""),
    (
        403,
        '{"serviceErrorCode":100,"message":"Not enough permissions to access: ugcPosts.CREATE.NO_VERSION",'
        '"status":403}',
        Forbidden,
        "100",
    ),
    (403, "<html><title>LinkedIn</title></html>", Forbidden, ""),
    (
        400,
        '{"status":400,"code":"MISSING_FIELD","message":"author is required but missing"}',
        Rejected,
        "MISSING_FIELD",
    ),
    (404, '{"status":404,"code":"NOT_FOUND","message":"Could not find entity"}', Rejected, "NOT_FOUND"),
    (405, "", Rejected, ""),
    (
        409,
        '{"status":409,"code":"CONFLICT","message":"A write conflict occurred. Retry the request."}',
        OutcomeUnknown,
        "CONFLICT",
    ),
    (413, "too large", Rejected, ""),
    (422, '{"message":"ERROR :: /x :: unrecognized field found but not allowed","status":422}', Rejected, ""),
    (
        426,
        '{"status":426,"code":"NONEXISTENT_VERSION","message":"Requested version 20250101 is not active"}',
        VersionInactive,
        "NONEXISTENT_VERSION",
    ),
    (
        429,
        '{"serviceErrorCode":101,"message":"Resource level throttle limit for calls to this resource is reached.",'
        '"status":429}',
        RateLimited,
        "101",
    ),
]


@pytest.mark.parametrize(("status", "body", "kind", "code"), ERRORS)
def test_a_refusal_is_told_by_its_kind(status: int, body: str, kind: type[ApiError], code: str) -> None:
    with (
        RawServer(answers(http(status, body, x_li_uuid="support-id"))) as server,
        pytest.raises(kind) as caught,
    ):
        gateway(server.url).create(ME, BODY)
    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.code) == (status, code)
    assert caught.value.request_id == "support-id"
    assert caught.value.remedy
    assert server.requests == 1


def test_a_duplicate_names_the_post_and_never_a_person() -> None:
    def duplicate(urn: str) -> bytes:
        return http(
            422,
            json.dumps(
                {
                    "errorDetailType": "com.linkedin.common.error.BadRequest",
                    "message": "com.linkedin.content.common.exception.BadRequestResponseException: "
                    f"Content is a duplicate of {urn}",
                    "errorDetails": {
                        "inputErrors": [
                            {
                                "description": "Duplicate post is detected",
                                "input": {},
                                "code": "DUPLICATE_POST",
                            }
                        ]
                    },
                    "status": 422,
                }
            ),
        )

    for named, found in ((URN, URN), ("urn:li:person:123", None), ("urn:li:ugcPost:12", "urn:li:ugcPost:12")):
        with RawServer(answers(duplicate(named))) as server, pytest.raises(Duplicate) as caught:
            gateway(server.url).create(ME, BODY)
        assert caught.value.urn == found
        assert caught.value.code == "DUPLICATE_POST"


@pytest.mark.parametrize("api", BOTH)
def test_what_is_sent_is_strict(api: Api) -> None:
    received: list[bytes] = []

    def play(connection: socket.socket, head: bytes) -> None:
        received.extend((head, read_body(connection, head)))
        connection.sendall(http(201, x_restli_id=URN))

    with RawServer(play) as server:
        gateway(server.url, api=api).create(ME, BODY)
    head, body = received
    lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:] if line)}
    assert lines[0] == f"POST {'/rest/posts' if api == 'posts' else '/v2/ugcPosts'} HTTP/1.1"
    assert headers["authorization"] == f"Bearer {TOKEN}"
    assert headers["x-restli-protocol-version"] == "2.0.0"
    assert headers["content-type"] == "application/json"
    assert headers.get("linkedin-version") == ("202609" if api == "posts" else None)
    assert "transfer-encoding" not in headers
    assert int(headers["content-length"]) == len(body)
    assert json.loads(body) == BODY


def test_a_netrc_never_takes_the_tokens_place(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with RawServer(answers(http(201, x_restli_id=URN))) as server:
        gateway(server.url).create(ME, BODY)
    assert f"Bearer {TOKEN}".encode() in server.heads[0]


def test_no_token_in_errors_logs_or_representations(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo = http(
        400, json.dumps({"code": "X", "message": f"bad header Authorization: Bearer {TOKEN} in {TOKEN}"})
    )
    with RawServer(answers(echo)) as server:
        speaker = gateway(server.url)
        with pytest.raises(Rejected) as caught:
            speaker.create(ME, BODY)
    shown = "".join((repr(caught.value), str(caught.value), caught.value.remedy, caplog.text, repr(speaker)))
    assert TOKEN not in shown
    assert "[redacted]" in caught.value.message
    assert caught.value.__cause__ is None
