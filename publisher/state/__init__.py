"""Choose a store for the state by the form of its location. All stores share one small protocol."""

from pathlib import Path
from typing import TYPE_CHECKING

from publisher.errors import StateError, UsageError
from publisher.roots import OUT, leaves
from publisher.state.moved import is_marked

if TYPE_CHECKING:
    from publisher.state.store import Store


OWN_FOLDER = ".publisher/"
"""The folder of the product's own files in a project, such as the state of a rehearsal."""


def open_store(
    location: str,
    root: Path,
    *,
    lock_timeout: float = 0,
    project: str = "",
    service: str = "",
    alone: bool = True,
) -> "Store":
    """Return the store of a location: a path relative to ``root``, ``git+branch:NAME`` or ``postgresql://…``.

    A path that ends in ``/``, or names a folder, is the folder form. ``project`` names this project in a
    database that several share. ``service`` is what runs publish to (`publisher.state.service.service_of`).
    ``alone`` refuses a file and a folder of one state at the same time.
    """
    scheme, separator, rest = location.partition(":")
    if separator and scheme in ("postgresql", "postgres"):
        return _open_postgres(location, project, lock_timeout, service)
    if separator and scheme == "git+branch":
        from publisher.state.git.store import GitStore

        return GitStore(rest, root, service=service)
    if separator and rest.startswith("//"):
        raise UsageError(
            f"state: no store is known for {scheme}://…",
            "Use a path, git+branch:NAME or postgresql://….",
        )
    return _open_files(location, root, lock_timeout, service, alone=alone)


def _open_files(location: str, root: Path, lock_timeout: float, service: str, *, alone: bool) -> "Store":
    path = root / location
    away = leaves(path, root)
    if away == OUT or (away and not location.startswith(OWN_FOLDER)):
        raise UsageError(
            f"state: {location} is a link that {away} the project.", "Replace the link with the file."
        )
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise UsageError(f"state: {location} isn't a regular file.", "Write it like publisher.state.json.")
    if not (location.endswith(("/", "\\")) or path.is_dir()):
        from publisher.state.filestore import FileStore

        if alone:
            _refuse_both(path, path.with_suffix(""), f"state: {path.with_suffix('').name}/", location)
        return FileStore(path, location=location, lock_timeout=lock_timeout, root=root, service=service)
    from publisher.state.folderstore import folder_store

    if path.is_file():
        raise UsageError(f"state: {location} is a file.", f"Write `state: {location.rstrip('/')}`.")
    file = path.with_name(f"{path.name}.json")
    if alone:
        _refuse_both(file, path, f"state: {file.name}", location)
    location = location.rstrip("/\\") + "/"
    return folder_store(path, location=location, lock_timeout=lock_timeout, root=root, service=service)


def _refuse_both(file: Path, folder: Path, other: str, location: str) -> None:
    """Raise `StateError` if a state exists as a file and as a folder at the same time."""
    meta = folder / "meta.json"
    if file.is_file() and meta.exists() and not (is_marked(file) or is_marked(meta)):
        raise StateError(
            f"{file.name} and {folder.name}/ both exist, but only one of them can be the state.",
            f"Remove the older one and keep what `state:` names (now {location}), or set `{other}`.",
        )


def commit_to_git(store: "Store") -> "Store":
    """Return the store that also commits and pushes its file with every record.

    Raise `UsageError` if it isn't a file.
    """
    from publisher.state.committed import CommittedStore
    from publisher.state.filestore import FileStore

    if isinstance(store, FileStore) and store.is_folder:
        raise UsageError(
            f"--commit-state cannot commit a folder yet, and {store.location} ends with a runner's work tree.",
            f"`publisher state migrate {store.location} git+branch:publisher-state`, "
            "then write the latter to `state:`.",
        )
    if not isinstance(store, FileStore):
        raise UsageError(
            f"--commit-state is about a single state file; {store.location} keeps every record by itself.",
            "Leave it out.",
        )
    return CommittedStore(store)


def _open_postgres(location: str, project: str, lock_timeout: float, service: str) -> "Store":
    try:
        from publisher.state.postgres.store import PostgresStore
    except ImportError as error:
        raise UsageError(
            f"state: {location.partition(':')[0]}:… needs the extra [postgres] ({error.name} is missing).",
            "Install publisher with its extra: [postgres].",
        ) from None
    return PostgresStore(location, project=project, lock_timeout=lock_timeout, service=service)
