"""Build the documentation site in build/site: ``python -m docsite.build``.

The pages of docs/ and of the repository's root are copied to build/docs; reference pages are generated there from the
commands and the JSON Schemas. Zensical then checks every link and heading (``--strict``) and writes the site.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from docsite.reference import reference_pages

ROOT = Path(__file__).parents[1]
FROM_ROOT = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def build(target: Path) -> str:
    """Write the site to ``target``/site and return what Zensical printed.

    Raises CalledProcessError if a link or a heading that a link names does not exist.
    """
    shutil.rmtree(target / "docs", ignore_errors=True)
    shutil.rmtree(target / "site", ignore_errors=True)
    shutil.rmtree(target / ".cache", ignore_errors=True)  # Zensical's: a cached page is not checked again
    write_sources(target / "docs")
    shutil.copy(ROOT / "docsite" / "zensical.toml", target / "zensical.toml")
    command = [str(Path(sys.executable).parent / "zensical"), "build", "--strict"]
    done = subprocess.run(command, cwd=target, capture_output=True, text=True, check=False)  # noqa: S603
    said = done.stdout + done.stderr
    if done.returncode or "arning" in said:
        raise subprocess.CalledProcessError(done.returncode or 1, command, said)
    return said


def write_sources(docs: Path) -> None:
    """Write the source of every page of the site below ``docs``."""
    shutil.copytree(ROOT / "docs", docs)
    for name in FROM_ROOT:
        (docs / name).write_text(relocated((ROOT / name).read_text("utf-8")), "utf-8")
    for path in docs.rglob("*.md"):
        text = path.read_text("utf-8")
        path.write_text(text.replace("](../SECURITY.md)", "](SECURITY.md)"), "utf-8")
    (docs / "assets").mkdir()
    for name in ("extra.css", "extra.js"):
        shutil.copy(ROOT / "docsite" / name, docs / "assets" / name)
    (docs / "reference").mkdir()
    for name, text in reference_pages().items():
        (docs / "reference" / name).write_text(text, "utf-8")


def relocated(text: str) -> str:
    """Return a page of the repository's root with its links as they are from docs/."""
    return _LINK.sub(lambda link: f"]({link[1].removeprefix('docs/')})", text)


def main() -> int:
    """Build the site, print where it is, and return the exit code."""
    target = ROOT / "build"
    target.mkdir(exist_ok=True)
    try:
        build(target)
    except subprocess.CalledProcessError as error:
        sys.stderr.write(error.output)
        return error.returncode
    sys.stdout.write(f"{target / 'site' / 'index.html'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
