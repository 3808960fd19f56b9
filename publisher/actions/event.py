"""The event that started a workflow, as far as it matters here.

Strangers may have written its texts. None of them is executed.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class PullRequest:
    """``fork`` tells whether it comes from another repository, where nothing may be written back."""

    number: int
    commit: str
    fork: bool


@dataclass(frozen=True, slots=True)
class Event:
    """``name`` is GitHub's, such as ``push``; ``repository`` is ``owner/name``.

    ``branch`` is where the run was started (empty: a tag, or not known), ``default_branch`` the repository's.
    """

    name: str
    repository: str
    branch: str = ""
    default_branch: str = ""
    pull_request: PullRequest | None = None


def read_event(environ: Mapping[str, str]) -> Event:
    """Return the event of a runner's environment; one without a readable payload is only its name."""
    try:
        payload = json.loads(Path(environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    except (KeyError, OSError, ValueError):
        payload = {}
    repository = environ.get("GITHUB_REPOSITORY", "")
    payload = payload if isinstance(payload, dict) else {}
    found, about = payload.get("pull_request"), payload.get("repository")
    ref = environ.get("GITHUB_REF", "")
    return Event(
        environ.get("GITHUB_EVENT_NAME", ""),
        repository if re.fullmatch(r"[\w.-]+/[\w.-]+", repository) else "",
        ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else "",
        str(about.get("default_branch", "")) if isinstance(about, dict) else "",
        _pull_request(found, repository) if isinstance(found, dict) else None,
    )


def _pull_request(found: Mapping[str, Any], repository: str) -> PullRequest | None:
    number, head = found.get("number"), found.get("head") or {}
    if not isinstance(number, int) or number < 1:
        return None
    commit = str(head.get("sha", ""))
    # a fork that was deleted meanwhile has no repository any more
    origin = (head.get("repo") or {}).get("full_name")
    return PullRequest(
        number, commit if re.fullmatch(r"[0-9a-f]{40,64}", commit) else "", origin != repository
    )
