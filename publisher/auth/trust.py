"""Whether LinkedIn's addresses in the settings may receive what this user keeps secret."""

from collections.abc import Mapping

from publisher.auth.grant import Grant
from publisher.errors import UntrustedHost
from publisher.model.config import Config
from publisher.networks.hosts import LINKEDIN, require_host
from publisher.networks.linkedin.variables import API_URL_VARIABLE, OAUTH_URL_VARIABLE


def require_api(config: Config, environ: Mapping[str, str], *, bound: bool = False) -> None:
    """Raise `UntrustedHost` unless the API may see a token.

    ``bound``: a login stored the token for this address.
    """
    require_host(config.linkedin.api_url, LINKEDIN, environ, overrides=(API_URL_VARIABLE,), bound=bound)


def require_oauth(config: Config, environ: Mapping[str, str], *, bound: bool = False) -> None:
    """Raise `UntrustedHost` unless the OAuth pages may see tokens and the app's secret."""
    require_host(config.linkedin.oauth_url, LINKEDIN, environ, overrides=(OAUTH_URL_VARIABLE,), bound=bound)


def require_bound(grant: Grant, config: Config, environ: Mapping[str, str]) -> None:
    """Raise `UntrustedHost` unless a stored grant may go to the OAuth pages: those that it came from.

    A grant of an older version does not say where it came from; then the pages must be trusted by themselves.
    """
    if not grant.oauth_url:
        require_oauth(config, environ)
    elif grant.oauth_url != config.linkedin.oauth_url:
        raise UntrustedHost(
            f"The stored token of {grant.author} came from {grant.oauth_url}, so it does not go to "
            f"{config.linkedin.oauth_url}.",
            "Correct `linkedin.oauth_url`, or `publisher auth login` again.",
        )
    else:
        require_oauth(config, environ, bound=True)
