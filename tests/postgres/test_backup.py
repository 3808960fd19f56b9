"""The documented way to keep the state safe: a dump by the role that may only read, brought back by the owner."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from publisher.state.edits import PostEdit
from publisher.state.history import Wanted
from publisher.state.postgres.store import PostgresStore
from tests.state.contract import PENDING, PUBLISHED
from tests.support.postgres import Server
from tests.support.roles import Roles

pytestmark = pytest.mark.postgres
PAGE = (Path(__file__).parents[2] / "docs" / "postgres.md").read_text("utf-8")


def test_a_dump_brings_back_state_history_and_rights(postgres: Server, tmp_path: Path) -> None:
    name, other = postgres.make_database(), postgres.make_database()
    roles = Roles(postgres, name)

    def store(role: str, database: str) -> PostgresStore:
        return PostgresStore(roles.place(role, database))

    store("publisher_owner", name).upgrade()
    roles.grant()
    with store("acme_run", name).session() as session:
        session.write(PostEdit("a", None, PENDING))
        session.write(PostEdit("a", PENDING, PUBLISHED))
    roles.admin(roles.named(f"GRANT CREATE ON DATABASE {other} TO publisher_owner"), other)
    commands = re.findall(r"^\$ (pg_(?:dump|restore) .*)$", PAGE, re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["pg_dump", "pg_restore"]
    for command, database in zip(commands, (name, other), strict=True):
        url = "postgresql://publisher_owner@db.example.org/publisher"
        assert url in command
        program, *arguments = shlex.split(command.replace(url, roles.url("publisher_owner", database)))
        subprocess.run([postgres.binaries / program, *arguments], cwd=tmp_path, check=True)
    assert store("acme_read", other).read().posts == {"a": PUBLISHED}
    with store("acme_run", other).session() as session:
        assert session.claim("b")
        session.write(PostEdit("b", None, PENDING))
    actions = [record.action for record in store("acme_read", other).audit(Wanted())]
    assert actions == ["send", "published", "send"]
