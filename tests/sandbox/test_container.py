"""The container's files: what the image copies is enough, its command starts, its health check passes."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from .conftest import until

ROOT = Path(__file__).parents[2]
LINES = (ROOT / "docker" / "sandbox.Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()


def instruction(name: str) -> list[str]:
    return [line.removeprefix(name).strip() for line in LINES if line.startswith(f"{name} ")]


def test_it_does_not_run_as_root() -> None:
    assert instruction("USER") == ["sandbox"]
    assert LINES.index("USER sandbox") < LINES.index(f"ENTRYPOINT {instruction('ENTRYPOINT')[0]}")


def test_the_build_context_has_what_it_copies() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert ignored[0] == "*"
    sources = [line.split()[0] for line in instruction("COPY")]
    assert all((ROOT / source).exists() and f"!{source.split('/')[0]}" in ignored for source in sources)


@pytest.mark.parametrize("silent", [False, True])
def test_what_it_copies_starts_and_is_healthy(silent: bool, tmp_path: Path) -> None:
    for source, target in (line.split() for line in instruction("COPY")):
        place = tmp_path / target.lstrip("/")
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            place.mkdir(parents=True)
            shutil.copy(ROOT / source, place)
    (entry,) = instruction("ENTRYPOINT")
    command = [sys.executable, *json.loads(entry)[1:], "--port", "0", "--format", "json"]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path / "app"), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        printed = ""
        while not printed.endswith("}\n") or printed.count("{") != printed.count("}"):
            line = process.stdout.readline()
            assert line, "it ended before it answered"
            printed += line
        url = json.loads(printed)["url"]
        # the name under which other containers know it
        answer = requests.get(f"{url}/_sandbox/clock", headers={"Host": "linkedin:8642"}, timeout=20)
        assert answer.status_code == 200
        assert requests.get(f"{url}/", timeout=20).status_code == 200
        (check,) = (line.partition("CMD ")[2] for line in LINES if line.startswith("HEALTHCHECK"))
        program = json.loads(check)[2].replace(
            "http://127.0.0.1:8642", "http://127.0.0.1:9" if silent else url
        )
        healthy = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60)
        assert (healthy.returncode == 0) is not silent, shlex.join(command)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        process.stdout.close()
    until(lambda: process.poll() is not None)
