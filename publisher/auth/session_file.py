"""Sessions between runs: one private file for each account and service, never in a project."""

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from publisher.replacing import replace_file

_PRIVATE_DIRECTORY = 0o700


@dataclass(frozen=True, slots=True)
class SessionFile:
    """The session of one account at one address.

    It only saves logins, so nothing fails if it cannot be kept. Bluesky allows an account 30 logins in 5
    minutes and 300 in a day ("Rate Limits", docs.bsky.app, read 2026-11-23).
    """

    directory: Path
    address: str
    label: str

    @property
    def path(self) -> Path:
        """The file; its name tells nothing."""
        digest = hashlib.sha256(f"{self.address}\n{self.label}".encode()).hexdigest()
        return self.directory / "sessions" / f"{digest[:32]}.json"

    def load(self) -> str | None:
        """Return what was saved for exactly this account and address."""
        try:
            document = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        if not isinstance(document, dict):
            return None
        kept = document.get("address") == self.address and document.get("label") == self.label
        session = document.get("session")
        return session if kept and isinstance(session, str) else None

    def save(self, text: str) -> None:
        """Save a session."""
        document = {"address": self.address, "label": self.label, "session": text}
        with suppress(OSError):
            self.path.parent.mkdir(mode=_PRIVATE_DIRECTORY, parents=True, exist_ok=True)
            replace_file(self.path, json.dumps(document).encode())

    def remove(self) -> None:
        """Forget the session."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
