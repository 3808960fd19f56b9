"""Where the memory lives: stores behind one small protocol, chosen by the location's form."""

from pathlib import Path

from publisher.errors import UsageError
from publisher.state.store import Store


def open_store(location: str, root: Path, *, lock_timeout: float = 0) -> Store:
    """The store of a location: a path relative to ``root``, ``git+branch:NAME`` or ``postgresql://…``."""
    scheme, separator, rest = location.partition(":")
    if separator and (scheme == "git+branch" or scheme.startswith("postgres")):
        raise UsageError(f"state: {scheme}:… is not supported by this version.", "Use a file for now.")
    if separator and rest.startswith("//"):
        raise UsageError(
            f"state: no store is known for {scheme}://…",
            "Use a path, git+branch:NAME or postgresql://….",
        )
    from publisher.state.filestore import FileStore

    return FileStore(root / location, location=location, lock_timeout=lock_timeout)
