"""Where logins are kept; apart from `vault`, so that a plan can tell that there are none without importing it."""

from collections.abc import Mapping
from pathlib import Path


def config_directory(environ: Mapping[str, str]) -> Path:
    """The user's directory for this product: PUBLISHER_CONFIG_DIR, else the platform's."""
    chosen = environ.get("PUBLISHER_CONFIG_DIR")
    if chosen:
        return Path(chosen)
    import platformdirs

    return platformdirs.user_config_path("publisher", appauthor=False)


def accounts_file(directory: Path) -> Path:
    """The private file of `publisher.auth.vault.Vault` in that directory."""
    return directory / "accounts.json"
