"""The database's URL comes from publisher.yaml: it can neither turn checks off nor collect the password."""

import socket
import struct
import threading
from collections.abc import Iterator

import pytest

pytest.importorskip("psycopg")

from publisher.errors import StateError, UsageError
from publisher.state.postgres.database import Database
from publisher.state.postgres.location import read_location

PASSWORD = "the-password-of-the-database"
REFUSED = [
    "hostaddr=203.0.113.1",
    "passfile=/tmp/x",
    "service=x",
    "options=-c%20role=x",
    "sslmode=disable",
    "sslrootcert=/tmp/x",
    "sslcert=/tmp/x",
    "sslkey=/tmp/x",
    "sslpassword=x",
    "sslnegotiation=direct",
    "channel_binding=disable",
    "gssencmode=disable",
    "krbsrvname=x",
    "require_auth=password",
    "requirepeer=x",
    "target_session_attrs=any",
    "load_balance_hosts=random",
    "application_name=x",
    "fallback_application_name=x",
    "connect_timeout=999999",
    "replication=true",
    "client_encoding=sql_ascii",
]


@pytest.mark.parametrize("parameter", REFUSED)
def test_the_url_sets_nothing_but_the_place(parameter: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_location(f"postgresql://me@db.acme.dev/x?{parameter}", "demo", {})
    name = parameter.partition("=")[0]
    assert f"must not set {name}" in refused.value.message
    assert f"PG{name.upper()}" in refused.value.remedy


def test_what_a_url_may_say() -> None:
    place = read_location("postgresql://me@db.acme.dev:5433/x?project=demo", "", {})
    assert "host=db.acme.dev" in place.conninfo
    assert "require_auth=scram-sha-256,gss,sspi,none" in place.conninfo
    assert "require_auth" not in read_location("postgresql://db/x", "demo", {"PGREQUIREAUTH": "md5"}).conninfo


@pytest.mark.parametrize(
    ("environ", "allowed"),
    [
        ({}, True),
        ({"PGHOST": "db.acme.dev"}, True),
        ({"PGHOST": "other.acme.dev"}, False),
        ({"PUBLISHER_HOSTS": "db.acme.dev, proxy.acme.dev"}, True),
        ({"PUBLISHER_HOSTS": "proxy.acme.dev"}, False),
        ({"PUBLISHER_HOSTS": ""}, False),
    ],
)
def test_the_environment_pins_the_server(environ: dict[str, str], allowed: bool) -> None:
    url = "postgresql://me@db.acme.dev/x"
    if allowed:
        read_location(url, "demo", environ)
        return
    with pytest.raises(UsageError, match=r"db\.acme\.dev"):
        read_location(url, "demo", environ)


def test_several_hosts_are_all_pinned() -> None:
    with pytest.raises(UsageError):
        read_location(
            "postgresql://db.acme.dev,collector.example/x", "demo", {"PUBLISHER_HOSTS": "db.acme.dev"}
        )
    with pytest.raises(UsageError):
        read_location("postgresql://db.acme.dev,collector.example/x", "demo", {"PGHOST": "db.acme.dev"})


class Collector:
    """A server that asks for the password: in clear (3), as MD5 (5), or with a SASL mechanism of its own (10)."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.heard = b""
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        try:
            start = connection.recv(4096)
            while start[4:8] in (struct.pack(">I", 80877103), struct.pack(">I", 80877104)):  # TLS, GSS: no
                connection.sendall(b"N")
                start = connection.recv(4096)
            connection.sendall(b"R" + struct.pack(">I", 4 + len(self._request)) + self._request)
            while block := connection.recv(4096):
                self.heard += block
        except OSError:
            return

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


@pytest.fixture(params=[struct.pack(">I", 3), struct.pack(">I4s", 5, b"salt")], ids=["in clear", "md5"])
def collector(request: pytest.FixtureRequest) -> Iterator[Collector]:
    server = Collector(request.param)
    yield server
    server.close()


def test_a_server_that_asks_for_the_password_gets_nothing(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    place = read_location(f"postgresql://me@127.0.0.1:{collector.port}/x", "demo")
    with pytest.raises(StateError) as refused:
        Database(place, patience=0).exists()
    assert PASSWORD not in str(refused.value)
    assert collector.heard == b""


def test_the_attack_would_work_where_the_user_allows_it(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    monkeypatch.setenv("PGREQUIREAUTH", "password,md5")
    place = read_location(f"postgresql://me@127.0.0.1:{collector.port}/x", "demo")
    with pytest.raises(StateError):
        Database(place, patience=0).exists()
    assert collector.heard[:1] == b"p"
