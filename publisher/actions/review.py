"""Comment the plan on a pull request, or say in the log why that is not possible."""

from collections.abc import Mapping

import click
import requests

from publisher.actions.comment import Comments, marker
from publisher.actions.event import Event
from publisher.actions.github_api import API_URL, reason
from publisher.actions.runner import warn


def comment_on(event: Event, environ: Mapping[str, str], directory: str, body: str, *, news: bool) -> None:
    """Write or update the comment; without ``news`` only one that is there already is updated.

    A pull request from a fork gets none: its run has no right to write. Failing to comment fails nothing
    else.
    """
    request = event.pull_request
    token = environ.get("GITHUB_TOKEN", "")
    if request is None or not event.repository:
        return
    # GitHub gives runs of forks a read-only token (docs.github.com, pull_request event).
    if request.fork:
        click.echo("::notice::A pull request from a fork gets no comment; the plan is in the summary.")
        return
    if not token:
        warn("There is no GITHUB_TOKEN, so the plan is in the summary only.")
        return
    text = (
        f"### publisher\n\n{body}\n\nAt {request.commit}." if request.commit else f"### publisher\n\n{body}"
    )
    comments = Comments(environ.get("GITHUB_API_URL") or API_URL, event.repository, request.number, token)
    try:
        comments.put(marker(directory), text, worth_a_new_one=news)
    except (requests.RequestException, KeyError, TypeError, ValueError) as error:
        needs = "It needs `permissions: pull-requests: write`."
        warn(f"The plan is in the summary only; commenting failed: {reason(error)}. {needs}")
