"""When a stored token ends, as far as is known offline; apart from `tokens`, so that a plan imports no client."""

from collections.abc import Mapping
from datetime import datetime

from publisher.auth.grant import read_time
from publisher.auth.vault import Vault
from publisher.model.config import Config
from publisher.model.post import Author
from publisher.networks.environment import has_environment_token


def known_expiry(author: Author, config: Config, environ: Mapping[str, str], vault: Vault) -> datetime | None:
    """When the author's token ends for good; aware, UTC. None where unknown.

    A token from the environment says nothing of its end. Raises `UsageError` where the vault is broken.
    """
    if has_environment_token(author.token_env, environ):
        return None
    facts = vault.facts(config.linkedin.api_url).get(author.urn)
    if facts is None:
        return None
    ends = [read_time(facts.get("expires_at"))]
    if facts.get("refreshable"):
        ends.append(read_time(facts.get("refresh_expires_at")))
    return max((time for time in ends if time), default=None)
