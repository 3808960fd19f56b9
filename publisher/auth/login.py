"""Logging in: from an app's id and secret to a grant in the vault, whichever way the code comes."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from publisher.auth.grant import Grant
from publisher.auth.scopes import LISTS_ORGANIZATIONS, READS_IDENTITY, is_organization
from publisher.errors import ApiError, Unauthorized, UsageError
from publisher.model.config import Config
from publisher.model.post import Author
from publisher.networks.linkedin.identity import Identity, read_identity
from publisher.networks.linkedin.oauth import Client, Issued, authorization_url, exchange_code
from publisher.networks.linkedin.organizations import Organization, read_organizations
from publisher.networks.linkedin.transport import Runtime, Transport

# LinkedIn may refuse a token with 65601 for a few seconds after it was issued. Other clients report it, and
# one of them sleeps 5 s (read 2026-11-23). Three pauses of 2 s cover that, and a token that works costs no
# pause.
_FRESH_TOKEN_TRIES = 4
_FRESH_TOKEN_PAUSE = 2.0


@dataclass(frozen=True, slots=True)
class Login:
    """One login: its author, its app, and the scopes that it asks for. ``state`` is new for each login."""

    config: Config
    author: Author
    client: Client
    scopes: tuple[str, ...]
    redirect_uri: str
    state: str

    @property
    def link(self) -> str:
        """The page on which the member allows it."""
        return authorization_url(
            self.config.linkedin.oauth_url, self.client.id, self.redirect_uri, self.scopes, self.state
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a login: the grant, the member if known, and scopes that were asked for but not given."""

    grant: Grant
    identity: Identity | None
    missing_scopes: tuple[str, ...] = ()
    remark: str = ""


def new_state() -> str:
    """Return a random value that identifies LinkedIn's answer."""
    return secrets.token_urlsafe(32)


def finish(login: Login, code: str, runtime: Runtime) -> Outcome:
    """Turn the code into a grant, and find its author. Store nothing yet.

    Raise `ApiError`, and `UsageError` if the author can't be learned and is not configured.
    """
    issued = exchange_code(
        Transport(login.config.linkedin.oauth_url, runtime), login.client, code, login.redirect_uri
    )
    # LinkedIn may leave the scopes out where they are those asked for
    scopes = issued.scopes or tuple(sorted(login.scopes))
    identity, remark = _identity(login, issued, scopes, runtime)
    author = _author(login.author, identity)
    return Outcome(
        grant=_grant(login, issued, scopes, author, identity, runtime),
        identity=identity,
        missing_scopes=tuple(scope for scope in login.scopes if scope not in scopes),
        remark=remark,
    )


def organizations(login: Login, outcome: Outcome, runtime: Runtime) -> tuple[Organization, ...] | None:
    """Return the pages the member may post for; None if the scopes don't let a token ask.

    Raise `ApiError`.
    """
    # without the scope LinkedIn answers 403, which would look like a failed login
    if not LISTS_ORGANIZATIONS.intersection(outcome.grant.scopes):
        return None
    transport = Transport(login.config.linkedin.api_url, runtime)
    return read_organizations(transport, outcome.grant.access_token, login.config.linkedin.version)


def _identity(
    login: Login, issued: Issued, scopes: tuple[str, ...], runtime: Runtime
) -> tuple[Identity | None, str]:
    """Return the member, if the scopes let a token ask, and a remark if LinkedIn did not answer."""
    if not READS_IDENTITY.issubset(scopes):
        return None, ""
    transport = Transport(login.config.linkedin.api_url, runtime)
    try:
        return _patiently(lambda: read_identity(transport, issued.access_token), runtime), ""
    except ApiError as error:
        if not login.author.urn:
            raise
        return None, f"LinkedIn did not say who the member is ({error.message})"


def _patiently(ask: Callable[[], Identity], runtime: Runtime) -> Identity:
    """Ask again if LinkedIn does not know a new token yet."""
    for _ in range(_FRESH_TOKEN_TRIES - 1):
        try:
            return ask()
        except Unauthorized:
            runtime.sleep(_FRESH_TOKEN_PAUSE)
    return ask()


def _author(author: Author, identity: Identity | None) -> str:
    # a page's token is a member's, who acts for the page
    if is_organization(author.urn):
        return author.urn
    if identity is not None:
        return identity.urn
    if author.urn:
        return author.urn
    raise UsageError(
        "LinkedIn tells who a member is only with the scopes openid and profile.",
        "Add them with --scope, or write the author's URN into `authors:` of publisher.yaml.",
    )


def _grant(
    login: Login,
    issued: Issued,
    scopes: tuple[str, ...],
    author: str,
    identity: Identity | None,
    runtime: Runtime,
) -> Grant:
    now = runtime.now().replace(microsecond=0)
    renewal = issued.refresh_expires_in
    return Grant(
        author=author,
        access_token=issued.access_token,
        expires_at=now + timedelta(seconds=issued.expires_in) if issued.expires_in else None,
        scopes=scopes,
        client_id=login.client.id,
        name=identity.name if identity else "",
        refresh_token=issued.refresh_token,
        refresh_expires_at=now + timedelta(seconds=renewal) if issued.refresh_token and renewal else None,
        oauth_url=login.config.linkedin.oauth_url,
    )
