"""The shortest commands as whole processes: what every hook, editor and shell completion waits for."""

import tempfile
from pathlib import Path

from tests.bench.corpus import write_corpus
from tests.bench.measure import publisher, table

RUNS = 15


def main() -> None:
    """Print one table."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_corpus(root, 1)
        commands = (["--help"], ["validate", "content/000/post-000000.md"], ["plan"])
        figures = [(command, publisher(root, *command, runs=RUNS)) for command in commands]
    rows = [[" ".join(command), 1000 * f.seconds, 1000 * f.cpu, f.peak_mb] for command, f in figures]
    table("Short commands (whole processes)", ["publisher", "ms", "CPU ms", "peak MB"], rows)


if __name__ == "__main__":
    main()
