"""The roles of docs/postgres.md, with names of a test's own: roles belong to a whole server."""

import re
from pathlib import Path

import psycopg

from tests.support.postgres import Server

PAGE = Path(__file__).parents[2] / "docs" / "postgres.md"
WORDS = ("publisher_owner", "publisher_run", "publisher_read", "acme_run", "acme_read")


class Roles:
    """The documented roles of one database. ``project`` is the one that acme_run and acme_read may use."""

    def __init__(self, server: Server, database: str, project: str = "demo", *, prefix: str = "") -> None:
        self._server, self._database, self.project = server, database, project
        self._prefix = prefix or database
        (block,) = re.findall(r"```sql\n(CREATE ROLE.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
        self._create, rest = self.named(block).split("-- after `publisher state upgrade`", 1)
        self._grants, self._queue = rest.split("-- for workers", 1)
        self.admin(self._create.replace("DATABASE publisher ", f"DATABASE {database} "))

    def named(self, text: str) -> str:
        """A text with this database's roles and project instead of the documented ones."""
        for word in WORDS:
            text = re.sub(rf"\b{word}\b", f"{word}_{self._prefix}", text)
        return text.replace("acme-blog", self.project)

    def url(self, word: str, database: str = "") -> str:
        """The URL for one of the documented roles, without a project."""
        return self._server.url(database or self._database, f"{word}_{self._prefix}")

    def place(self, word: str, database: str = "") -> str:
        """The location of the project for one of the documented roles."""
        return f"{self.url(word, database)}?project={self.project}"

    def grant(self, *, queue: bool = False) -> None:
        """What is documented to follow `publisher state upgrade`."""
        self.admin(f"-- {self._grants}" + (f"\n-- {self._queue}" if queue else ""))

    def admin(self, text: str, database: str = "") -> None:
        """Execute as a superuser."""
        with psycopg.connect(self._server.url(database or self._database), autocommit=True) as connection:
            connection.execute(text)  # type: ignore[call-overload]
