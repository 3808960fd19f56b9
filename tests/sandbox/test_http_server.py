"""The wire: keep-alive, pipelining, streams, odd requests, many clients, a clean end."""

import http.client
import json
import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests

from publisher.sandbox.server import Sandbox

from .conftest import Client, ugc_body, until


def connect(sandbox: Sandbox) -> socket.socket:
    address = urlsplit(sandbox.url)
    assert address.hostname
    assert address.port
    return socket.create_connection((address.hostname, address.port), timeout=20)


def until_closed(connection: socket.socket) -> bytes:
    received = b""
    while piece := connection.recv(65_536):
        received += piece
    return received


def test_a_connection_serves_many_requests(sandbox: Sandbox) -> None:
    address = urlsplit(sandbox.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
    connection.connect()
    mine = connection.sock
    for number in range(3):
        body = json.dumps(ugc_body(sandbox.member.urn, f"Post {number}"))
        headers = {"Authorization": f"Bearer {sandbox.token()}", "Content-Type": "application/json"}
        connection.request("POST", "/v2/ugcPosts", body, headers)
        response = connection.getresponse()
        assert response.status == 201
        assert response.read()
        assert connection.sock is mine
    connection.close()


def test_pipelined_requests_are_answered_in_order(sandbox: Sandbox) -> None:
    with connect(sandbox) as connection:
        one = b"GET /_sandbox/clock HTTP/1.1\r\nHost: localhost\r\n\r\n"
        two = b"GET /_sandbox/nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        connection.sendall(one + two)
        received = until_closed(connection)
    assert received.index(b"HTTP/1.1 200 OK") < received.index(b"HTTP/1.1 404 Not Found")


def test_a_refused_body_does_not_disturb_the_next_request(sandbox: Sandbox) -> None:
    with connect(sandbox) as connection:
        connection.sendall(
            b"PUT /dms-uploads/sp/v2/unknown/x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nbytes"
            b"GET /_sandbox/clock HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        received = until_closed(connection)
    assert received.count(b"HTTP/1.1 ") == 2
    assert b"HTTP/1.1 200 OK" in received


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (b"", b"411"),
        (b"Transfer-Encoding: chunked\r\n", b"411"),
        (b"Content-Length: 20000000\r\n", b"413"),
        (b"Content-Length: -5\r\n", b"411"),
    ],
)
def test_lengths(headers: bytes, status: bytes, sandbox: Sandbox) -> None:
    with connect(sandbox) as connection:
        connection.sendall(
            b"POST /v2/ugcPosts HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + b"\r\n"
        )
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 " + status)


def test_expect_continue(sandbox: Sandbox) -> None:
    body = json.dumps(ugc_body(sandbox.member.urn, "Hello")).encode()
    head = (
        f"POST /v2/ugcPosts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {sandbox.token()}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        "Expect: 100-continue\r\nConnection: close\r\n\r\n"
    )
    with connect(sandbox) as connection:
        connection.sendall(head.encode())
        assert connection.recv(65_536).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        connection.sendall(body)
        assert until_closed(connection).startswith(b"HTTP/1.1 201 Created\r\n")


def test_other_addresses() -> None:
    with Sandbox(host="0.0.0.0") as everywhere:
        assert everywhere.url.startswith("http://127.0.0.1:")
        assert Client(everywhere).control("GET", "clock")


def test_an_ipv6_address() -> None:
    try:
        sandbox = Sandbox(host="::1")
    except OSError:
        assert not os.environ.get("CI")
        pytest.skip("this machine has no IPv6 loopback")
    with sandbox:
        assert sandbox.url.startswith("http://[::1]:")
        assert Client(sandbox).control("GET", "clock")


def test_pages_are_served_beside_the_api(sandbox: Sandbox) -> None:
    response = requests.get(f"{sandbox.url}/", timeout=20)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/html")
    assert requests.head(f"{sandbox.url}/", timeout=20).text == ""
    assert requests.get(f"{sandbox.url}/nowhere", timeout=20).status_code == 404
    assert sandbox.requests() == []


def test_200_clients_at_once(sandbox: Sandbox) -> None:
    """Each with a connection of its own that stays open, and a member of its own."""
    urns = [sandbox.store.add_member().urn for _ in range(200)]
    bearer = {urn: sandbox.token(urn) for urn in urns}
    together = threading.Barrier(200)

    def work(urn: str) -> list[int]:
        headers = {"Authorization": f"Bearer {bearer[urn]}"}
        with requests.Session() as session:
            session.get(f"{sandbox.url}/v2/userinfo", headers=headers, timeout=60)
            together.wait(60)
            return [
                session.post(
                    f"{sandbox.url}/v2/ugcPosts",
                    json=ugc_body(urn, f"Post {number}"),
                    headers=headers,
                    timeout=60,
                ).status_code
                for number in range(3)
            ]

    with ThreadPoolExecutor(200) as pool:
        statuses = [status for found in pool.map(work, urns) for status in found]
    assert statuses == [201] * 600
    assert len({post.urn for post in sandbox.posts()}) == 600


def test_parallel_creates_of_one_text_make_one_post(sandbox: Sandbox, client: Client) -> None:
    def work(_: int) -> int:
        with requests.Session() as session:
            headers = {"Authorization": f"Bearer {sandbox.token()}"}
            return session.post(
                f"{sandbox.url}/v2/ugcPosts", json=client.body("Once"), headers=headers, timeout=20
            ).status_code

    with ThreadPoolExecutor(16) as pool:
        assert sorted(pool.map(work, range(16))) == [201] + [422] * 15
    assert len(sandbox.posts()) == 1


def test_stopping_ends_hanging_and_idle_connections() -> None:
    sandbox = Sandbox().start()
    sandbox.fault("commit-then-hang")
    before = threading.active_count()
    with connect(sandbox) as idle, connect(sandbox) as hanging:
        body = json.dumps(ugc_body(sandbox.member.urn, "Hello"))
        hanging.sendall(
            f"POST /v2/ugcPosts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {sandbox.token()}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        until(sandbox.posts)
        sandbox.stop()
        assert idle.recv(1) == b""
        assert hanging.recv(1) == b""
    until(lambda: threading.active_count() < before)
    with pytest.raises(ConnectionRefusedError):
        connect(sandbox)
