"""Logging in, and asking what a token may, with every lawful form of the answers."""

import json
import threading
import webbrowser
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import requests

from tests.other_linkedin.conftest import Open, Project
from tests.support.otherlinkedin import Answer
from tests.support.otherlinkedin.answers import html_answer, json_answer, problem
from tests.support.project import Result

CALLBACK = "http://localhost:{port}/auth/linkedin/callback"


class User:
    """A user of a project who has an app here, and no token yet; the browser goes where it is sent."""

    def __init__(self, project: Project, home: Path) -> None:
        app = project.linkedin.authority.app
        self.linkedin = project.linkedin
        self.home, self.visits, self.threads = home, [], []  # type: ignore[var-annotated]
        self.env = {
            "LINKEDIN_ACCESS_TOKEN": "",
            "LINKEDIN_CLIENT_ID": app.client_id,
            "LINKEDIN_CLIENT_SECRET": app.client_secret,
            "PUBLISHER_CONFIG_DIR": str(home),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        }
        self.project = replace(project, env=self.env)

    def open(self, link: str) -> bool:
        thread = threading.Thread(target=self._visit, args=(link,))
        self.threads.append(thread)
        thread.start()
        return True

    def _visit(self, link: str) -> None:
        redirect = dict(part.split("=") for part in unquote(link).split("?", 1)[1].split("&"))
        self.linkedin.authority.app.redirects = (redirect["redirect_uri"],)
        self.visits.append(requests.get(link, timeout=10))

    def run(self, *arguments: str) -> Result:
        result = self.project.run(*arguments)
        for thread in self.threads:
            thread.join()
        return result

    def login(self) -> Result:
        return self.run("auth", "login", "--redirect-uri", CALLBACK.format(port=0))


@pytest.fixture
def open_user(open_project: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Opens a user of a LinkedIn with these fields of `Variant`."""

    def open_one(**fields: Any) -> User:
        user = User(open_project(**fields), tmp_path / "home")
        monkeypatch.setattr(webbrowser, "open", user.open)
        return user

    return open_one


TOKENS: dict[str, dict[str, Any]] = {
    "documented": {"scope_separator": " ", "token_extra": ()},
    "observed": {"scope_separator": ","},
    "comma-space": {"scope_separator": ", "},
    "refreshable": {"refresh": True},
    "text-seconds": {"expires_in": "5183999"},
    "fraction": {"expires_in": 5183999.0},
    "endless": {"expires_in": 10**30},
    "no-lifetime": {"expires_in": ""},
    "more": {"token_extra": (("token_type", "bearer"), ("x", {"y": [1]}), ("scope_description", "z"))},
    "locale-text": {"locale": "en-US"},
    "locale-none": {"locale": None},
    "chunked": {"wire": "chunked"},
    "http10": {"wire": "http10"},
    "gzip": {"wire": "gzip-unasked"},
}


@pytest.mark.parametrize("form", TOKENS)
def test_a_login_ends_in_a_token_that_publishes(open_user: Any, form: str) -> None:
    user = open_user(**TOKENS[form])
    result = user.login()
    assert result.code == 0, (result.text, user.linkedin.refusals)
    assert user.linkedin.member in result.out
    secret = user.linkedin.authority.app.client_secret
    assert not any(secret in seen.target for seen in user.linkedin.requests)
    user.project.write("hello")
    published = user.run("publish")
    assert published.code == 0, published.text
    status = json.loads(user.run("auth", "status", "--format", "json").out)
    assert "w_member_social" in json.dumps(status)
    assert user.linkedin.refusals == []


ISSUES: dict[str, Answer] = {
    "code": json_answer(
        400, {"error": "invalid_request", "error_description": "authorization code not found"}
    ),
    "code-401": json_answer(
        401, {"error": "invalid_request", "error_description": "authorization code not found"}
    ),
    "client": json_answer(
        401, {"error": "invalid_client", "error_description": "Client authentication failed"}
    ),
    "redirect": json_answer(400, {"error": "invalid_redirect_uri", "error_description": "does not match"}),
    "page": html_answer(500),
    "empty": Answer(400),
    "no-token": json_answer(200, {"expires_in": 5}),
    "null-token": json_answer(200, {"access_token": None}),
    "no-json": Answer(200, (), b"access_token=AQ12345678"),
    "redirected": Answer(307, (("Location", "http://127.0.0.3:9/x"),)),
    "cut": Answer(200, (), b'{"access_token": "AQ12345678', style="cut-body"),
}


@pytest.mark.parametrize("form", ISSUES)
def test_a_login_that_fails_says_so_and_asks_once(open_user: Any, form: str) -> None:
    user = open_user()
    user.linkedin.plan("accessToken", ISSUES[form])
    result = user.login()
    assert (result.code, "Traceback" in result.text) == (1, False), result.text
    assert len(user.linkedin.seen("accessToken")) == 1, "a code works once"
    assert user.linkedin.authority.app.client_secret not in result.text


@pytest.mark.parametrize(
    "error", ["user_cancelled_login", "user_cancelled_authorize", "access_denied", "odd"]
)
def test_a_member_who_refuses(open_user: Any, error: str) -> None:
    user = open_user()
    user.linkedin.authority.deny = error
    result = user.login()
    assert result.code == 1, result.text
    assert user.linkedin.seen("accessToken") == []


def test_a_scope_that_the_app_lacks(open_user: Any) -> None:
    user = open_user()
    user.linkedin.authority.app.scopes = frozenset({"openid", "profile"})
    result = user.login()
    assert result.code == 1
    assert 'Scope "w_member_social" is not authorized' in result.text


STORED = 60
"""Days that the token has by what was said at login."""
INTROSPECTIONS: dict[str, tuple[Answer | None, str]] = {
    "full": (None, f"in {STORED - 1} days"),
    "bare": (json_answer(200, {"active": True}), f"in {STORED - 1} days"),
    "inactive": (json_answer(200, {"active": False}), "was revoked"),
    "revoked": (json_answer(200, {"active": False, "status": "revoked"}), "revoked"),
    "text-time": (
        json_answer(200, {"active": True, "expires_at": "1999999999", "scope": "a,b"}),
        "2033-05-18",
    ),
    "milliseconds": (
        json_answer(200, {"active": True, "expires_at": 1999999999000}),
        f"in {STORED - 1} days",
    ),
    "odd-time": (
        json_answer(200, {"active": True, "expires_at": 10**30, "scope": None}),
        f"in {STORED - 1} days",
    ),
    "zero": (json_answer(200, {"active": True, "expires_at": 0}), f"in {STORED - 1} days"),
    "refused": (
        json_answer(401, {"error": "invalid_client", "error_description": "no"}),
        "could not be asked",
    ),
    "page": (html_answer(503), "could not be asked"),
    "list": (json_answer(200, []), "could not be asked"),
}


@pytest.mark.parametrize("form", INTROSPECTIONS)
def test_every_form_of_looking_into_a_token(open_user: Any, form: str) -> None:
    user = open_user()
    assert user.login().code == 0
    answer, said = INTROSPECTIONS[form]
    if answer is not None:
        user.linkedin.plan("introspectToken", answer, times=5)
    result = user.run("auth", "status")
    refused = "revoked" in said or "could not be asked" in said
    assert (result.code, said in result.text) == (int(refused), True), result.text
    if answer is not None:
        user.linkedin.plan("introspectToken", answer, times=5)
    assert user.run("doctor").code in (0, 1)


@pytest.mark.parametrize("answer", [
    problem(403, "Not enough permissions to access: userinfo.GET.NO_VERSION", code="ACCESS_DENIED"),
    problem(401, "The token used in the request has been revoked by the user", serviceErrorCode=65601),
    html_answer(500),
    json_answer(200, {"name": "Nobody"}),
    json_answer(200, {"sub": 5}),
])  # fmt: skip
def test_userinfo_that_does_not_tell_who(open_user: Any, answer: Answer) -> None:
    user = open_user()
    user.linkedin.plan("userinfo.GET", answer, times=9)
    result = user.login()
    assert "Traceback" not in result.text
    assert result.code in (0, 1)
    assert "userinfo" in result.text or "openid" in result.text or result.code == 1
