"""Clients from npm and PyPI, installed once in the user's cache, and run unchanged against the sandbox's proxy."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from publisher.sandbox.launch import environment
from publisher.sandbox.server import Sandbox

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "publisher-test-clients"
N8N = "n8n-nodes-base@2.41.2"


def unavailable(reason: str) -> None:
    """Skip with the reason; fail in CI, where nothing may be left out."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave time for the installation, which the first test of a fresh machine waits for."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(1200))


def run(*command: str | Path, cwd: Path, **named: Any) -> None:
    """Run an installer; its failure is the reason for a skip."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=900, **named)
    if done.returncode:
        unavailable(f"{command[0]} {command[1]} failed: {(done.stderr or done.stdout)[-800:]}")


def installed(kind: str, source: Path, install: Callable[[Path], None], extra: str = "") -> Path:
    """A folder for what ``source`` lists; ``install`` fills it when the list is new."""
    digest = hashlib.sha256(source.read_bytes() + extra.encode()).hexdigest()[:12]
    folder = CACHE / f"{kind}-{digest}"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock"):
        if not (folder / ".done").exists():
            install(folder)
            (folder / ".done").touch()
    return folder


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The npm packages."""
    npm = shutil.which("npm")
    if npm is None:
        unavailable("npm is not installed")

    def install(folder: Path) -> None:
        shutil.copy(HERE / "package.json", folder)
        assert npm
        # n8n asks for a newer Node.js than its LinkedIn node needs
        options = ("--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps")
        run(npm, "install", *options, cwd=folder)
        # the LinkedIn node alone: all that n8n-nodes-base depends on is over a gigabyte
        run(npm, "pack", N8N, "--silent", cwd=folder)
        target = folder / "node_modules" / "n8n-nodes-base"
        target.mkdir()
        (archive,) = folder.glob("n8n-nodes-base-*.tgz")
        run("tar", "xzf", archive, "--strip-components=1", cwd=target)
        archive.unlink()

    return installed("npm", HERE / "package.json", install, N8N)


@pytest.fixture(scope="session")
def client_python() -> Path:
    """A Python with the packages from PyPI, and none of ours."""

    def install(folder: Path) -> None:
        run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
        python = folder / "venv" / "bin" / "python"
        run(python, "-m", "pip", "install", "-q", "-r", HERE / "requirements.txt", cwd=folder)

    return installed(f"pypi-{sys.version_info[1]}", HERE / "requirements.txt", install) / "venv/bin/python"


@pytest.fixture
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox with its proxy, which consents by itself."""
    folder = tmp_path_factory.getbasetemp() / "client-ca"
    with Sandbox(proxy=True, tls_folder=folder, auto_consent=True, member_quota=None) as running:
        yield running


def call(command: Sequence[str | Path], proxy: Sandbox, cwd: Path, **more: str) -> Any:
    """Run a client's script with the exported variables; the JSON that it prints last."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    variables = {
        **kept,
        **environment(proxy, tls=False, proxy=True),
        "SANDBOX_MEMBER": proxy.member_urn,
        **more,
    }
    done = subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return json.loads(done.stdout.strip().splitlines()[-1])


Runner = Callable[..., Any]


@pytest.fixture
def node(node_modules: Path, proxy: Sandbox) -> Runner:
    """Run one of the scripts in ``node/``."""

    def run_script(name: str, **more: str) -> Any:
        # ES modules are resolved from where the script is: it goes beside the packages
        scripts = node_modules / "scripts"
        scripts.mkdir(exist_ok=True)
        for script in (HERE / "node").iterdir():
            target = scripts / script.name
            if not target.exists() or target.read_bytes() != script.read_bytes():
                copy = scripts / f".{script.name}.{os.getpid()}"
                shutil.copy(script, copy)
                copy.replace(target)
        command = ["node", "--import", scripts / "proxy.mjs", scripts / name]
        return call(command, proxy, node_modules, **more)

    return run_script


@pytest.fixture
def python(client_python: Path, proxy: Sandbox, tmp_path: Path) -> Runner:
    """Run one of the scripts in ``python/``."""

    def run_script(name: str, **more: str) -> Any:
        return call([client_python, HERE / "python" / name], proxy, tmp_path, **more)

    return run_script


@pytest.fixture
def intercepted(client_python: Path, proxy: Sandbox, tmp_path: Path) -> Runner:
    """Run one of the scripts in ``python/`` with the interceptor in place of the proxy."""

    def run_script(name: str, **more: str) -> Any:
        scripts = HERE / "python"
        command = [client_python, scripts / "intercepted.py", proxy.proxy_url, scripts / name]
        return call(command, proxy, tmp_path, PYTHONPATH=str(HERE.parents[1]), HTTPS_PROXY="", **more)

    return run_script
