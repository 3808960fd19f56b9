"""Validate, plan and no-change publish of generated projects, beside the floor of reading and parsing them."""

import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from publisher.model.state import State
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.project import load
from publisher.state import statefile
from tests.bench.corpus import write_corpus
from tests.bench.measure import measure, median, publisher, table
from tests.support.posts import make_entry

SIZES = (100, 1_000, 10_000)


def main() -> None:
    """Print one table."""
    rows = []
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as cache:
            rows += _rows(Path(folder), size, cache)
    table(
        "Pipeline (whole processes)",
        ["posts", "command", "floor", "seconds", "x floor", "CPU s", "x floor", "peak MB"],
        rows,
    )


def _rows(root: Path, size: int, cache: str) -> list[list[object]]:
    write_corpus(root, size)
    runs = 9 if size < 10_000 else 7
    cold = {"PUBLISHER_CACHE_DIR": ""}
    warm = {"PUBLISHER_CACHE_DIR": cache, "LINKEDIN_ACCESS_TOKEN": "unused"}
    post = next((root / "content").rglob("*.md"))

    def edit() -> None:
        post.write_text(post.read_text() + "\nOne more line.\n")

    rows = [
        _beside_floor(root, "validate, cold", "validate", cold, runs),
        _beside_floor(root, "plan, cold", "plan", cold, runs),
    ]
    publisher(root, "plan", runs=1, env=warm)  # fills the cache
    rows.append(_beside_floor(root, "plan, warm", "plan", warm, runs))
    _publish_everything(root)
    rows.append(_beside_floor(root, "no-change publish, warm", "publish", warm, runs))
    rows.append(_beside_floor(root, "no-change plan, warm", "plan", warm, runs))
    rows.append(_beside_floor(root, "plan, one file changed", "plan", warm, runs, edit))
    return [[size, *row] for row in rows]


def _beside_floor(
    root: Path,
    name: str,
    command: str,
    env: dict[str, str],
    runs: int,
    prepare: Callable[[], None] = lambda: None,
) -> list[object]:
    """A command in turns with the floor: a machine whose speed changes changes it for both."""
    floors, figures = [], []
    for _ in range(runs):
        floors.append(measure([sys.executable, "-m", "tests.bench.floor", str(root / "content")], runs=1))
        prepare()
        figures.append(publisher(root, command, runs=1, env=env))
    floor, figure = median(floors), median(figures)
    ratio = figure.seconds / floor.seconds
    return [name, floor.seconds, figure.seconds, ratio, figure.cpu, figure.cpu / floor.cpu, figure.peak_mb]


def _publish_everything(root: Path) -> None:
    """Write the state that a finished publish leaves."""
    now = datetime.now(UTC)
    project = load(root, {}, now)
    plan = make_plan(project.posts, State(), project.config, now, PlanOptions())
    entries = {c.key: make_entry(c.post) for c in plan.acting if c.post is not None}
    (root / "publisher.state.json").write_bytes(statefile.encode(State(entries)))


if __name__ == "__main__":
    main()
