"""GitHub's REST API, as far as a workflow's token needs it."""

from collections.abc import Iterator, Mapping
from typing import Any

import requests

from publisher import __version__

API_URL = "https://api.github.com"
_TIMEOUT = (10, 30)
# 100 is GitHub's largest page, so a shorter one is the last.
_PAGE = 100
_MOST_PAGES = 100


class GitHubApi:
    """Calls with the workflow's token. Each raises `requests.RequestException` unless the answer is a success."""

    def __init__(self, token: str) -> None:
        self._session = requests.Session()
        self._session.auth = _Bearer(token)  # else a .netrc would speak for us
        self._session.headers.update(
            {
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
                "User-Agent": f"publisher/{__version__}",
            }
        )

    def find(self, url: str, mark: str) -> Mapping[str, Any] | None:
        """Return the first comment or issue of a list that begins with ``mark`` and is a bot's.

        Any person can write one that begins with the mark. Raise ValueError if the answer is not a list.
        """
        return next((one for one in self._all(url) if _is_ours(one, mark)), None)

    def send(self, method: str, url: str, document: Mapping[str, str]) -> None:
        """Send a JSON document."""
        _check(self._session.request(method, url, json=document, timeout=_TIMEOUT, allow_redirects=False))

    def _all(self, url: str) -> Iterator[Mapping[str, Any]]:
        for page in range(1, _MOST_PAGES + 1):
            query = {"per_page": _PAGE, "page": page}
            answer = self._session.get(url, params=query, timeout=_TIMEOUT, allow_redirects=False)
            _check(answer)
            found = answer.json()
            if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
                raise ValueError("the answer is not a list")
            yield from found
            if len(found) < _PAGE:
                return


class _Bearer(requests.auth.AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _is_ours(one: Mapping[str, Any], mark: str) -> bool:
    # `user` is null where the account was deleted (GitHub's REST API).
    is_bot = (one.get("user") or {}).get("type") == "Bot"
    # the list of issues has pull requests in it
    return is_bot and "pull_request" not in one and str(one.get("body", "")).startswith(mark)


def same_text(found: Mapping[str, Any], text: str) -> bool:
    """Return whether a comment or issue says ``text`` already: writing it again would mark it as edited."""
    # GitHub stores line breaks as CRLF where the web page edited the text.
    return str(found["body"]).replace("\r\n", "\n") == text


def reason(error: Exception) -> str:
    """Return why a call failed, without what the answer says."""
    answer = error.response if isinstance(error, requests.RequestException) else None
    return f"GitHub answered {answer.status_code}" if answer is not None else type(error).__name__


def _check(answer: requests.Response) -> None:
    answer.raise_for_status()
    # Redirects are not followed, because the token must not go to another host.
    if answer.status_code >= 300:
        raise requests.RequestException(f"{answer.status_code} instead of an answer from {answer.url}")
