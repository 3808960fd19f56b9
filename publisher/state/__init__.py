"""Where the memory lives: stores behind one small protocol, chosen by the location's form."""

from pathlib import Path
from typing import TYPE_CHECKING

from publisher.errors import UsageError
from publisher.roots import OUT, leaves

if TYPE_CHECKING:
    from publisher.state.store import Store


OWN_FOLDER = ".publisher/"
"""Where the product itself keeps files of a project, such as the state of a rehearsal."""


def open_store(location: str, root: Path, *, lock_timeout: float = 0, project: str = "") -> "Store":
    """The store of a location: a path relative to ``root``, ``git+branch:NAME`` or ``postgresql://…``.

    ``project`` names this project in a database that several share.
    """
    scheme, separator, rest = location.partition(":")
    if separator and scheme in ("postgresql", "postgres"):
        return _open_postgres(location, project, lock_timeout)
    if separator and scheme == "git+branch":
        from publisher.state.git import GitStore

        return GitStore(rest, root)
    if separator and rest.startswith("//"):
        raise UsageError(
            f"state: no store is known for {scheme}://…",
            "Use a path, git+branch:NAME or postgresql://….",
        )
    from publisher.state.filestore import FileStore

    away = leaves(root / location, root)
    if away == OUT or (away and not location.startswith(OWN_FOLDER)):
        raise UsageError(
            f"state: {location} is a link that {away} the project.", "Put the file itself there."
        )
    if (root / location).exists() and not (root / location).is_file():
        raise UsageError(f"state: {location} is no file.", "Write it like publisher.state.json.")
    return FileStore(root / location, location=location, lock_timeout=lock_timeout)


def commit_to_git(store: "Store") -> "Store":
    """The store that also commits and pushes its file with every record. Raises `UsageError` where it is no file."""
    from publisher.state.committed import CommittedStore
    from publisher.state.filestore import FileStore

    if not isinstance(store, FileStore):
        raise UsageError(
            f"--commit-state is about a state file; {store.location} keeps every record by itself.",
            "Leave it out.",
        )
    return CommittedStore(store)


def _open_postgres(location: str, project: str, lock_timeout: float) -> "Store":
    try:
        from publisher.state.postgres import PostgresStore
    except ImportError as error:
        raise UsageError(
            f"state: {location.partition(':')[0]}:… needs the extra [postgres] ({error.name} is missing).",
            "Install publisher with its extra: [postgres].",
        ) from None
    return PostgresStore(location, project=project, lock_timeout=lock_timeout)
