"""The wheel: built, installed alone in an empty environment, and used from another directory."""

import json
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from publisher import __version__
from publisher.content.schemas import NAMES, load_schema

ROOT = Path(__file__).parents[1]


MAX_PACKAGES, MAX_BYTES = 26, 42_000_000
"""What `pip install .` may bring, itself counted and pip not. Bytecode, which pip compiles and
whose size depends on the Python version, is not counted.
Measured 2026-11-24: 23 packages, 39.4 MB, and 10.6 MB bytecode."""

FOREIGN = ("PYTHON", "LINKEDIN", "PUBLISHER_LINKEDIN", "VIRTUAL_ENV")


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A process that sees nothing of this checkout or this environment's packages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    command = [str(argument) for argument in arguments]
    result = subprocess.run(command, cwd=cwd, env=kept, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{arguments}\n{result.stdout}\n{result.stderr}"
    return result


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


def test_the_image_is_built_from_what_its_context_contains(tmp_path: Path) -> None:
    """Docker sends only what `.dockerignore` lets through; without one of these files the image can't be built."""
    wanted = [
        line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").split() if line.startswith("!")
    ]
    context = tmp_path / "context"
    for name in wanted:
        target = context / name
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, target)
    for name in re.findall(r"^COPY (\S+) ", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE):
        assert (context / name).exists(), f"the Dockerfile copies {name}"
    build = ("-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path)
    run(sys.executable, *build, context, cwd=tmp_path)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as archive:
        assert {"publisher/requirements/base.txt", "publisher/docs/diagnostics.md"} <= set(archive.namelist())


def _installed(environment: Path) -> tuple[set[str], int]:
    """The distributions in an environment, and the bytes of their files; without pip's own and bytecode."""
    (folder,) = environment.glob("lib/python*/site-packages")
    own = ("pip", "setuptools", "pkg_resources", "_distutils_hack", "distutils-precedence")
    entries = [path for path in folder.iterdir() if not path.name.startswith(own)]
    files = [file for entry in entries for file in ([entry] if entry.is_file() else entry.rglob("*"))]
    size = sum(file.stat().st_size for file in files if file.is_file() and file.suffix != ".pyc")
    return {path.name for path in entries if path.suffix == ".dist-info"}, size


def test_the_wheel_installs_and_works_from_any_directory(wheel: Path, tmp_path: Path) -> None:
    """One test, so that the minute it may take is spent once, on one worker."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert names >= {f"publisher/schemas/{name}.schema.json" for name in NAMES}
    assert names >= {"publisher/py.typed", "publisher/cli/starter/content/hello.md"}
    assert not [name for name in names if name.startswith(("tests/", "content/", "schemas/", "docs/"))]

    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)
    python, publisher = environment / "bin" / "python", environment / "bin" / "publisher"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=tmp_path)
    packages, size = _installed(environment)
    assert len(packages) <= MAX_PACKAGES, packages
    assert size <= MAX_BYTES, f"{size:,} bytes"
    where = run(python, "-c", "import publisher; print(publisher.__file__)", cwd=tmp_path).stdout
    assert str(environment) in where

    for name in NAMES:
        assert json.loads(run(publisher, "schema", name, cwd=tmp_path).stdout) == load_schema(name)
    run(publisher, "init", "posts", cwd=tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    project = tmp_path / "posts"
    assert "0 errors" in run(publisher, "-C", project, "validate", cwd=elsewhere).stderr
    plan = run(publisher, "-C", project, "plan", "--format", "json", cwd=elsewhere).stdout
    assert json.loads(plan)["summary"] == {"create": 1}
    assert "urn:li:share:" in run(publisher, "-C", project, "publish", "--sandbox", cwd=elsewhere).stdout
    (project / "content" / "typo.md").write_text("---\nvisibilty: connections\n---\nText.\n")
    broken = subprocess.run([publisher, "validate"], cwd=project, capture_output=True, text=True, check=False)
    assert broken.returncode == 1
    assert "content/typo.md:2:1: error: Unknown field 'visibilty'." in broken.stdout
    assert "Did you mean 'visibility'?" in broken.stdout


@pytest.mark.parametrize("tool", ["pipx", "uv"])
def test_tools_install_the_command_and_its_alias(wheel: Path, tmp_path: Path, tool: str) -> None:
    environment, commands = tmp_path / "environment", tmp_path / "bin"
    venv.create(environment, with_pip=True)
    run(environment / "bin" / "python", "-m", "pip", "install", "--quiet", tool, cwd=tmp_path)
    places = {
        "pipx": ("env", f"PIPX_HOME={tmp_path / 'home'}", f"PIPX_BIN_DIR={commands}"),
        "uv": ("env", f"UV_TOOL_DIR={tmp_path / 'home'}", f"UV_TOOL_BIN_DIR={commands}"),
    }
    verb = ("tool", "install") if tool == "uv" else ("install",)
    run(*places[tool], environment / "bin" / tool, *verb, wheel, cwd=tmp_path)
    for name in ("publisher", "posts-as-code"):
        assert run(commands / name, "--version", cwd=tmp_path).stdout == f"publisher, version {__version__}\n"
    run(commands / "publisher", "init", "posts", cwd=tmp_path)
    assert (
        "urn:li:share:"
        in run(commands / "publisher", "-C", "posts", "publish", "--sandbox", cwd=tmp_path).stdout
    )
