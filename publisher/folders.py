"""The user's own folders for this product."""

import os
import sys
from pathlib import Path
from typing import Literal

_NAME = "publisher"


def user_folder(kind: Literal["cache", "config"]) -> Path:
    """Where the platform wants a product's cache or configuration: what ``platformdirs`` says."""
    # Linux's usual places are told here: platformdirs takes longer to import than a plan of 1,000 posts to compare
    named, home = os.environ.get(f"XDG_{kind.upper()}_HOME", ""), os.environ.get("HOME", "")
    if sys.platform == "linux" and named.startswith("/"):
        return Path(named, _NAME)
    if sys.platform == "linux" and home.startswith("/"):
        return Path(home, f".{kind}", _NAME)
    import platformdirs

    find = platformdirs.user_cache_path if kind == "cache" else platformdirs.user_config_path
    return find(_NAME, appauthor=False)
