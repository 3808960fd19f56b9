"""The worker's image and its Compose file: what they start runs against a real database, and they follow the rules."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from publisher.state.postgres.store import PostgresStore
from tests.support.project import ProjectDir

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "docker" / "worker.Dockerfile").read_text(encoding="utf-8")
LINES = [line for line in DOCKERFILE.replace("\\\n", " ").splitlines() if line and not line.startswith("#")]
COMPOSE = (ROOT / "docs" / "platforms" / "compose.yaml").read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]


def instruction(name: str) -> list[str]:
    return [line.removeprefix(name).strip() for line in LINES if line.startswith(f"{name} ")]


def test_the_image_has_no_root_no_floating_tag_and_checked_packages() -> None:
    (base,) = instruction("FROM")
    assert re.fullmatch(r"python:3\.\d+-slim", base)
    (user,) = instruction("USER")
    assert user.isdigit()
    assert int(user) > 0
    assert LINES.index(f"USER {user}") < LINES.index(f"ENTRYPOINT {instruction('ENTRYPOINT')[0]}")
    installs = [line for line in instruction("RUN") if "pip install" in line]
    assert all("--require-hashes" in line or "--no-deps" in line for line in installs)
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").split() if line[0] == "!"]
    for source in (line.split()[0] for line in instruction("COPY")):
        assert source == "." or source in allowed


def test_compose_keeps_secrets_out_and_workers_confined() -> None:
    assert set(SERVICES) == {"database", "upgrade", "worker"}
    for service in SERVICES.values():
        assert "latest" not in service["image"]
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name:
                assert re.fullmatch(r"\$\{POSTGRES_PASSWORD:\?.+\}", value), "a password must come from .env"
    worker = SERVICES["worker"]
    assert worker["read_only"] is True
    assert worker["cap_drop"] == ["ALL"]
    assert all(volume.endswith(":ro") for volume in worker["volumes"])
    assert worker["depends_on"]["upgrade"]["condition"] == "service_completed_successfully"
    assert SERVICES["upgrade"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert SERVICES["upgrade"]["build"]["dockerfile"] == "docker/worker.Dockerfile"
    # a worker that loses its database must stay: the probe asks whether it is alive
    assert "healthcheck" not in worker
    assert "/livez" in instruction("HEALTHCHECK")[0]
    user = SERVICES["database"]["environment"]["POSTGRES_USER"]
    assert f"state: postgresql://{user}@database/" in COMPOSE


@pytest.mark.postgres
def test_what_the_containers_start_upgrades_publishes_is_healthy_and_stops(
    project: ProjectDir, database: str
) -> None:
    project.configure(f"state: {database}")
    project.write("content/hello.md", "Words from a container.\n")
    (entry,) = instruction("ENTRYPOINT")
    assert json.loads(entry) == ["publisher"]
    settings = dict(item.split("=", 1) for item in shlex.split(instruction("ENV")[0]))
    environment = {**project.environ, **settings}
    start = [sys.executable, "-m", "publisher"]

    upgraded = subprocess.run(
        [*start, *SERVICES["upgrade"]["command"]],
        cwd=project.root, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert upgraded.returncode == 0, upgraded.stderr

    assert SERVICES["worker"]["command"] == json.loads(instruction("CMD")[0])
    command = [word.replace("0.0.0.0:9180", "127.0.0.1:0") for word in SERVICES["worker"]["command"]]
    worker = subprocess.Popen(
        [*start, *command], cwd=project.root, env=environment, stderr=subprocess.PIPE, text=True
    )
    assert worker.stderr is not None
    try:
        port = int(re.findall(r":(\d+)/readyz", worker.stderr.readline())[0])
        posts: list[dict[str, Any]] = []
        while not posts:  # every line is JSON, as the image sets it
            line = worker.stderr.readline()
            assert line, "the worker ended"
            posts += [document for document in [json.loads(line)] if document.get("event") == "post"]
        check = json.loads(instruction("HEALTHCHECK")[0].partition("CMD ")[2])
        healthy = [sys.executable, *(word.replace("9180", str(port)) for word in check[1:])]
        subprocess.run(healthy, check=True, env={"PATH": os.environ["PATH"]})
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0
    finally:
        worker.kill()
        worker.communicate()
    assert (posts[0]["key"], posts[0]["outcome"]) == ("hello", "done")
    assert PostgresStore(database).read().posts["hello"].status == "published"
    assert project.created_texts() == ["Words from a container."]
