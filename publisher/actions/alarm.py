"""Keep one open issue for each project while something needs a person, over GitHub's REST API."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import requests

from publisher.actions.comment import API_URL, MOST_PAGES, check, github_session, reason
from publisher.actions.event import Event
from publisher.actions.runner import warn

_TIMEOUT = (10, 30)


class Alarm:
    """The issue of the project in ``directory``. ``token`` is the workflow's."""

    def __init__(self, api_url: str, repository: str, directory: str, token: str) -> None:
        self._url = f"{api_url.rstrip('/')}/repos/{repository}/issues"
        self._mark = f"<!-- publisher:status:{quote(directory, safe='')} -->"
        # GitHub refuses titles of more than 256 characters.
        self._title = f"publisher: {directory} needs a person"[:200]
        self._session = github_session(token)

    def set(self, body: str) -> str:
        """Have one open issue say ``body``; without one, close it. Returns what was done, or ``none``.

        Raise `requests.RequestException`, or ValueError for an answer that is none of GitHub's.
        """
        text = f"{self._mark}\n{body}"
        found = self._find()
        if found is None:
            if not body:
                return "none"
            self._send("POST", self._url, {"title": self._title, "body": text})
            return "created"
        url = f"{self._url}/{int(found['number'])}"
        if not body:
            self._send("PATCH", url, {"state": "closed"})
            return "closed"
        # GitHub stores line breaks as CRLF where the web page edited the text. Writing the same text again
        # would only mark the issue as edited.
        if str(found["body"]).replace("\r\n", "\n") == text:
            return "none"
        self._send("PATCH", url, {"body": text})
        return "updated"

    def _find(self) -> Mapping[str, Any] | None:
        """Return our open issue. It is a bot's: any person can write an issue that begins with the mark."""
        for page in range(1, MOST_PAGES + 1):
            url = f"{self._url}?state=open&per_page=100&page={page}"
            answer = self._session.get(url, timeout=_TIMEOUT, allow_redirects=False)
            check(answer)
            issues = answer.json()
            if not isinstance(issues, list) or not all(isinstance(each, dict) for each in issues):
                raise ValueError("a list of issues was asked for")
            ours: list[dict[str, Any]] = [issue for issue in issues if self._is_ours(issue)]
            if ours:
                return ours[0]
            # 100 is GitHub's largest page, so a shorter one is the last.
            if len(issues) < 100:
                break
        return None

    def _is_ours(self, issue: Mapping[str, Any]) -> bool:
        is_bot = (issue.get("user") or {}).get("type") == "Bot"
        return is_bot and "pull_request" not in issue and str(issue.get("body", "")).startswith(self._mark)

    def _send(self, method: str, url: str, document: Mapping[str, str]) -> None:
        check(self._session.request(method, url, json=document, timeout=_TIMEOUT, allow_redirects=False))


def set_alarm(event: Event, environ: Mapping[str, str], directory: str, body: str) -> None:
    """Keep the project's issue as `Alarm.set` does, if the workflow gives a token. A failure is a warning."""
    token = environ.get("GITHUB_TOKEN", "")
    # a run for a pull request speaks of what was not merged
    if not token or not event.repository or event.name.startswith("pull_request"):
        return
    alarm = Alarm(environ.get("GITHUB_API_URL") or API_URL, event.repository, directory, token)
    try:
        alarm.set(body)
    except (requests.RequestException, KeyError, TypeError, ValueError) as error:
        warn(
            f"The issue about this project was not kept: {reason(error)}. It needs `permissions: issues: write`."
        )
