"""Report each author's token: where it is, what it may do, when it ends."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from publisher.auth.client import stored_client
from publisher.auth.copies import find_secret, labels_of, open_with, place_of
from publisher.auth.copies import missing as missing_copy
from publisher.auth.grant import read_time
from publisher.auth.tokens import login_command
from publisher.auth.trust import require_api, require_bound
from publisher.auth.vault import Vault
from publisher.errors import ApiError, PublisherError, UntrustedHost
from publisher.model.config import Config
from publisher.model.post import Author
from publisher.networks.environment import environment_token
from publisher.networks.linkedin.identity import read_identity
from publisher.networks.linkedin.oauth import Client, introspect
from publisher.networks.linkedin.transport import Runtime, Transport
from publisher.networks.opening import network_of
from publisher.networks.wire import WireRuntime

Source = Literal["environment", "keyring", "file", "none"]


@dataclass(frozen=True, slots=True)
class TokenStatus:
    """One author's token.

    ``checked`` says whether the network was asked; ``problem`` is empty if it can be used.

    ``endless`` says that it lasts until somebody revokes it, as app passwords do.

    ``expires_at`` is UTC and None if unknown; with ``refreshable`` the product renews the token by itself.
    """

    author: Author
    source: Source
    name: str = ""
    scopes: tuple[str, ...] = ()
    expires_at: datetime | None = None
    refreshable: bool = False
    endless: bool = False
    checked: bool = False
    problem: str = ""
    remedy: str = ""


def authors_of(config: Config, vault: Vault) -> tuple[Author, ...]:
    """Return the configured authors, then those of stored tokens that no configuration names."""
    named = tuple(config.authors.values())
    known = {author.urn for author in named}
    stored = vault.facts(config.linkedin.api_url)
    return named + tuple(Author(urn) for urn in sorted(stored) if urn not in known)


def read_statuses(
    authors: Iterable[Author],
    config: Config,
    environ: Mapping[str, str],
    vault: Vault,
    runtime: Runtime,
    *,
    online: bool,
) -> tuple[TokenStatus, ...]:
    """Return the status of each author's token.

    ``online`` asks LinkedIn too, where the app's id and secret are known.
    """
    authors = tuple(authors)
    copies = {
        author: copy_status(author, environ, vault, runtime, online=online)
        for author in authors
        if author.network != "linkedin"
    }
    members = [author for author in authors if author not in copies]
    told = dict(
        zip(members, _member_statuses(members, config, environ, vault, runtime, online=online), strict=True)
    )
    return tuple(copies.get(author) or told[author] for author in authors)


def title(author: Author) -> str:
    """Return the name of an author's network."""
    return "LinkedIn" if author.network == "linkedin" else network_of(author.network).title


def copy_status(
    author: Author, environ: Mapping[str, str], vault: Vault, runtime: Runtime, *, online: bool
) -> TokenStatus:
    """Return the status of a secret of another network; ``online`` asks it whose secret it is."""
    source: Source = "none"
    again = f"`{login_command(author)}` asks for a new one."
    try:
        secret = find_secret(author, environ, vault)
        if secret is None:
            error = missing_copy(author)
            return TokenStatus(author, "none", problem=error.message, remedy=error.remedy, endless=True)
        source = _place(author, environ, vault) if secret.bound else "environment"
        if not online:
            return TokenStatus(author, source, endless=True)
        # a person waits for the answer, so a network that is down is asked only twice
        wire = WireRuntime(sleep=runtime.sleep, now=runtime.now, timeouts=runtime.timeouts, attempts=2)
        identity = open_with(author, secret, environ, vault, wire).identity
    except PublisherError as error:
        return TokenStatus(author, source, problem=error.message, remedy=error.remedy or again, endless=True)
    other = not author.provisional and identity != author.urn
    problem = f"It belongs to {identity}, not to {author.urn}." if other else ""
    return TokenStatus(
        author,
        source,
        name=identity,
        endless=True,
        checked=True,
        problem=problem,
        remedy=again if other else "",
    )


def _place(author: Author, environ: Mapping[str, str], vault: Vault) -> Source:
    facts = vault.facts(place_of(author, environ))
    kept = next((facts[label] for label in labels_of(author) if label in facts), {})
    return "keyring" if kept.get("secrets") == "keyring" else "file"


def _member_statuses(
    authors: Iterable[Author],
    config: Config,
    environ: Mapping[str, str],
    vault: Vault,
    runtime: Runtime,
    *,
    online: bool,
) -> tuple[TokenStatus, ...]:
    """Return the status of each token of LinkedIn."""
    found = tuple(_known(author, config, environ, vault) for author in authors)
    try:
        client = stored_client(config, environ, vault) if online else None
    except UntrustedHost as error:
        return tuple(replace(status, problem=error.message, remedy=error.remedy) for status in found)
    if online:
        found = tuple(_ask(status, client, config, environ, vault, runtime) for status in found)
    return tuple(_judged(status, runtime.now()) for status in found)


def expiring(status: TokenStatus, within: timedelta, now: datetime) -> str:
    """Return why a status fails a demand to last ``within``; empty if it does not."""
    if status.problem:
        return status.problem
    if status.endless:
        return ""
    if status.expires_at is None:
        return (
            "Its expiry is unknown: set LINKEDIN_CLIENT_ID and LINKEDIN_CLIENT_SECRET, "
            "so that publisher can ask LinkedIn."
        )
    if status.expires_at - now < within:
        return f"It ends on {status.expires_at:%Y-%m-%d %H:%M} UTC, sooner than required."
    return ""


def _known(author: Author, config: Config, environ: Mapping[str, str], vault: Vault) -> TokenStatus:
    """Return what is known without asking anybody."""
    try:
        if environment_token(author.token_env, environ):
            require_api(config, environ)
            return TokenStatus(author, "environment")
    except UntrustedHost as error:
        return TokenStatus(author, "environment", problem=error.message, remedy=error.remedy)
    facts: Mapping[str, Any] | None = vault.facts(config.linkedin.api_url).get(author.urn)
    if facts is None:
        return TokenStatus(author, "none")
    refreshable = bool(facts.get("refreshable"))
    # a token that renews itself ends with its refresh token
    ends = (
        read_time(facts.get("expires_at")),
        read_time(facts.get("refresh_expires_at")) if refreshable else None,
    )
    return TokenStatus(
        author,
        "keyring" if facts.get("secrets") == "keyring" else "file",
        name=str(facts.get("name", "")),
        scopes=tuple(facts.get("scopes", ())),
        expires_at=max((time for time in ends if time), default=None),
        refreshable=refreshable,
    )


def _ask(
    status: TokenStatus,
    client: Client | None,
    config: Config,
    environ: Mapping[str, str],
    vault: Vault,
    runtime: Runtime,
) -> TokenStatus:
    """Return the status with LinkedIn's facts about the token, or unchanged if LinkedIn can't be asked."""
    if status.source == "none" or status.problem:
        return status
    try:
        token = environment_token(status.author.token_env, environ) or _stored(
            status.author, config, environ, vault
        )
        # introspection needs the app's secret; without it, one request shows at least whether the token is
        # refused
        if client is None:
            return _tried(status, token, config, runtime)
        said = introspect(Transport(config.linkedin.oauth_url, runtime), client, token)
    except ApiError as error:
        return replace(status, problem=f"LinkedIn could not be asked: {error.message}", remedy=error.remedy)
    except PublisherError as error:
        return replace(status, problem=error.message, remedy=error.remedy)
    if not said.active:
        why = {"expired": "It has expired.", "revoked": "It was revoked."}.get(
            said.status,
            "LinkedIn says it isn't active: it has expired, was revoked or belongs to another app.",
        )
        return replace(status, checked=True, scopes=said.scopes or status.scopes, problem=why)
    known = status.expires_at if status.refreshable else said.expires_at or status.expires_at
    return replace(status, checked=True, scopes=said.scopes or status.scopes, expires_at=known)


def _tried(status: TokenStatus, token: str, config: Config, runtime: Runtime) -> TokenStatus:
    """Return the status after one request with the token: only a 401 says that LinkedIn refuses it."""
    try:
        read_identity(Transport(config.linkedin.api_url, runtime), token)
    except ApiError as error:
        if error.status == 401:
            return replace(status, problem=f"LinkedIn refuses it: {error.message}", remedy="")
    return status


def _stored(author: Author, config: Config, environ: Mapping[str, str], vault: Vault) -> str:
    grant = vault.get(config.linkedin.api_url, author.urn)
    if grant is None:
        return ""
    require_bound(grant, config, environ)
    return grant.access_token


def _judged(status: TokenStatus, now: datetime) -> TokenStatus:
    """Return the status with its problem and remedy, if it has one."""
    again = f"`{login_command(status.author)}` gets a new one."
    if status.source == "none":
        return replace(
            status, problem="There is no token.", remedy=f"{again} Or set {status.author.token_env}."
        )
    if not status.problem and status.expires_at is not None and status.expires_at <= now:
        ended = status.expires_at.astimezone(UTC)
        return replace(status, problem=f"It ended on {ended:%Y-%m-%d %H:%M} UTC.", remedy=again)
    return status if status.remedy or not status.problem else replace(status, remedy=again)
