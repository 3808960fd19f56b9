"""Find an author's token for publishing: in the environment, else a stored one, refreshed if possible."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from publisher.auth.grant import Grant
from publisher.auth.refresh import refreshed
from publisher.auth.trust import require_api
from publisher.auth.vault import Vault, config_directory, known_expiry
from publisher.errors import Unauthorized, UntrustedHost
from publisher.model.config import Config
from publisher.model.post import Author
from publisher.networks.environment import environment_token
from publisher.networks.linkedin.transport import Runtime

REFRESH_BEFORE = timedelta(days=1)
"""A token that ends sooner is refreshed if a refresh token exists.

Access tokens last 60 days ("Authorization Code Flow", Microsoft Learn, 2025-11-17). A day lets a daily run
renew its token before it ends. Only apps of approved partners get refresh tokens ("Programmatic Refresh
Tokens").
"""


class TokenSource:
    """Callable with an `Author`, as gateways want it; keeps what it found for the length of a run. Safe to
    share by threads.
    """

    def __init__(
        self,
        config: Config,
        environ: Mapping[str, str],
        *,
        vault: Vault | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        self._config = config
        self._environ = environ
        self._vault = vault or Vault(config_directory(environ))
        self._runtime = runtime or Runtime()
        self._found: dict[str, str] = {}
        self._lock = threading.Lock()

    def __call__(self, author: Author) -> str:
        """Return the author's token.

        Raise `Unauthorized` with the remedy if there is none, or it has ended, and `UntrustedHost` where
        only a project file names the host that it would go to.
        """
        if author.network != "linkedin":
            raise UntrustedHost(
                f"The secret of {_name(author)} is none of LinkedIn's, so it is not sent there.",
                "Report this: a post of another network was on its way to LinkedIn.",
            )
        given = environment_token(author.token_env, self._environ)
        if given:
            require_api(self._config, self._environ)
            return given
        with self._lock:  # a refresh token may be good for one refresh only
            if author.urn not in self._found:
                self._found[author.urn] = self._stored(author).access_token
            return self._found[author.urn]

    def expiry(self, author: Author) -> datetime | None:
        """Return when the author's token ends for good, as far as is known offline; aware, UTC.

        Return None if it is unknown.

        A token from the environment says nothing of its end.
        """
        return known_expiry(author, self._config, self._environ, self._vault)

    def _stored(self, author: Author) -> Grant:
        grant = self._vault.get(self._config.linkedin.api_url, author.urn)
        if grant is None:
            raise missing(author, self._config)
        require_api(self._config, self._environ, bound=True)
        now = self._runtime.now()
        # where the end is not known LinkedIn is the judge
        if grant.expires_at is None or grant.expires_at - now > REFRESH_BEFORE:
            return grant
        if grant.refresh_token is not None:
            grant = refreshed(grant, self._vault, self._config, self._environ, self._runtime)
        if grant.expires_at is not None and grant.expires_at <= now:
            raise Unauthorized(
                f"The token of {_name(author)} ended on {grant.expires_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC.",
                f"`{login_command(author)}` gets a new one.",
                code="EXPIRED_ACCESS_TOKEN",
            )
        return grant


def missing(author: Author, config: Config) -> Unauthorized:
    """Return the error for an author without any token."""
    return Unauthorized(
        f"There is no token for {_name(author)} at {config.linkedin.api_url}.",
        f"`{login_command(author)}` gets one, or set {author.token_env}.",
        code="NO_TOKEN",
    )


def login_command(author: Author) -> str:
    """Return the command that logs this author in."""
    return f"publisher auth login --author {author.alias}" if author.alias else "publisher auth login"


def _name(author: Author) -> str:
    return f"{author.alias} ({author.urn})" if author.alias else author.urn
