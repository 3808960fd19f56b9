"""A database that comes back from a backup: nothing that was published since is published again."""

import re
import shlex
import subprocess
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.state.postgres.store import PostgresStore
from tests.support.postgres import Server
from tests.support.project import ProjectDir
from tests.support.roles import PAGE, Roles

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize("by", ["worker", "publish"])
def test_posts_published_after_the_backup_are_held_by_state_restored(
    project: ProjectDir, postgres: Server, tmp_path: Path, by: str
) -> None:
    name, other = postgres.make_database(), postgres.make_database()
    roles = Roles(postgres, name)
    project.configure(f"state: {roles.place('publisher_owner')}")
    assert project.publisher("state", "upgrade", "--workers").code == 0
    roles.grant(queue=True)
    project.configure(f"state: {roles.place('acme_run')}")
    project.write("content/before.md", "Published before the backup.\n")
    assert publish(project, by) == 0

    dump, restore = re.findall(r"^\$ (pg_(?:dump|restore) .*)$", PAGE.read_text("utf-8"), re.MULTILINE)
    documented = "postgresql://publisher_owner@db.example.org/publisher"
    run(postgres, dump.replace(documented, roles.url("publisher_owner")), tmp_path)
    backed_up = datetime.now(UTC) - timedelta(seconds=1)
    project.write("content/after.md", "Published after the backup.\n")
    assert publish(project, by) == 0

    roles.admin(roles.named(f"GRANT CREATE ON DATABASE {other} TO publisher_owner"), other)
    run(postgres, restore.replace(documented, roles.url("publisher_owner", other)), tmp_path)
    project.configure(f"state: {roles.place('publisher_owner', other)}")
    assert project.publisher("state", "upgrade", "--workers").code == 0
    roles.admin(f"-- {roles._queue}", other)
    project.configure(f"state: {roles.place('acme_run', other)}")
    project.write("content/new.md", "Written after the restore.\n")
    held = project.publisher("state", "restored", "--since", backed_up.isoformat())
    assert held.code in (0, 3), held.text

    publish(project, by)
    assert Counter(project.created_texts()) == Counter(
        ["Published before the backup.", "Published after the backup."]
    )
    entries = PostgresStore(roles.place("acme_read", other)).read().posts
    assert entries["before"].status == "published"
    # on this machine the journal knows the URN; elsewhere a person looks
    assert entries["after"].status in ("pending", "published")
    assert project.publisher("status").code == 3


def publish(project: ProjectDir, by: str) -> int:
    return project.publisher(*(("worker", "--drain") if by == "worker" else ("publish",))).code


def run(postgres: Server, command: str, folder: Path) -> None:
    program, *arguments = shlex.split(command)
    subprocess.run([postgres.binaries / program, *arguments], cwd=folder, check=True)
