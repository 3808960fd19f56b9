"""A store kept in one SQLite file, with the uploaded bytes in a folder beside it."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

from publisher.sandbox import codec

# SQLite's application_id marks the file as a sandbox (sqlite.org, PRAGMA application_id).
APPLICATION_ID = 0x5B0C4D81
FORMAT = 2

_FROM_FORMAT_1 = (
    "ALTER TABLE kept RENAME TO entries",
    "ALTER TABLE entries RENAME COLUMN shelf TO collection",
    "UPDATE entries SET collection = 'comments_by_post' WHERE collection = 'remarks'",
)


class ForeignFile(ValueError):  # noqa: N818 - what it is
    """The file is not a sandbox, or one of a newer format; it is left alone."""


class FileInUse(OSError):  # noqa: N818 - what it is
    """Another sandbox has the file open, or it can't be written."""


class Database:
    """Keeps collections in ``path``. Opening an existing file counts one more start of that sandbox."""

    def __init__(self, path: Path) -> None:
        self.path = path = path.absolute()  # whoever serves a file may have another working directory
        self.media_folder = path.with_name(f"{path.name}-media")
        self._lock = threading.Lock()
        # A second sandbox on the same file must fail soon. SQLite's default would wait five seconds.
        self._database = sqlite3.connect(path, timeout=1, check_same_thread=False, isolation_level=None)
        try:
            self._open()
            self.starts = self._count_start()
        except sqlite3.OperationalError as error:
            self._database.close()
            raise FileInUse(f"{path} can't be used now: {error}") from None
        except sqlite3.DatabaseError as error:
            self._database.close()
            raise ForeignFile(f"{path} is not a sandbox's file: {error}") from None
        except ForeignFile:
            self._database.close()
            raise

    def _open(self) -> None:
        run = self._database.execute
        found, version = run("PRAGMA application_id").fetchone()[0], run("PRAGMA user_version").fetchone()[0]
        # an empty file is as good as none
        tables = run("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables and (found != APPLICATION_ID or version > FORMAT):
            why = "was written by a newer version" if found == APPLICATION_ID else "is not a sandbox's file"
            raise ForeignFile(f"{self.path} {why}")
        # what is kept is also held in memory: two sandboxes on one file would not see each other's posts
        run("PRAGMA locking_mode = EXCLUSIVE")
        run("PRAGMA journal_mode = WAL")
        # a demo may lose its last moments in a power cut, but never its consistency
        run("PRAGMA synchronous = NORMAL")
        if tables and version == 1:
            for statement in _FROM_FORMAT_1:
                run(statement)
        run(f"PRAGMA application_id = {APPLICATION_ID}")
        run(f"PRAGMA user_version = {FORMAT}")
        run(
            "CREATE TABLE IF NOT EXISTS entries (position INTEGER PRIMARY KEY, "
            "collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (collection, key))"
        )
        run("CREATE TABLE IF NOT EXISTS starts (number INTEGER PRIMARY KEY)")

    def _count_start(self) -> int:
        with self._lock:
            self._database.execute("INSERT INTO starts DEFAULT VALUES")
            return int(self._database.execute("SELECT max(number) FROM starts").fetchone()[0])

    def write(self, collection: str, key: str, value: object) -> None:
        """Write one value; a replaced one keeps its place."""
        statement = (
            "INSERT INTO entries (collection, key, value) VALUES (?, ?, ?) "
            "ON CONFLICT (collection, key) DO UPDATE SET value = excluded.value"
        )
        with self._lock:
            self._database.execute(statement, (collection, key, codec.encode(value)))

    def delete(self, collection: str, key: str) -> None:
        """Delete one value."""
        with self._lock:
            self._database.execute("DELETE FROM entries WHERE collection = ? AND key = ?", (collection, key))

    def delete_all(self, collection: str) -> None:
        """Delete a whole collection."""
        with self._lock:
            self._database.execute("DELETE FROM entries WHERE collection = ?", (collection,))

    def read(self, collection: str) -> dict[str, Any]:
        """Return a collection as it was kept, in its order."""
        with self._lock:
            rows = self._database.execute(
                "SELECT key, value FROM entries WHERE collection = ? ORDER BY position", (collection,)
            ).fetchall()
        return {key: codec.decode(collection, value, self.media_folder) for key, value in rows}

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()
