"""Read LinkedIn's answer from the address that it sends the browser back to: a code, or an error."""

import hmac
import html
from urllib.parse import parse_qs, urlsplit

from publisher.errors import PublisherError


class LoginFailed(PublisherError):  # noqa: N818 - a condition, named as users know it
    """The member refused, LinkedIn did, or the answer is not one to this login."""


_PLAIN: dict[str, tuple[str, str]] = {
    "user_cancelled_login": (
        "Nobody logged in to LinkedIn.",
        "Run `publisher auth login` again and log in with the account that posts.",
    ),
    "user_cancelled_authorize": (
        "The permission was refused on LinkedIn's page.",
        "LinkedIn grants all of the scopes or none: run `publisher auth login` again and allow them.",
    ),
    "access_denied": (
        "The permission was refused.",
        "Run `publisher auth login` again and allow all scopes.",
    ),
    "unauthorized_scope_error": (
        "The app may not request one of the scopes; LinkedIn then refuses all of them.",
        "Add the product that has it on the app's Products tab (`Share on LinkedIn` has w_member_social, `Sign In with "
        "LinkedIn using OpenID Connect` has openid, profile and email), or leave it out with --scope.",
    ),
    "invalid_scope_error": (
        "One of the scopes does not exist.",
        "Check the spelling of --scope.",
    ),
    "invalid_redirect_uri": (
        "The redirect URL is not one of the app's.",
        "Register the URL of --redirect-uri on the app's Auth tab, letter by letter.",
    ),
}
_STRANGE = "This answer does not belong to this login; it may be an old one, or forged."


def read_redirect(url: str, state: str) -> str:
    """Return the code in the URL that the browser was sent back to; a bare query is fine too.

    ``state`` is compared in constant time before anything else is believed. Raise `LoginFailed`.
    """
    text = url.strip()
    query = urlsplit(text).query if "?" in text else text
    try:
        found = parse_qs(query, keep_blank_values=True, max_num_fields=20)
    except ValueError:
        found = {}
    # first of all: an answer without this login's state may be an attack
    if not hmac.compare_digest(_one(found, "state").encode(), state.encode()):
        raise LoginFailed(_STRANGE, "Run `publisher auth login` again and use the link it shows.")
    error = _one(found, "error")
    if error:
        raise _refused(error, _one(found, "error_description"))
    code = _one(found, "code")
    if not code:
        raise LoginFailed("LinkedIn sent neither a code nor an error.", "Run `publisher auth login` again.")
    return code


def is_strange(error: LoginFailed) -> bool:
    """Return whether an answer was not one to this login, so that the right one may still come."""
    return error.message == _STRANGE


def _one(found: dict[str, list[str]], name: str) -> str:
    """Return a parameter that is there exactly once; a repeated one is as good as none."""
    values = found.get(name, [])
    return values[0] if len(values) == 1 else ""


def _refused(error: str, description: str) -> LoginFailed:
    # LinkedIn escapes the description for HTML before it goes into the URL
    said = _line(html.unescape(description)) or _line(error)
    message, remedy = _PLAIN.get(
        error, ("LinkedIn refused the login.", "See the app's Auth and Products tabs, then try again.")
    )
    return LoginFailed(f"{message} LinkedIn: {said}", remedy)


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text[:300]).split())
