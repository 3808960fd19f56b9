"""The documented way to keep the state safe: a dump by the role that may only read, brought back by the owner."""

import re
import shlex
import subprocess
from pathlib import Path

import psycopg
import pytest

from publisher.state.edits import PostEdit
from publisher.state.history import Wanted
from publisher.state.postgres import PostgresStore
from tests.state.contract import PENDING, PUBLISHED
from tests.support.postgres import Server

pytestmark = pytest.mark.postgres
PAGE = (Path(__file__).parents[2] / "docs" / "postgres.md").read_text("utf-8")


def test_a_dump_brings_back_state_history_and_rights(postgres: Server, tmp_path: Path) -> None:
    name, other = postgres.make_database(), postgres.make_database()
    roles = {role: f"{role}_{name}" for role in ("publisher_owner", "publisher_run", "publisher_read")}

    def named(text: str, database: str) -> str:
        for word, role in roles.items():
            text = text.replace(word, role)
        return text.replace("DATABASE publisher ", f"DATABASE {database} ")

    def store(role: str, database: str) -> PostgresStore:
        return PostgresStore(f"{postgres.url(database, roles[role])}?project=demo")

    def admin(text: str, database: str) -> None:
        with psycopg.connect(postgres.url(database), autocommit=True) as connection:
            connection.execute(text)  # type: ignore[call-overload]

    (sql,) = re.findall(r"```sql\n(CREATE ROLE.*?)```", PAGE, re.DOTALL)
    create, grants = sql.split("-- after", 1)
    grants = grants.split("-- for workers", 1)[0]
    admin(named(create, name), name)
    store("publisher_owner", name).upgrade()
    admin(named(f"-- {grants}", name), name)
    with store("publisher_run", name).session() as session:
        session.write(PostEdit("a", None, PENDING))
        session.write(PostEdit("a", PENDING, PUBLISHED))
    admin(f"GRANT CREATE ON DATABASE {other} TO {roles['publisher_owner']}", other)
    commands = re.findall(r"^\$ (pg_(?:dump|restore) .*)$", PAGE, re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["pg_dump", "pg_restore"]
    for command, database in zip(commands, (name, other), strict=True):
        for role in ("publisher_owner", "publisher_read"):
            url = f"postgresql://{role}@db.example.org/publisher"
            command = command.replace(url, postgres.url(database, role))
        program, *arguments = shlex.split(named(command, database))
        subprocess.run([postgres.binaries / program, *arguments], cwd=tmp_path, check=True)
    assert store("publisher_read", other).read().posts == {"a": PUBLISHED}
    with store("publisher_run", other).session() as session:
        assert session.claim("b")
        session.write(PostEdit("b", None, PENDING))
    actions = [record.action for record in store("publisher_read", other).audit(Wanted())]
    assert actions == ["send", "published", "send"]
