"""One comment under a pull request, which is updated rather than repeated, over GitHub's REST API."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import requests

from publisher import __version__

API_URL = "https://api.github.com"
_TIMEOUT = (10, 30)
MOST_PAGES = 100


def marker(directory: str) -> str:
    """Return the hidden line by which the comment is found again; one for each project of a repository."""
    return f"<!-- publisher:plan:{quote(directory, safe='')} -->"


class Comments:
    """The comments of a pull request.

    ``token`` is the workflow's; every method raises `requests.RequestException`.
    """

    def __init__(self, api_url: str, repository: str, number: int, token: str) -> None:
        self._root = f"{api_url.rstrip('/')}/repos/{repository}/issues"
        self._number = number
        self._session = github_session(token)

    def put(self, mark: str, body: str, *, worth_a_new_one: bool = True) -> str:
        """Make the comment that begins with ``mark`` say ``body``; returns ``created``, ``updated`` or
        ``none``.
        """
        text = f"{mark}\n{body}"
        found = self._find(mark)
        if found is None:
            if not worth_a_new_one:
                return "none"
            self._send("POST", f"{self._root}/{self._number}/comments", {"body": text})
            return "created"
        if found["body"].replace("\r\n", "\n") == text:
            return "none"
        self._send("PATCH", f"{self._root}/comments/{int(found['id'])}", {"body": text})
        return "updated"

    def _find(self, mark: str) -> Mapping[str, Any] | None:
        """Return our comment. It is a bot's: any person can write a comment that begins with the mark."""
        for comment in self._all():
            # `user` is null where the account was deleted (GitHub's REST API).
            is_bot = (comment.get("user") or {}).get("type") == "Bot"
            if is_bot and str(comment.get("body", "")).startswith(mark):
                return comment
        return None

    def _all(self) -> Iterator[Mapping[str, Any]]:
        for page in range(1, MOST_PAGES + 1):
            url = f"{self._root}/{self._number}/comments?per_page=100&page={page}"
            answer = self._session.get(url, timeout=_TIMEOUT, allow_redirects=False)
            check(answer)
            comments = answer.json()
            if not isinstance(comments, list) or not all(isinstance(each, dict) for each in comments):
                raise ValueError("a list of comments was asked for")
            yield from comments
            if len(comments) < 100:
                return

    def _send(self, method: str, url: str, document: Mapping[str, str]) -> None:
        check(self._session.request(method, url, json=document, timeout=_TIMEOUT, allow_redirects=False))


def github_session(token: str) -> requests.Session:
    """Return a session for GitHub's REST API with the workflow's token."""
    session = requests.Session()
    session.auth = _Bearer(token)  # else a .netrc would speak for us
    session.headers.update(
        {
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
            "User-Agent": f"publisher/{__version__}",
        }
    )
    return session


class _Bearer(requests.auth.AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def reason(error: Exception) -> str:
    """Return why a call failed, without what the answer says."""
    answer = error.response if isinstance(error, requests.RequestException) else None
    return f"GitHub answered {answer.status_code}" if answer is not None else type(error).__name__


def check(answer: requests.Response) -> None:
    """Raise `requests.RequestException` unless an answer is a success."""
    answer.raise_for_status()
    # Redirects are not followed, because the token must not go to another host.
    if answer.status_code >= 300:
        raise requests.RequestException(f"{answer.status_code} instead of an answer from {answer.url}")
