"""One comment under a pull request, which is updated rather than repeated, over GitHub's REST API."""

from urllib.parse import quote

from publisher.actions.github_api import GitHubApi, same_text


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
        self._api = GitHubApi(token)

    def put(self, mark: str, body: str, *, worth_a_new_one: bool = True) -> str:
        """Make the comment that begins with ``mark`` say ``body``; return ``created``, ``updated`` or ``none``."""
        text = f"{mark}\n{body}"
        comments = f"{self._root}/{self._number}/comments"
        found = self._api.find(comments, mark)
        if found is None:
            if not worth_a_new_one:
                return "none"
            self._api.send("POST", comments, {"body": text})
            return "created"
        if same_text(found, text):
            return "none"
        self._api.send("PATCH", f"{self._root}/comments/{int(found['id'])}", {"body": text})
        return "updated"
