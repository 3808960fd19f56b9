"""Refreshing a token: under the vault's lock, and never losing the old grant."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from publisher.auth.client import stored_client
from publisher.auth.grant import Grant
from publisher.auth.trust import require_bound
from publisher.auth.vault import Vault
from publisher.errors import ApiError, Unauthorized
from publisher.model.config import Config
from publisher.networks.linkedin.oauth import Issued, refresh
from publisher.networks.linkedin.transport import Runtime, Transport


def refreshed(
    grant: Grant, vault: Vault, config: Config, environ: Mapping[str, str], runtime: Runtime
) -> Grant:
    """Return a fresher grant, stored in place of the old one. If that fails, return a still valid old one.

    If another run has refreshed it while this one waited for the lock, return the grant of that run.
    Raise `ApiError` if the token has ended and no new one can be had.
    """
    api_url = config.linkedin.api_url
    with vault.lock():
        # another run may have been faster while this one waited for the lock
        latest = vault.get(api_url, grant.author) or grant
        if latest.access_token != grant.access_token or latest.refresh_token is None:
            return latest
        # looked up at each refresh and never kept with the grant: the app's secret belongs to no member
        try:
            client = stored_client(config, environ, vault)
            if client is None:
                raise Unauthorized(
                    f"The token of {grant.author} could be refreshed, but the app's id and secret are not known.",
                    "Set LINKEDIN_CLIENT_ID and LINKEDIN_CLIENT_SECRET.",
                )
            require_bound(latest, config, environ)
            issued = refresh(Transport(config.linkedin.oauth_url, runtime), client, latest.refresh_token)
        except ApiError:
            # a failed refresh is no reason to stop while the old token works
            if latest.expires_at is not None and latest.expires_at > runtime.now():
                return latest
            raise
        fresh = merged(latest, issued, runtime)
        vault.put(api_url, fresh)
        return fresh


def merged(old: Grant, issued: Issued, runtime: Runtime) -> Grant:
    """Return a grant with what was newly issued; what the answer leaves out stays."""
    now = runtime.now()

    def ends(seconds: int) -> timedelta:
        return timedelta(seconds=seconds)

    # A refresh does not prolong the refresh token, which ends a year after the login ("Programmatic Refresh
    # Tokens", Microsoft Learn, as of 2026-09-19). So its old end holds if the answer gives none.
    return replace(
        old,
        access_token=issued.access_token,
        expires_at=now + ends(issued.expires_in) if issued.expires_in else None,
        scopes=issued.scopes or old.scopes,
        refresh_token=issued.refresh_token or old.refresh_token,
        refresh_expires_at=(
            now + ends(issued.refresh_expires_in) if issued.refresh_expires_in else old.refresh_expires_at
        ),
    )
