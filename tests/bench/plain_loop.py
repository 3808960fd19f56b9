"""The plain loop: read every file under a folder, parse its YAML front matter, render its Markdown to HTML."""

import sys
from pathlib import Path

import yaml
from markdown_it import MarkdownIt


def main() -> None:
    """Do it for the folder given as the only argument."""
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for path in sorted(Path(sys.argv[1]).rglob("*.md")):
        _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
        yaml.load(front, yaml.CSafeLoader)
        markdown.render(body)


if __name__ == "__main__":
    main()
