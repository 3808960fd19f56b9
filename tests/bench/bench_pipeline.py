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
from tests.bench.measure import Figure, measure, publisher, table
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
        ["posts", "command", "seconds", "x floor", "CPU s", "x floor", "peak MB"],
        rows,
    )


def _rows(root: Path, size: int, cache: str) -> list[list[object]]:
    write_corpus(root, size)
    runs = 5 if size < 10_000 else 3
    floor = measure([sys.executable, "-m", "tests.bench.floor", str(root / "content")], runs=runs)
    cold = {"PUBLISHER_CACHE_DIR": ""}
    warm = {"PUBLISHER_CACHE_DIR": cache, "LINKEDIN_ACCESS_TOKEN": "unused"}
    figures = [
        ("floor", floor),
        ("validate, cold", publisher(root, "validate", runs=runs, env=cold)),
        ("plan, cold", publisher(root, "plan", runs=runs, env=cold)),
    ]
    publisher(root, "plan", runs=1, env=warm)  # fills the cache
    figures.append(("plan, warm", publisher(root, "plan", runs=runs, env=warm)))
    _publish_everything(root)
    figures.append(("no-change publish, warm", publisher(root, "publish", runs=runs, env=warm)))
    figures.append(("no-change plan, warm", publisher(root, "plan", runs=runs, env=warm)))
    figures.append(("plan, one file changed", _one_changed(root, warm, runs)))
    return [
        [size, name, f.seconds, f.seconds / floor.seconds, f.cpu, f.cpu / floor.cpu, f.peak_mb]
        for name, f in figures
    ]


def _one_changed(root: Path, env: dict[str, str], runs: int) -> Figure:
    """The median of runs before each of which one file was edited, and had come to rest."""
    post = next((root / "content").rglob("*.md"))
    figures = []
    for number in range(runs):
        post.write_text(post.read_text() + f"\nOne more line: {number}.\n")
        figures.append(publisher(root, "plan", runs=1, env=env))
    return sorted(figures, key=lambda figure: figure.seconds)[len(figures) // 2]


def _publish_everything(root: Path) -> None:
    """Write the state that a finished publish leaves."""
    now = datetime.now(UTC)
    project = load_project(root, {}, now)
    plan = make_plan(project.posts, State(), project.config, now, PlanOptions())
    entries = {c.key: make_entry(c.post) for c in plan.acting if c.post is not None}
    (root / "publisher.state.json").write_bytes(statefile.encode(State(entries)))


if __name__ == "__main__":
    main()
