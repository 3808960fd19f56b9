"""Validate, plan and no-change publish of generated projects, beside the floor of reading and parsing them."""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from publisher.model.state import State
from publisher.pipeline import load_project
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.state import statefile
from tests.bench.corpus import write_corpus
from tests.bench.measure import measure, publisher, table
from tests.support.posts import make_entry

SIZES = (100, 1_000, 10_000)


def main() -> None:
    """Print one table."""
    rows = []
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            rows += _rows(Path(folder), size)
    table("Pipeline (whole processes)", ["posts", "command", "seconds", "peak MB", "x floor"], rows)


def _rows(root: Path, size: int) -> list[list[object]]:
    write_corpus(root, size)
    runs = 5 if size < 10_000 else 3
    floor = measure([sys.executable, "-m", "tests.bench.floor", str(root / "content")], runs=runs)
    rows: list[list[object]] = [[size, "floor", floor.seconds, floor.peak_mb, 1.0]]
    for name in ("validate", "plan"):
        figure = publisher(root, name, runs=runs)
        rows.append([size, name, figure.seconds, figure.peak_mb, figure.seconds / floor.seconds])
    _publish_everything(root)
    figure = publisher(root, "publish", runs=runs, env={"LINKEDIN_ACCESS_TOKEN": "unused"})
    rows.append([size, "no-change publish", figure.seconds, figure.peak_mb, figure.seconds / floor.seconds])
    return rows


def _publish_everything(root: Path) -> None:
    """Write the state that a finished publish leaves."""
    now = datetime.now(UTC)
    project = load_project(root, {}, now)
    plan = make_plan(project.posts, State(), project.config, now, PlanOptions())
    entries = {c.key: make_entry(c.post) for c in plan.acting if c.post is not None}
    (root / "publisher.state.json").write_bytes(statefile.encode(State(entries)))


if __name__ == "__main__":
    main()
