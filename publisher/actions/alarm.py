"""Keep one open issue for each project while something needs a person, over GitHub's REST API."""

from collections.abc import Mapping
from urllib.parse import quote

import requests

from publisher.actions.event import Event
from publisher.actions.github_api import API_URL, GitHubApi, reason, same_text
from publisher.actions.runner import warn


class Alarm:
    """The issue of the project in ``directory``. ``token`` is the workflow's."""

    def __init__(self, api_url: str, repository: str, directory: str, token: str) -> None:
        self._url = f"{api_url.rstrip('/')}/repos/{repository}/issues"
        self._mark = f"<!-- publisher:status:{quote(directory, safe='')} -->"
        # GitHub refuses titles of more than 256 characters.
        self._title = f"publisher: {directory} needs a person"[:200]
        self._api = GitHubApi(token)

    def set(self, body: str) -> str:
        """Have one open issue say ``body``; without one, close it. Return what was done, or ``none``.

        Raise `requests.RequestException`, or ValueError for an answer that is not GitHub's.
        """
        text = f"{self._mark}\n{body}"
        found = self._api.find(f"{self._url}?state=open", self._mark)
        if found is None:
            if not body:
                return "none"
            self._api.send("POST", self._url, {"title": self._title, "body": text})
            return "created"
        url = f"{self._url}/{int(found['number'])}"
        if not body:
            self._api.send("PATCH", url, {"state": "closed"})
            return "closed"
        if same_text(found, text):
            return "none"
        self._api.send("PATCH", url, {"body": text})
        return "updated"


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
