"""GitHub's REST API, as far as comments go: a server on loopback that keeps them."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

REPOSITORY = "octo/posts"
LIMIT = 65_536


class GitHub:
    """Comments of pull requests by number.

    ``refuse`` is a status with which every write is answered, ``listed`` what every list is answered with.
    """

    def __init__(self) -> None:
        self.comments: dict[int, list[dict[str, Any]]] = {}
        self.issues: list[dict[str, Any]] = []
        self.requests: list[str] = []
        self.tokens: set[str] = set()
        self.refuse = 0
        self.listed: object = ...
        self._next = 1000
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _answering(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def add(self, number: int, body: str, *, kind: str = "Bot") -> dict[str, Any]:
        """A comment that is there; ``kind`` is the type of its author."""
        self._next += 1
        login = "github-actions[bot]" if kind == "Bot" else "stranger"
        comment = {"id": self._next, "body": body, "user": {"login": login, "type": kind}}
        self.comments.setdefault(number, []).append(comment)
        return comment

    def answer(self, method: str, target: str, body: Any) -> tuple[int, Any]:
        """Status and JSON document for a request."""
        parts, path = urlsplit(target), urlsplit(target).path
        self.requests.append(f"{method} {path}")
        if method != "GET" and self.refuse:
            return self.refuse, {"message": "Resource not accessible by integration"}
        if method != "GET" and len(body.get("body", "")) > LIMIT:
            return 422, {"message": "Body is too long (maximum is 65536 characters)"}
        if (found := self._issue(method, path, parts.query, body)) is not None:
            return found
        one = re.fullmatch(rf"/repos/{REPOSITORY}/issues/(\d+)/comments", path)
        if one and method == "GET" and self.listed is not ...:
            return 200, self.listed
        if one and method == "GET":
            asked = {name: int(values[0]) for name, values in parse_qs(parts.query).items()}
            start = (asked["page"] - 1) * asked["per_page"]
            return 200, self.comments.get(int(one[1]), [])[start : start + asked["per_page"]]
        if one and method == "POST":
            return 201, self.add(int(one[1]), body["body"])
        known = re.fullmatch(rf"/repos/{REPOSITORY}/issues/comments/(\d+)", path)
        for comment in (comment for comments in self.comments.values() for comment in comments):
            if known and method == "PATCH" and comment["id"] == int(known[1]):
                comment["body"] = body["body"]
                return 200, comment
        return 404, {"message": "Not Found"}

    def _issue(self, method: str, path: str, query: str, body: Any) -> tuple[int, Any] | None:
        """The answer about issues; None if the request is about something else."""
        one = re.fullmatch(rf"/repos/{REPOSITORY}/issues(?:/(\d+))?", path)
        if one is None:
            return None
        if method == "POST":
            self.add_issue(body["body"], title=body["title"])
            return 201, self.issues[-1]
        if method == "PATCH":
            issue = next(issue for issue in self.issues if issue["number"] == int(one[1]))
            issue.update(body)
            return 200, issue
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        start = (int(asked["page"]) - 1) * int(asked["per_page"])
        found = [issue for issue in self.issues if issue["state"] == asked["state"]]
        return 200, found[start : start + int(asked["per_page"])]

    def add_issue(self, body: str, *, title: str = "", kind: str = "Bot", **more: Any) -> dict[str, Any]:
        """An issue that is there; ``kind`` is the type of its author."""
        number = len(self.issues) + 1
        self.issues.append(
            {"number": number, "title": title, "body": body, "state": "open", "user": {"type": kind}, **more}
        )
        return self.issues[-1]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _answering(github: GitHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            github.tokens.add(self.headers.get("Authorization", ""))
            status, document = github.answer(self.command, self.path, body)
            data = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = _do  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
