"""HTTPS, the proxy for clients with fixed hosts, and the addresses that the sandbox gives."""

import http.client
import os
import shutil
import socket
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from publisher.sandbox import tls
from publisher.sandbox.addresses import Addresses
from publisher.sandbox.server import Sandbox

from .conftest import PNG, Client, register


@pytest.fixture(scope="module")
def ca_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ca")


@pytest.fixture
def secure(ca_folder: Path) -> Iterator[Sandbox]:
    with Sandbox(tls=True, tls_folder=ca_folder) as running:
        yield running


@pytest.fixture
def proxy(ca_folder: Path) -> Iterator[Sandbox]:
    with Sandbox(proxy=True, tls_folder=ca_folder) as running:
        yield running


def through(proxy: Sandbox) -> requests.Session:
    """A session that knows nothing of the sandbox but its proxy and authority."""
    session = requests.Session()
    # a REQUESTS_CA_BUNDLE of the machine would win over the session's own setting
    session.trust_env = False
    session.proxies["https"] = proxy.proxy_url
    session.verify = str(proxy.ca_file)
    session.headers["Authorization"] = f"Bearer {proxy.token()}"
    return session


def test_https_and_http_on_one_port(secure: Sandbox) -> None:
    client = Client(secure)
    client.session.trust_env = False
    client.session.verify = str(secure.ca_file)
    assert secure.url.startswith("https://127.0.0.1:")
    assert client.create("Over TLS").status_code == 201
    assert client.send("GET", "/v2/userinfo").json()["picture"].startswith(secure.url)
    assert register(client)[1].startswith(secure.url)
    plain = secure.url.replace("https://", "http://")
    assert requests.get(f"{plain}/_sandbox/clock", timeout=20).status_code == 200
    discovery = client.session.get(f"{secure.url}/oauth/.well-known/openid-configuration", timeout=20).json()
    assert discovery["issuer"] == f"{secure.url}/oauth"
    client.session.close()


def test_a_client_that_does_not_trust_the_authority_is_refused(
    secure: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{secure.url}/_sandbox/clock", timeout=20)
    assert "Traceback" not in capfd.readouterr().err


def test_faults_break_tls_connections_too(secure: Sandbox) -> None:
    client = Client(secure)
    client.session.trust_env = False
    client.session.verify = str(secure.ca_file)
    secure.fault("commit-then-drop")
    with pytest.raises(requests.exceptions.ConnectionError):
        client.create("Lost")
    assert secure.expect_post(text="Lost")
    client.session.close()


def test_stopping_ends_tls_connections(ca_folder: Path) -> None:
    sandbox = Sandbox(tls=True, tls_folder=ca_folder).start()
    context = ssl.create_default_context(cafile=str(sandbox.ca_file))
    address = urlsplit(sandbox.url)
    with (
        socket.create_connection((address.hostname or "", address.port or 0), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1", suppress_ragged_eofs=True) as secured,
    ):
        secured.sendall(b"GET /_sandbox/clock HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert secured.recv(12) == b"HTTP/1.1 200"
        sandbox.stop()
        while secured.recv(65_536):
            pass


def test_the_proxy_answers_for_linkedin(proxy: Sandbox) -> None:
    with through(proxy) as session:
        userinfo = session.get("https://api.linkedin.com/v2/userinfo", timeout=20).json()
        assert userinfo["sub"] == proxy.member.id
        assert userinfo["picture"].startswith("https://api.linkedin.com/")
        request = {
            "owner": proxy.member.urn,
            "recipes": ["urn:li:digitalmediaRecipe:feedshare-image"],
            "serviceRelationships": [
                {"relationshipType": "OWNER", "identifier": "urn:li:userGeneratedContent"}
            ],
        }
        answer = session.post(
            "https://api.linkedin.com/v2/assets?action=registerUpload",
            json={"registerUploadRequest": request},
            timeout=20,
        ).json()["value"]
        (mechanism,) = answer["uploadMechanism"].values()
        # the uploads of clients with fixed hosts stay on TLS
        assert mechanism["uploadUrl"].startswith("https://")
        assert session.put(mechanism["uploadUrl"], data=PNG, timeout=20).status_code == 201
        issuer = session.get(
            "https://www.linkedin.com/oauth/.well-known/openid-configuration", timeout=20
        ).json()["issuer"]
        assert issuer == "https://www.linkedin.com/oauth"


@pytest.mark.parametrize(
    "target", ["example.com:443", "api.linkedin.com:80", "linkedin.com.evil.example:443", "x"]
)
def test_the_proxy_answers_for_nobody_else(target: str, proxy: Sandbox) -> None:
    address = urlsplit(proxy.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=20) as connection:
        connection.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        assert connection.recv(65_536).startswith(b"HTTP/1.1 403")


def test_without_the_option_there_is_no_proxy(sandbox: Sandbox) -> None:
    address = urlsplit(sandbox.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=20) as connection:
        connection.sendall(b"CONNECT api.linkedin.com:443 HTTP/1.1\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 403")


def test_the_authority_is_made_once_and_its_key_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "ca"
    first = tls.ensure_ca(folder).read_bytes()
    assert tls.ensure_ca(folder).read_bytes() == first
    assert stat.S_IMODE((folder / "ca.key").stat().st_mode) == 0o600
    assert sorted(item.name for item in folder.iterdir()) == ["ca.key", "ca.pem"]


def test_a_machine_without_openssl_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(tls.TlsError, match="needs the openssl command"):
        tls.ensure_ca(tmp_path / "ca")


def test_curl_and_node_follow_the_recipe(proxy: Sandbox) -> None:
    """The exported variables are all that these programs get."""
    variables = {"HTTPS_PROXY": proxy.proxy_url, "CURL_CA_BUNDLE": str(proxy.ca_file)}
    curl = shutil.which("curl")
    assert curl
    done = subprocess.run(
        [curl, "-sf", "https://api.linkedin.com/v2/userinfo", "-H", f"Authorization: Bearer {proxy.token()}"],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert proxy.member.id in done.stdout, done.stderr


def test_forwarded_headers_count_only_where_allowed() -> None:
    sent = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "sandbox.example"}
    for options, expected in (
        ({}, "http://127.0.0.1"),
        ({"trust_forwarded": True}, "https://sandbox.example/"),
        ({"public_url": "https://li.example/"}, "https://li.example/"),
    ):
        with Sandbox(**options) as sandbox:
            port = urlsplit(sandbox._server.local_url("http")).port
            answer = requests.get(
                f"http://127.0.0.1:{port}/v2/userinfo",
                headers={"Authorization": f"Bearer {sandbox.token()}", **sent},
                timeout=20,
            )
            assert answer.json()["picture"].startswith(expected)


@pytest.mark.parametrize("host", ['"><script>', "a b", "x\x7f", "user@host", "host/path", "[::1"])
def test_an_odd_host_is_in_no_answer(host: str, sandbox: Sandbox) -> None:
    headers = {"Authorization": f"Bearer {sandbox.token()}", "Host": host}
    answer = requests.get(f"{sandbox.url}/v2/userinfo", headers=headers, timeout=20)
    assert answer.json()["picture"].startswith(f"{sandbox.url}/dms/")


@pytest.mark.parametrize(
    ("host", "trusted"),
    [
        ("127.0.0.1:8642", True),
        ("localhost:8642", True),
        ("sandbox.localhost", True),
        ("[::1]:8642", True),
        ("192.168.1.7:8642", True),
        ("api.linkedin.com", True),
        ("linkedin:8642", True),
        ("li.example", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example:8642", False),
        ("localhost.evil.example", False),
        ("[::1", False),
        ("", False),
    ],
)
def test_which_hosts_are_trusted(host: str, trusted: bool) -> None:
    addresses = Addresses(public_url="https://li.example", allowed_hosts=("linkedin",))
    assert addresses.trusts(host, "127.0.0.1") is trusted


@pytest.mark.parametrize("path", ["/_sandbox/state", "/", "/feed/static/feed.js"])
def test_rebound_names_see_nothing(path: str, sandbox: Sandbox) -> None:
    address = urlsplit(sandbox.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
    connection.request("GET", path, headers={"Host": "evil.example", "Accept": "text/html"})
    response = connection.getresponse()
    body = response.read().decode()
    assert response.status == 403
    assert sandbox.token() not in body
    connection.close()


def test_the_standard_library_is_enough(tmp_path: Path) -> None:
    """In a Python without any package: the API, the authorization page, uploads, TLS, a config file."""
    root = Path(__file__).parents[2]
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True, timeout=120
    )
    config = tmp_path / "config.json"
    config.write_text('{"settings": {"member_quota": null}, "members": [{"id": "AdaByron01"}]}')
    program = (
        "import sys, json, urllib.request as u\n"
        "from publisher.sandbox.__main__ import main\n"
        "from publisher.sandbox.server import Sandbox\n"
        f"from publisher.sandbox.config import read_config\n"
        f"config = read_config(open({str(config)!r}).read())\n"
        "with Sandbox(tls=True, tls_folder=sys.argv[1], **config.settings) as s:\n"
        "    config.populate(s.store)\n"
        "    plain = s.url.replace('https', 'http')\n"
        "    head = {'Authorization': 'Bearer ' + s.token(), 'Content-Type': 'application/json'}\n"
        "    def call(path, body=None, **more):\n"
        "        r = u.Request(plain + path, json.dumps(body).encode() if body else None, {**head, **more})\n"
        "        return u.urlopen(r, timeout=20)\n"
        "    share = {'shareCommentary': {'text': 'Bare'}, 'shareMediaCategory': 'NONE'}\n"
        "    body = {'author': s.member_urn, 'lifecycleState': 'PUBLISHED',\n"
        "            'specificContent': {'com.linkedin.ugc.ShareContent': share},\n"
        "            'visibility': {'com.linkedin.ugc.MemberNetworkVisibility': 'PUBLIC'}}\n"
        "    assert call('/v2/ugcPosts', body).status == 201\n"
        "    asked = '?response_type=code&client_id=sandbox-app&redirect_uri=http://127.0.0.1/&scope=openid'\n"
        "    assert b'would like to' in call('/oauth/v2/authorization' + asked).read()\n"
        "    assert s.expect_post(text='Bare')\n"
        "    try:\n"
        "        call('/')\n"
        "    except u.HTTPError as error:\n"
        "        assert error.code == 501 and b'Jinja2' in error.read()\n"
        "    else:\n"
        "        raise AssertionError('the feed needs Jinja2')\n"
        "assert main(['--config', '/nowhere.json']) == 2\n"
        "print(sorted({m.partition('.')[0] for m, x in sys.modules.items()\n"
        "              if 'site-packages' in str(getattr(x, '__file__', ''))}))\n"
    )
    done = subprocess.run(
        [tmp_path / "bare" / "bin" / "python", "-W", "error", "-c", program, tmp_path / "ca"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "[]\n"
