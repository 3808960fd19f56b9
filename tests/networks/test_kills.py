"""A process dies at any moment of a create; the next one settles it, and there is exactly one post."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.networks.bluesky.open_gateway import open_bluesky
from publisher.networks.gateway import CopyGateway, Created, Frozen, Missing, Step
from publisher.networks.mastodon.open_gateway import open_mastodon
from publisher.networks.zernio.open_gateway import open_zernio
from publisher.sandbox.bluesky.network import HANDLE, PASSWORD
from publisher.sandbox.mastodon.network import TOKEN
from publisher.sandbox.server import Sandbox
from publisher.sandbox.zernio.network import KEY
from tests.support.copies import post, runtime
from tests.support.settling import settle

RESOURCES = {"bluesky": "bluesky.putRecord", "mastodon": "mastodon.statuses", "zernio": "zernio.posts"}


def opened(network: str, url: str, account: str, now: Callable[[], datetime], patience: float) -> CopyGateway:
    """The gateway to a network of the sandbox."""
    wire = runtime(now, patience)
    if network == "bluesky":
        return open_bluesky(HANDLE, PASSWORD, {}, service=url, runtime=wire)
    if network == "mastodon":
        return open_mastodon(url, TOKEN, {}, runtime=wire)
    return open_zernio("twitter", account, KEY, {}, api=f"{url}/zernio/api", runtime=wire)


def child(network: str, url: str, account: str, moment: str, intent: str) -> None:
    """Freeze a create, write the intent, say so, send the create, write the outcome: the life of one run."""
    now = datetime.fromisoformat(moment)
    gateway = opened(network, url, account, lambda: now, 60.0)
    frozen = gateway.freeze(post(), now, {})
    path = Path(intent)
    path.write_text(json.dumps(frozen), encoding="utf-8")
    print("frozen", flush=True)
    sys.stdin.readline()
    made = gateway.create(frozen)
    path.with_suffix(".done").write_text(made.urn, encoding="utf-8")
    print("done", flush=True)
    sys.stdin.readline()


@pytest.fixture
def stage(sandbox: Sandbox, tmp_path: Path) -> Callable[..., tuple[Frozen, CopyGateway, datetime]]:
    """Runs a child and kills it at a moment; returns what the next run has."""

    def run(network: str, moment: str) -> tuple[Frozen, CopyGateway, datetime]:
        started = datetime.fromtimestamp(sandbox.clock.now(), UTC)
        account = sandbox.zernio.accounts.all()[0].id
        intent = tmp_path / "intent.json"
        arguments = [network, sandbox.url, account, started.isoformat(), str(intent)]
        code = "import sys; from tests.networks.test_kills import child; child(*sys.argv[1:])"
        root = Path(__file__).parents[2]
        with subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stdout.readline() == "frozen\n"
            if moment != "before":
                process.stdin.write("go\n")
                process.stdin.flush()
            if moment == "after":
                assert process.stdout.readline() == "done\n"
            elif moment != "before":
                _wait(lambda: bool(sandbox.requests(resource=RESOURCES[network])))
            process.send_signal(signal.SIGKILL)
        now = lambda: datetime.fromtimestamp(sandbox.clock.now(), UTC)  # noqa: E731
        gateway = opened(network, sandbox.url, account, now, 2.0)
        return Frozen(*json.loads(intent.read_text(encoding="utf-8"))), gateway, started

    return run


def _wait(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(4_000):
        if condition():
            return
        pause.wait(0.005)
    raise AssertionError("the request never came")


def live(sandbox: Sandbox) -> int:
    """How many posts there are on the three networks."""
    return sum(len(source.feed_posts()) for source in sandbox.store.feed_sources)


@pytest.mark.parametrize("network", RESOURCES)
@pytest.mark.parametrize("moment", ["before", "sent", "committed", "keyless", "after"])
def test_a_killed_create_settles_itself(
    sandbox: Sandbox,
    stage: Callable[..., tuple[Frozen, CopyGateway, datetime]],
    network: str,
    moment: str,
) -> None:
    resource = RESOURCES[network]
    if moment == "sent":
        # the server has the request, and commits it after we have settled
        sandbox.fault("commit-later", resource=resource, seconds=30)
    if moment == "keyless":
        sandbox.fault("no-key", resource=resource)
    if moment in {"committed", "keyless"}:
        sandbox.fault("commit-then-hang", resource=resource)
    frozen, gateway, started = stage(network, moment)
    sandbox.clock.advance(90)
    made = settle(gateway, frozen, started, datetime.fromtimestamp(sandbox.clock.now(), UTC))
    assert isinstance(made, Created)
    assert live(sandbox) == 1
    sandbox.clock.advance(600)
    assert settle(gateway, frozen, started, datetime.fromtimestamp(sandbox.clock.now(), UTC)) == made
    assert live(sandbox) == 1


@pytest.mark.parametrize(("network", "seconds"), [("bluesky", 901), ("mastodon", 3_001), ("zernio", 82_801)])
def test_a_late_run_asks_a_person(
    sandbox: Sandbox,
    stage: Callable[..., tuple[Frozen, CopyGateway, datetime]],
    network: str,
    seconds: int,
) -> None:
    frozen, gateway, started = stage(network, "before")
    sandbox.clock.advance(seconds)
    now = datetime.fromtimestamp(sandbox.clock.now(), UTC)
    assert gateway.find(frozen, started) is Missing.ABSENT
    assert settle(gateway, frozen, started, now) is Step.ASK
    assert live(sandbox) == 0


def test_a_deleted_post_does_not_come_back(
    sandbox: Sandbox, stage: Callable[..., tuple[Frozen, CopyGateway, datetime]]
) -> None:
    frozen, gateway, started = stage("bluesky", "after")
    (record,) = sandbox.bluesky.records.all()
    gateway.delete(record.uri)
    sandbox.clock.advance(1_000)
    now = datetime.fromtimestamp(sandbox.clock.now(), UTC)
    assert settle(gateway, frozen, started, now) is Step.ASK
