"""The variables with which the environment limits what a project's files may ask for."""

import re

HOSTS_VARIABLE = "PUBLISHER_HOSTS"
"""Further hosts that may receive secrets, such as a proxy: ``host`` or ``host:port``, separated by commas."""

TOKENS_VARIABLE = "PUBLISHER_TOKEN_ENVS"
"""If it is set, `token_env` may name only these variables."""


NOTIFY_VARIABLE = "PUBLISHER_NOTIFY"
"""A command or a webhook that hears of what needs a person."""


def words(text: str) -> list[str]:
    """Return the words of a list in a variable, separated by commas or blanks."""
    return [word for word in re.split(r"[,\s]+", text) if word]
