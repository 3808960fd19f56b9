"""A backup in the database's place: a fleet publishes nothing again."""

from pathlib import Path

import pytest

from tests.bench.bench_proof import lose_state
from tests.support.fleet import fleet
from tests.support.postgres import Server

pytestmark = pytest.mark.postgres


def test_a_fleet_whose_database_is_restored_creates_nothing(tmp_path: Path, postgres: Server) -> None:
    with fleet(tmp_path, postgres, authors=3, posts=12) as team:
        team.end(team.start("worker", "--drain", "--concurrency", "4"), 120)
        assert len(team.linkedin.posts()) == 12
        assert lose_state(team) == []
