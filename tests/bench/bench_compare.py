"""The same corpus through what users would pick instead, in one run; each in its own folder of tools.

`crier` needs a ``title`` in every post, which ours would refuse, so it gets a copy of the corpus with one.
`check-jsonschema` checks the same front matter, extracted to YAML files beforehand.
"""

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from publisher.content.schemas import subschema
from tests.bench.corpus import write_corpus
from tests.bench.measure import Figure, measure, publisher, table

SIZE = 1_000
TOOLS = Path(sys.prefix) / "bench-tools"
PACKAGES = ("crier==2.1.1", "check-jsonschema==0.39.0")


def main() -> None:
    """Print one table."""
    install_tools()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as cache:
        root = Path(folder)
        write_corpus(root, SIZE)
        posts = sorted((root / "content").rglob("*.md"))
        env = {"HOME": folder, "PUBLISHER_CACHE_DIR": ""}
        cached = {**env, "PUBLISHER_CACHE_DIR": cache}
        floor = measure([sys.executable, "-m", "tests.bench.floor", str(root / "content")])
        publisher(root, "validate", runs=1, env=cached)
        rows = [
            ("plain Python loop: read, parse YAML (the floor)", floor),
            ("publisher validate, nothing remembered", publisher(root, "validate", env=env)),
            ("publisher validate, nothing changed", publisher(root, "validate", env=cached)),
            ("check-jsonschema, front matter only", measure(check_jsonschema(root, posts), env=env)),
            ("crier check", measure(crier(root, posts), env=env)),
        ]
        rows_of_table = [row(name, figure, floor) for name, figure in rows]
        table(f"{SIZE} posts, checked by", ["tool", "seconds", "peak MB", "x floor"], rows_of_table)


def row(name: str, figure: Figure, floor: Figure) -> list[object]:
    """A line of the table."""
    return [name, figure.seconds, figure.peak_mb, figure.seconds / floor.seconds]


def install_tools() -> None:
    """The other tools, in a virtual environment inside ours."""
    if (TOOLS / "bin" / "crier").exists():
        return
    venv.create(TOOLS, with_pip=True)
    subprocess.run([TOOLS / "bin" / "pip", "install", "--quiet", *PACKAGES], check=True)


def check_jsonschema(root: Path, posts: list[Path]) -> list[str]:
    """Extract the front matter, write the schema, and give the command."""
    schema = root / "post.schema.json"
    schema.write_text(json.dumps(subschema("post")))
    folder = root / "extracted"
    folder.mkdir()
    for number, post in enumerate(posts):
        (folder / f"{number:06}.yaml").write_text(post.read_text().split("---\n", 2)[1])
    files = [str(path) for path in sorted(folder.iterdir())]
    return [str(TOOLS / "bin" / "check-jsonschema"), "--schemafile", str(schema), *files]


def crier(root: Path, posts: list[Path]) -> list[str]:
    """Write the copy with titles, and give the command."""
    folder = root / "titled"
    folder.mkdir()
    for number, post in enumerate(posts):
        text = post.read_text().replace("---\n", f"---\ntitle: Post {number}\n", 1)
        (folder / f"{number:06}.md").write_text(text)
    files = [str(path) for path in sorted(folder.iterdir())]
    return [str(TOOLS / "bin" / "crier"), "check", *files]


if __name__ == "__main__":
    main()
