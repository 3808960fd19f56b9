"""The floor: read every file under a folder and parse its YAML front matter with the C loader; nothing else."""

import sys
from pathlib import Path

import yaml


def main() -> None:
    """Do it for the folder given as the only argument."""
    for path in sorted(Path(sys.argv[1]).rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        yaml.load(text.split("---\n", 2)[1], yaml.CSafeLoader)


if __name__ == "__main__":
    main()
