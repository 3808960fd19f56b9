"""Metrics, their page and the alerting rules name the same things, with the labels that exist."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from prometheus_client.metrics_core import Metric

from publisher.auth.vault import Vault, config_directory
from publisher.model.config import Config
from publisher.model.post import Author
from publisher.state.postgres.database import Database
from publisher.state.postgres.location import read_location
from publisher.state.postgres.store import PostgresStore
from publisher.worker.health import HUNG, OUTCOMES, Health
from publisher.worker.metrics import ProjectMetrics
from publisher.worker.queue_tables import upgrade_queue

DOCS = Path(__file__).parents[2] / "docs"
ME = Author("urn:li:person:AbC_123456", "me", "LINKEDIN_ACCESS_TOKEN")


@pytest.fixture
def families(database: str, tmp_path: Path) -> list[Metric]:
    """All that a scrape of a worker gives: after a scan, with a token of which the end is known."""
    PostgresStore(database).upgrade()
    upgrade_queue(read_location(database))
    place = Database(read_location(database), patience=0)
    place.write(
        lambda c: c.execute(
            """
            WITH job AS (
                INSERT INTO publisher_queue.procrastinate_jobs (queue_name, task_name) VALUES ('demo', 'scan')
                RETURNING id)
            INSERT INTO publisher_queue.procrastinate_events (job_id, type) SELECT id, 'succeeded' FROM job"""
        )
    )
    environ = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    config = Config(authors={"me": ME})
    folder = config_directory(environ)
    Vault(folder)
    ends = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    _store_token(folder, config.linkedin.api_url, ends)
    health = Health("demo")
    health.registry.register(ProjectMetrics(place, "demo", "", lambda: config, environ, lambda: True))
    found = list(health.registry.collect())
    place.close()
    return found


def _store_token(folder: Path, api_url: str, ends: str) -> None:
    from publisher.auth.grant import Grant

    Vault(folder).put(
        api_url, Grant(author=ME.urn, access_token="secret", expires_at=datetime.fromisoformat(ends))
    )


@pytest.mark.postgres
def test_rules_and_page_are_in_step_with_the_metrics(families: list[Metric]) -> None:
    labels = {sample.name: set(sample.labels) - {"le"} for family in families for sample in family.samples}
    ours = {family.name for family in families}
    page = (DOCS / "workers.md").read_text("utf-8")
    documented = {name.removesuffix("_total") for name in re.findall(r"publisher_[a-z_]+[a-z]", page)}
    assert ours <= documented
    groups = yaml.safe_load((DOCS / "platforms" / "alerts.yml").read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    watched = set()
    for rule in rules:
        named = set(re.findall(r"\bpublisher_\w+", rule["expr"]))
        assert named, rule["alert"]
        for name in named:
            assert name in labels, (rule["alert"], name)
            by = re.findall(r"by \(([^)]*)\)", rule["expr"])
            grouped = {label for group in by for label in re.split(r"[,\s]+", group)}
            assert grouped <= labels[name], (rule["alert"], name)
            for chosen in re.findall(name + r"\{(\w+)=\"(\w+)\"", rule["expr"]):
                assert chosen[0] in labels[name], rule["alert"]
                assert chosen[1] in OUTCOMES, rule["alert"]
            counted = name.endswith("_total")
            assert counted == ("sum by" in rule["expr"]), (
                rule["alert"],
                "counters are added up, gauges are not",
            )
        watched |= named
        assert rule["annotations"].keys() == {"summary", "description"}
    for name in ("unknown_posts", "overdue_posts", "token_expiry_timestamp_seconds", "rate_limited_total"):
        assert f"publisher_{name}" in watched


@pytest.mark.postgres
def test_a_token_s_end_is_known_and_the_token_is_not(families: list[Metric]) -> None:
    (family,) = (f for f in families if f.name == "publisher_token_expiry_timestamp_seconds")
    (sample,) = family.samples
    assert sample.labels == {"project": "demo", "author": "me"}
    assert 2 < (datetime.fromtimestamp(sample.value, UTC) - datetime.now(UTC)).days + 1 <= 3
    assert "secret" not in str(families)


def test_a_worker_whose_loop_stands_still_is_not_alive() -> None:
    health = Health("demo", problem="the database can't be reached")
    assert health.answer("/livez")[0] == 200
    assert health.answer("/readyz")[0] == 503
    assert json.loads(health.answer("/readyz")[2])["problem"] == "the database can't be reached"
    assert health.answer("/healthz") == health.answer("/readyz")
    health._alive -= HUNG + 1
    assert health.answer("/livez")[0] == 503
    health.beat()
    assert health.answer("/livez")[0] == 200
