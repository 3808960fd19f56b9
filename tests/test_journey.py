"""The journey of a newcomer, by the README's words only: published, edited and scheduled posts in the sandbox."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
INTRODUCTION = "From an empty folder to a published, an edited and a scheduled post"


def commands() -> list[str]:
    """The lines that the README tells a newcomer to type."""
    text = (ROOT / "README.md").read_text("utf-8")
    block = re.search(r"```console\n(.*?)```", text[text.index(INTRODUCTION) :], re.DOTALL)
    assert block is not None
    return re.findall(r"^\$ (.+)$", block[1], re.MULTILINE)


def test_the_readme_leads_from_an_empty_folder_to_posts(tmp_path: Path) -> None:
    said = {}
    folder = tmp_path
    environ = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "LANG": os.environ.get("LANG", "C.UTF-8"),
        "PUBLISHER_CACHE_DIR": "",
    }
    for line in commands():
        if line.startswith("cd "):
            folder = folder / line.removeprefix("cd ")
            continue
        done = subprocess.run(
            ["bash", "-c", line], cwd=folder, env=environ, capture_output=True, text=True, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        said[line.split("#")[0].strip()] = done.stdout
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr
    assert "Plan: 1 create." in said["publisher plan"]
    assert "changed   hello" in said["publisher plan --sandbox"]
    assert "An afterthought." in said["publisher plan --sandbox"]
    assert re.search(r"replaced +hello +urn:li:share:", said["publisher publish --sandbox --allow-replace"])
    assert "scheduled version-1-0-is-out" in said["publisher publish --sandbox"]
    assert "create    version-1-0-is-out" in said["publisher plan --sandbox --at +7d"]
    assert (folder / "preview.html").is_file()
    assert list((folder / ".publisher").iterdir())
