"""The tokens that the environment holds. Every network reads them here, and nowhere else."""

import re
from collections.abc import Mapping

from publisher.environment import TOKENS_VARIABLE, words
from publisher.errors import ConfigError, UntrustedHost


def environment_token(name: str, environ: Mapping[str, str]) -> str:
    """Return the secret in the variable ``name``, without blanks around it. It is empty if it is not set.

    Raise `UntrustedHost` if the variable is set, but is not in the list of those that may be read, and
    `ConfigError` if what it holds can be no token.
    """
    value = environ.get(name, "").strip()  # secrets in CI are often stored with a newline at the end
    allowed = environ.get(TOKENS_VARIABLE)
    if value and allowed is not None and name not in words(allowed):
        raise UntrustedHost(
            f"`token_env` names {name}, which {TOKENS_VARIABLE} does not list, so it is not read.",
            f"If it is a token for publishing, add it to {TOKENS_VARIABLE}.",
        )
    if re.search(r"\s", value):
        remedy = (
            "Paste the token only, without 'Bearer'."
            if value[:6].lower() == "bearer"
            else "Paste the token only."
        )
        raise ConfigError(f"{name} contains whitespace.", remedy)
    if not (value.isascii() and value.isprintable()):
        raise ConfigError(f"{name} contains characters that no token has.", "Copy the whole token again.")
    return value


def has_environment_token(name: str, environ: Mapping[str, str]) -> bool:
    """Return whether a variable that may be read holds a token."""
    try:
        return bool(environment_token(name, environ))
    except UntrustedHost:
        return False
    except ConfigError:
        return True
