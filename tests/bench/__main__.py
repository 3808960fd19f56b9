"""``python -m tests.bench [NAME]...``: every benchmark of this folder, or those named, one after the other."""

import importlib
import sys
from pathlib import Path


def main() -> None:
    """Run each ``bench_*.py``'s ``main()``."""
    names = sys.argv[1:] or sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    for name in names:
        importlib.import_module(f"tests.bench.{name}").main()


if __name__ == "__main__":
    main()
