"""Safe calls are repeated while that can help, with growing pauses, and their end is told in plain words."""

import json
import socket
from datetime import timedelta

import pytest

from publisher.errors import ApiError, Forbidden, RateLimited, Unauthorized, Unavailable, UsageError
from publisher.networks.linkedin.identity import read_identity
from publisher.networks.linkedin.transport import Transport
from publisher.networks.messages import Request
from publisher.sandbox.server import Sandbox
from tests.networks.linkedin.raw import RawServer, answers, closed_port, drops, hangs, http
from tests.networks.linkedin.runtimes import NOW, TOKEN, Naps, transport

USER = json.dumps({"sub": "AbC", "name": "Mira", "locale": {"country": "US", "language": "en"}})
GOOD = answers(http(200, USER))
SILENT = hangs()


def identity(url: str, naps: Naps, **limits: float) -> str:
    return read_identity(transport(url, naps, **limits), TOKEN).urn


@pytest.mark.parametrize(
    "trouble",
    [
        drops(after_body=True),
        SILENT,
        answers(b""),
        answers(b"\x00garbage\r\n\r\n"),
        answers(http(500)),
        answers(http(502, "<html><title>Bad Gateway</title></html>")),
        answers(http(503)),
        answers(http(504)),
        answers(http(408)),
        answers(http(409)),
        answers(http(200, USER)[:-5]),
    ],
)
def test_trouble_that_passes_is_waited_out(trouble) -> None:
    naps = Naps()
    with RawServer(trouble, trouble, GOOD) as server:
        assert identity(server.url, naps, read=0.5 if trouble is SILENT else 10) == "urn:li:person:AbC"
    assert server.requests == 3
    assert naps.naps == [0.25, 0.5]


def test_trouble_that_stays_is_unavailable_and_nothing_is_in_doubt() -> None:
    naps = Naps()
    down = answers(http(503, '{"message": "down for maintenance"}'))
    with RawServer(down) as server, pytest.raises(Unavailable, match="down for maintenance") as caught:
        identity(server.url, naps)
    assert server.requests == 5
    assert naps.naps == [0.25, 0.5, 1.0, 2.0]
    assert caught.value.status == 503


def test_a_host_that_is_not_there_is_named() -> None:
    naps, url = Naps(), closed_port()
    with pytest.raises(Unavailable, match=url):
        identity(url, naps)
    assert len(naps.naps) == 4


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 426])
def test_a_refusal_is_not_repeated(status: int) -> None:
    naps = Naps()
    with RawServer(answers(http(status))) as server, pytest.raises(ApiError):
        identity(server.url, naps)
    assert (server.requests, naps.naps) == (1, [])


@pytest.mark.parametrize(("stated", "slept"), [("7", 7.0), ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0)])
@pytest.mark.parametrize("status", [429, 503])
def test_a_stated_time_is_waited_for(status: int, stated: str, slept: float) -> None:
    naps = Naps()
    with RawServer(answers(http(status, Retry_After=stated)), GOOD) as server:
        assert identity(server.url, naps)
    assert naps.naps == [slept]
    assert server.requests == 2


@pytest.mark.parametrize(
    ("headers", "retry_at"),
    [
        ({"Retry_After": "3600"}, NOW + timedelta(hours=1)),
        ({}, NOW.replace(hour=0) + timedelta(days=1)),
        ({"Retry_After": "soon"}, NOW.replace(hour=0) + timedelta(days=1)),
    ],
)
def test_a_long_limit_ends_the_call_and_says_until_when(headers: dict[str, str], retry_at) -> None:
    naps = Naps()
    with RawServer(answers(http(429, **headers))) as server, pytest.raises(RateLimited) as caught:
        identity(server.url, naps)
    assert caught.value.retry_at == retry_at
    assert (server.requests, naps.naps) == (1, [])


def test_an_answer_without_end_is_cut_off() -> None:
    endless = answers(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 3_000_000)
    with RawServer(endless) as server, pytest.raises(Unavailable):
        identity(server.url, Naps(), attempts=2)


@pytest.mark.parametrize("location", ["/v2/elsewhere", "http://127.0.0.1:9/", "https://example.com/"])
def test_a_redirect_is_not_followed(location: str) -> None:
    with RawServer(answers(http(302, Location=location))) as server, pytest.raises(ApiError) as caught:
        identity(server.url, Naps())
    assert caught.value.status == 302
    assert server.requests == 1


def test_a_token_goes_to_no_foreign_host(sandbox: Sandbox) -> None:
    with RawServer(GOOD) as foreign, pytest.raises(Unavailable, match="Refused to send the token"):
        transport(sandbox.url).safe(Request("GET", foreign.url, token=TOKEN))
    assert foreign.requests == 0


def test_cookies_are_not_kept() -> None:
    with RawServer(answers(http(200, USER, Set_Cookie="lidc=1; Path=/")), GOOD) as server:
        speaker = transport(server.url)
        for _ in range(2):
            read_identity(speaker, TOKEN)
    assert all(b"ookie" not in head for head in server.heads)


@pytest.mark.parametrize("url", ["", "ftp://x", "api.linkedin.com", "http://a@b/", "https://ex ample/"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="not an http or https URL"):
        Transport(url)


@pytest.mark.parametrize(
    ("locale", "expected"),
    [('"en-US"', "en-US"), ('{"country":"US","language":"en"}', "en-US"), ("7", ""), ("null", "")],
)
def test_an_identity_is_read_in_both_of_its_shapes(locale: str, expected: str) -> None:
    body = f'{{"sub":"XyBk2_14Uj","name":"Mira Example","email":"m@example.com","locale":{locale}}}'
    with RawServer(answers(http(200, body))) as server:
        found = read_identity(transport(server.url), TOKEN)
    assert (found.urn, found.locale) == ("urn:li:person:XyBk2_14Uj", expected)
    assert (found.name, found.email) == ("Mira Example", "m@example.com")


@pytest.mark.parametrize("body", ["{}", "[]", '{"sub": 7}', "<html>", ""])
def test_an_identity_without_an_id_is_none(body: str) -> None:
    with RawServer(answers(http(200, body))) as server, pytest.raises(Unavailable, match="member id"):
        read_identity(transport(server.url), TOKEN)


def test_the_sandbox_knows_its_member(sandbox: Sandbox) -> None:
    assert read_identity(transport(sandbox.url), sandbox.token()).urn == sandbox.member.urn
    with pytest.raises(Unauthorized):
        read_identity(transport(sandbox.url), "made-up-token")
    with pytest.raises(Forbidden):
        read_identity(transport(sandbox.url), sandbox.token(scopes=("w_member_social",)))


@pytest.mark.parametrize("token", ["AQX-first-half\nAQX-second-half", "AQX\r\nHost: evil", "AQX-\u2713-half"])
def test_a_token_no_header_can_carry_is_not_repeated(token: str) -> None:
    with pytest.raises(Unavailable, match="can't be sent") as caught:
        read_identity(transport(closed_port()), token)
    assert "AQX" not in str(caught.value)


def test_an_answer_that_drips_is_given_up() -> None:
    """Each byte comes in time, and yet the whole never would."""

    def drip(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        connection.settimeout(0.02)
        while True:
            connection.sendall(b" ")
            try:
                if not connection.recv(1):
                    return  # the client has gone
            except TimeoutError:
                continue

    with RawServer(drip) as server, pytest.raises(Unavailable):
        identity(server.url, Naps(), answer=0.2, attempts=1)
    assert server.requests == 1
