"""Where logins are kept; apart from `vault`, so that a plan can tell that there are none without importing it."""

from collections.abc import Mapping
from pathlib import Path

from publisher.folders import user_folder


def config_directory(environ: Mapping[str, str]) -> Path:
    """The user's directory for this product: PUBLISHER_CONFIG_DIR, else the platform's."""
    chosen = environ.get("PUBLISHER_CONFIG_DIR")
    return Path(chosen) if chosen else user_folder("config")


def accounts_file(directory: Path) -> Path:
    """The private file of `publisher.auth.vault.Vault` in that directory."""
    return directory / "accounts.json"
