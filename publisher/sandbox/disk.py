"""A world kept in one SQLite file, with the uploaded bytes in a folder beside it."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

from publisher.sandbox import codec

APPLICATION_ID = 0x5B0C4D81
FORMAT = 1


class ForeignFile(ValueError):  # noqa: N818 - what it is
    """The file is no sandbox, or one of a newer format; it is left alone."""


class FileInUse(OSError):  # noqa: N818 - what it is
    """Another sandbox has the file open, or it can't be written."""


class Disk:
    """Keeps shelves in ``path``. Opening an existing file counts one more start of that sandbox."""

    def __init__(self, path: Path) -> None:
        self.path = path = path.absolute()  # whoever serves a file may have another working directory
        self.media_folder = path.with_name(f"{path.name}-media")
        self._lock = threading.Lock()
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
        run(f"PRAGMA application_id = {APPLICATION_ID}")
        run(f"PRAGMA user_version = {FORMAT}")
        run(
            "CREATE TABLE IF NOT EXISTS kept (position INTEGER PRIMARY KEY, "
            "shelf TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (shelf, key))"
        )
        run("CREATE TABLE IF NOT EXISTS starts (number INTEGER PRIMARY KEY)")

    def _count_start(self) -> int:
        with self._lock:
            self._database.execute("INSERT INTO starts DEFAULT VALUES")
            return int(self._database.execute("SELECT max(number) FROM starts").fetchone()[0])

    def keep(self, shelf: str, key: str, value: object) -> None:
        """Write one value; a replaced one keeps its place."""
        statement = (
            "INSERT INTO kept (shelf, key, value) VALUES (?, ?, ?) "
            "ON CONFLICT (shelf, key) DO UPDATE SET value = excluded.value"
        )
        with self._lock:
            self._database.execute(statement, (shelf, key, codec.encode(value)))

    def forget(self, shelf: str) -> None:
        """Drop a whole shelf."""
        with self._lock:
            self._database.execute("DELETE FROM kept WHERE shelf = ?", (shelf,))

    def read(self, shelf: str) -> dict[str, Any]:
        """A shelf as it was kept, in its order."""
        with self._lock:
            rows = self._database.execute(
                "SELECT key, value FROM kept WHERE shelf = ? ORDER BY position", (shelf,)
            ).fetchall()
        return {key: codec.decode(shelf, value, self.media_folder) for key, value in rows}

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()
