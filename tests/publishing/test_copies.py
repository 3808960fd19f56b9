"""Copies on four networks, against the emulators: once each, after lost answers, kills, refusals and edits."""

import json
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.sandbox.bluesky.network import HANDLE
from publisher.sandbox.server import Sandbox
from tests.support.project import ProjectDir, Result

RESOURCES = {"sky": "bluesky.putRecord", "masto": "mastodon.statuses", "x": "zernio.posts"}
CONFIG = """\
authors:
  me: {{urn: "{urn}"}}
  sky: {{network: bluesky, handle: mira.test}}
  masto: {{network: mastodon, server: "https://mastodon.test"}}
  x: {{network: zernio, platform: twitter, account: "{account}"}}
defaults: {{author: me}}
limits: {{creates_per_run: 1000}}
{more}"""


def configure(project: ProjectDir, more: str = "") -> None:
    """Write the settings: one author on each network."""
    account = project.sandbox.zernio.accounts.all()[0].id
    urn = project.sandbox.member.urn
    project.write("publisher.yaml", CONFIG.format(urn=urn, account=account, more=more))


@pytest.fixture
def copies(project: ProjectDir, tmp_path: Path) -> ProjectDir:
    """A project with an author on each network; the places and secrets are the sandbox's."""
    sandbox = project.sandbox
    env = {
        **sandbox.places,
        "BLUESKY_APP_PASSWORD": sandbox.secret_for("bluesky", HANDLE),
        "MASTODON_TOKEN": sandbox.secret_for("mastodon", "mira"),
        "ZERNIO_TOKEN": sandbox.secret_for("zernio", ""),
        "PUBLISHER_CONFIG_DIR": str(tmp_path / "config"),
    }
    made = ProjectDir(project.root, sandbox, {**project.env, **env})
    configure(made)
    return made


def entries(project: ProjectDir) -> dict[str, Any]:
    return json.loads(project.state_path.read_text())["posts"]  # type: ignore[no-any-return]


def live(sandbox: Sandbox) -> dict[str, list[str]]:
    """The texts that readers see, by network."""
    found = {
        source.name: [post.text for post in source.feed_posts()] for source in sandbox.store.feed_sources
    }
    return {"linkedin": [post.text for post in sandbox.posts()], **found}  # type: ignore[dict-item]


def logins(sandbox: Sandbox) -> int:
    return len(sandbox.requests(resource="bluesky.createSession"))


def age(project: ProjectDir, key: str, **times: str) -> None:
    """Set an attempt's times, as if the run had been at another time."""
    document = json.loads(project.state_path.read_text())
    document["posts"][key]["attempt"].update(times)
    project.state_path.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n")


def test_each_copy_is_published_once(copies: ProjectDir) -> None:
    copies.write("content/hello.md", "---\nauthor: [me, sky, masto, x]\n---\nWords.\n")
    first = copies.publisher("publish")
    assert (first.code, first.out.strip().splitlines()[-1]) == (0, "4 published."), first.text
    assert live(copies.sandbox) == {
        name: ["Words."] for name in ("linkedin", "bluesky", "mastodon", "zernio")
    }
    found = entries(copies)
    assert {name: entry.get("network", "linkedin") for name, entry in found.items()} == {
        "hello": "linkedin",
        "hello@sky": "bluesky",
        "hello@masto": "mastodon",
        "hello@x": "zernio",
    }
    assert found["hello@sky"]["author"].startswith("did:plc:")
    assert found["hello@masto"]["author"] == "https://mastodon.test/@mira"
    before = (copies.state_path.read_bytes(), len(copies.sandbox.requests()))
    second = copies.publisher("publish")
    assert (second.code, "Nothing to do." in second.text) == (0, True)
    assert (copies.state_path.read_bytes(), len(copies.sandbox.requests())) == before


def test_thirty_runs_log_in_once(copies: ProjectDir) -> None:
    for number in range(31):
        copies.write(f"content/p{number}.md", f"---\nauthor: sky\n---\nWords of {number}.\n")
        assert copies.publisher("publish", "--key", f"p{number}").code == 0
    assert logins(copies.sandbox) == 1


@pytest.mark.parametrize("author", RESOURCES)
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "commit-then-error", "status": 500},
        {"kind": "commit-then-error", "status": 502},
        {"kind": "error", "status": 503},
        {"kind": "commit-then-drop"},
        {"kind": "drop-after-body"},
        {"kind": "cut", "at": 20},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values()),
)
def test_a_lost_answer_settles_itself(copies: ProjectDir, author: str, fault: dict[str, Any]) -> None:
    copies.write("content/hello.md", f"---\nauthor: [me, {author}]\n---\nWords.\n")
    copies.sandbox.fault(
        fault["kind"], resource=RESOURCES[author], **{k: fault[k] for k in fault if k != "kind"}
    )
    first = copies.publisher("publish")
    assert first.code == 3, first.text
    assert entries(copies)["hello"]["status"] == "published", "the other copy is not held back"
    name = f"hello@{author}"
    attempt = entries(copies)[name]["attempt"]
    assert attempt["token"]
    assert attempt["record"]
    second = settled(copies, name)
    assert second.code == 0, second.text
    assert entries(copies)[name]["status"] == "published"
    assert [len(texts) for texts in live(copies.sandbox).values()].count(1) == 2
    assert "Nothing to do." in copies.publisher("publish").text


def settled(project: ProjectDir, name: str) -> Result:
    """Run again; where the network wants a minute to pass first, run once more as if it had passed."""
    again = project.publisher("publish")
    entry = entries(project)[name]
    if again.code == 0 and entry["status"] == "pending":
        started = entry["attempt"]["started_at"]
        earlier = _minus(started, minutes=2)
        age(project, name, started_at=earlier, expires_at=started)
        again = project.publisher("publish")
    return again


def _minus(text: str, **span: float) -> str:
    moment = datetime.fromisoformat(text) - timedelta(**span)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.mark.parametrize("author", RESOURCES)
@pytest.mark.parametrize("moment", ["sent", "committed"])
def test_a_killed_run_needs_no_person(copies: ProjectDir, author: str, moment: str) -> None:
    copies.write("content/hello.md", f"---\nauthor: [{author}]\n---\nWords.\n")
    copies.sandbox.fault(
        "commit-then-hang" if moment == "committed" else "slow",
        resource=RESOURCES[author],
        **({"seconds": 60.0} if moment == "sent" else {}),
    )
    process = copies.start("publish")
    if moment == "committed":
        wait_for(lambda: bool(copies.sandbox.requests(resource=RESOURCES[author])))
    else:
        wait_for(lambda: copies.state_path.exists() and "pending" in copies.state_path.read_text())
    process.send_signal(signal.SIGKILL)
    process.communicate()
    copies.sandbox.store.faults.clear()
    again = settled(copies, "hello")
    assert again.code == 0, again.text
    assert entries(copies)["hello"]["status"] == "published"
    assert sum(len(texts) for texts in live(copies.sandbox).values()) == 1


def wait_for(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(4_000):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError("it never happened")


@pytest.mark.parametrize(("author", "minutes"), [("sky", 16), ("masto", 51), ("x", 24 * 60)])
def test_what_is_absent_for_long_is_left_to_a_person(copies: ProjectDir, author: str, minutes: int) -> None:
    copies.write("content/hello.md", f"---\nauthor: [{author}]\n---\nWords.\n")
    copies.sandbox.fault("drop-after-body", resource=RESOURCES[author])
    assert copies.publisher("publish").code == 3
    started = entries(copies)["hello"]["attempt"]["started_at"]
    age(copies, "hello", started_at=_minus(started, minutes=minutes))
    again = copies.publisher("publish")
    assert (again.code, sum(len(texts) for texts in live(copies.sandbox).values())) == (3, 0)


def test_a_refused_copy_holds_no_other_back(copies: ProjectDir) -> None:
    copies.write("content/hello.md", "---\nauthor: [me, sky, masto]\n---\nWords.\n")
    broken = ProjectDir(
        copies.root, copies.sandbox, {**copies.env, "BLUESKY_APP_PASSWORD": "aaaa-bbbb-cccc-dddd"}
    )
    first = broken.publisher("publish")
    assert first.code == 1
    assert {name for name, entry in entries(copies).items() if entry["status"] == "published"} == {
        "hello",
        "hello@masto",
    }
    assert copies.publisher("publish").code == 0
    assert live(copies.sandbox)["bluesky"] == ["Words."]


def test_a_thread_resumes_where_it_stopped(copies: ProjectDir) -> None:
    text = "\n\n".join(f"Paragraph {number}. " + "Words of this paragraph. " * 10 for number in range(3))
    copies.write("content/hello.md", f"---\nauthor: [sky]\nthread: true\n---\n{text}\n")
    copies.sandbox.fault("error", resource="bluesky.putRecord", status=400, skip=1)
    first = copies.publisher("publish")
    assert first.code == 1, first.text
    assert copies.publisher("publish").code == 0
    records = sorted(copies.sandbox.bluesky.records.all(), key=lambda item: item.rkey)
    assert len(records) == 3
    root = records[0].uri
    assert [item.value.get("reply", {}).get("parent", {}).get("uri") for item in records] == [
        None,
        records[0].uri,
        records[1].uri,
    ]
    assert {item.value["reply"]["root"]["uri"] for item in records[1:]} == {root}
    assert set(entries(copies)) == {"hello", "hello#2", "hello#3"}


def test_first_comments_are_replies(copies: ProjectDir) -> None:
    copies.write("content/hello.md", "---\nauthor: [sky, masto]\nfirst_comment: More.\n---\nWords.\n")
    result = copies.publisher("publish")
    assert result.code == 0, result.text
    (reply,) = [item for item in copies.sandbox.bluesky.records.all() if item.value["text"] == "More."]
    assert reply.value["reply"]["parent"]["uri"] == entries(copies)["hello"]["urn"]
    (status,) = [item for item in copies.sandbox.mastodon.statuses.all() if item.text == "More."]
    assert status.in_reply_to_id == entries(copies)["hello@masto"]["ids"]["id"]


def test_edits_and_deletes(copies: ProjectDir) -> None:
    configure(copies, "on_change: update\n")
    path = copies.write("content/hello.md", "---\nauthor: [sky, masto]\n---\nWords.\n")
    assert copies.publisher("publish").code == 0
    copies.write("content/hello.md", "---\nauthor: [sky, masto]\n---\nWords, edited.\n")
    assert copies.publisher("publish").code == 0
    assert live(copies.sandbox)["mastodon"] == ["Words, edited."]
    assert live(copies.sandbox)["bluesky"] == ["Words."], "Bluesky cannot edit"
    path.unlink()
    result = copies.publisher("publish", "--prune", "--max-deletes", "2")
    assert result.code == 0, result.text
    assert live(copies.sandbox) == {"linkedin": [], "bluesky": [], "mastodon": [], "zernio": []}


def test_another_account_gets_nothing(copies: ProjectDir) -> None:
    """A secret of another account than the one that published is refused, and nothing is published again."""
    copies.write("content/hello.md", "---\nauthor: [masto]\n---\nWords.\n")
    assert copies.publisher("publish").code == 0
    other = {**copies.env, "MASTODON_TOKEN": copies.sandbox.secret_for("mastodon", "somebody")}
    copies.write("content/second.md", "---\nauthor: [masto]\n---\nOther words.\n")
    result = ProjectDir(copies.root, copies.sandbox, other).publisher("publish")
    assert result.code == 1, result.text
    assert live(copies.sandbox)["mastodon"] == ["Words."]


@pytest.mark.parametrize(
    ("author", "change"),
    [
        ("sky", ("handle: mira.test", 'handle: mira.test, service: "https://evil.example"')),
        ("masto", ("https://mastodon.test", "https://evil.example")),
    ],
)
def test_no_secret_follows_a_changed_address(
    copies: ProjectDir, author: str, change: tuple[str, str]
) -> None:
    env = {name: value for name, value in copies.env.items() if not name.startswith("PUBLISHER_B")}
    env.pop("PUBLISHER_MASTODON_SERVER")
    project = ProjectDir(copies.root, copies.sandbox, env)
    settings = (copies.root / "publisher.yaml").read_text()
    copies.write("publisher.yaml", settings.replace(*change))
    copies.write("content/hello.md", f"---\nauthor: [{author}]\n---\nWords.\n")
    result = project.publisher("publish")
    assert result.code == 1, result.text
    assert "evil.example" in result.text
    assert "receives no secret" in result.text


@pytest.mark.parametrize("author", RESOURCES)
def test_a_person_can_let_the_network_be_asked(copies: ProjectDir, author: str) -> None:
    copies.write("content/hello.md", f"---\nauthor: [{author}]\n---\nWords.\n")
    copies.sandbox.fault("commit-then-drop", resource=RESOURCES[author])
    assert copies.publisher("publish").code == 3
    result = copies.publisher("state", "resolve", "hello", "--check")
    assert result.code == 0, result.text
    entry = entries(copies)["hello"]
    assert (entry["status"], bool(entry["urn"])) == ("published", True)
    assert "Nothing to do." in copies.publisher("publish").text


def test_what_the_network_does_not_have_stays_in_doubt(copies: ProjectDir) -> None:
    copies.write("content/hello.md", "---\nauthor: [sky]\n---\nWords.\n")
    copies.sandbox.fault("drop-after-body", resource="bluesky.putRecord")
    assert copies.publisher("publish").code == 3
    result = copies.publisher("state", "resolve", "hello", "--check")
    assert (result.code, "has no such post" in result.out) == (3, True), result.text
    assert entries(copies)["hello"]["status"] == "pending"


def test_linkedin_can_not_be_asked(copies: ProjectDir) -> None:
    copies.write("content/hello.md", "Words.\n")
    copies.sandbox.fault("commit-then-drop", resource="ugcPosts")
    assert copies.publisher("publish").code == 3
    result = copies.publisher("state", "resolve", "hello", "--check")
    assert (result.code, "does not let posts be looked up" in result.text) == (2, True), result.text


@pytest.mark.parametrize("author", ["sky", "masto"])
def test_a_pasted_link_settles_a_copy(copies: ProjectDir, author: str) -> None:
    copies.write("content/other.md", f"---\nauthor: [{author}]\n---\nOther words, long before.\n")
    assert copies.publisher("publish").code == 0
    link = entries(copies)["other"]["permalink"].replace(copies.sandbox.url, "https://mastodon.test")
    assert copies.publisher("state", "rm", "other").code == 0
    copies.write("content/other.md", "---\ndraft: true\n---\nNothing.\n")
    copies.write("content/hello.md", f"---\nauthor: [{author}]\n---\nWords.\n")
    copies.sandbox.fault("drop-after-body", resource=RESOURCES[author])
    assert copies.publisher("publish").code == 3
    foreign = copies.publisher("state", "resolve", "hello", "--published", "https://elsewhere.example/@a/1")
    assert (foreign.code, "is not a post of" in foreign.text) == (2, True), foreign.text
    if author == "masto":  # the name of a post that was forgotten is another one's on Bluesky
        assert copies.publisher("state", "resolve", "hello", "--published", link).code == 0
        assert entries(copies)["hello"]["permalink"] == link


def test_a_deleted_post_does_not_come_back(copies: ProjectDir) -> None:
    """A post that a person deleted long after its attempt is not put there again."""
    copies.write("content/hello.md", "---\nauthor: [sky]\n---\nWords.\n")
    copies.sandbox.fault("commit-then-drop", resource="bluesky.putRecord")
    assert copies.publisher("publish").code == 3
    started = entries(copies)["hello"]["attempt"]["started_at"]
    age(copies, "hello", started_at=_minus(started, minutes=16))
    (record,) = copies.sandbox.bluesky.records.all()
    copies.sandbox.bluesky.records.put(record.uri, replace(record, deleted=True))
    assert copies.publisher("publish").code == 3
    assert live(copies.sandbox)["bluesky"] == []


def test_a_delete_whose_answer_was_lost_is_finished(copies: ProjectDir) -> None:
    copies.write("content/hello.md", "---\nauthor: [masto]\n---\nWords.\n")
    assert copies.publisher("publish").code == 0
    copies.sandbox.fault("commit-then-error", status=502, resource="mastodon.status", count=9)
    first = copies.publisher("unpublish", "hello", "--yes")
    copies.sandbox.store.faults.clear()
    assert first.code in (0, 3), first.text
    again = copies.publisher("publish")
    assert entries(copies)["hello"]["status"] == "deleted", again.text
    assert live(copies.sandbox)["mastodon"] == []


@pytest.mark.parametrize("change", ["withdrawn", "draft", "another author", "later", "paused"])
def test_an_absent_post_is_not_sent_again_against_the_authors_will(copies: ProjectDir, change: str) -> None:
    """The run before left an intent, and the post is not there. It would be repeated, had nobody stopped it."""
    path = copies.write("content/hello.md", "---\nauthor: [sky]\n---\nWords.\n")
    copies.sandbox.fault("error", status=503, resource="bluesky.putRecord")
    assert copies.publisher("publish").code == 3
    match change:
        case "withdrawn":
            path.unlink()
        case "draft":
            copies.write("content/hello.md", "---\nauthor: [sky]\ndraft: true\n---\nWords.\n")
        case "another author":
            copies.write("content/hello.md", "---\nauthor: [me]\ndraft: true\n---\nWords.\n")
        case "later":
            copies.write(
                "content/hello.md", "---\nauthor: [sky]\npublish_at: 2099-01-01T00:00:00Z\n---\nWords.\n"
            )
        case "paused":
            assert copies.publisher("pause").code == 0
    copies.publisher("publish")
    assert live(copies.sandbox)["bluesky"] == []
    assert entries(copies)["hello"]["status"] == "pending"
    copies.write("content/hello.md", "---\nauthor: [sky]\n---\nWords.\n")
    copies.publisher("resume")
    settled(copies, "hello")
    assert live(copies.sandbox)["bluesky"] == ["Words."]


@pytest.mark.parametrize("author", RESOURCES)
def test_a_limit_holds_one_author_in_later_runs(copies: ProjectDir, author: str) -> None:
    copies.write("content/hello.md", f"---\nauthor: [me, {author}]\n---\nWords.\n")
    copies.sandbox.fault("throttle", resource=RESOURCES[author])
    first = copies.publisher("publish")
    assert (first.code, "deferred" in first.text) == (1, True), first.text
    assert entries(copies)["hello"]["status"] == "published", "the other author goes on"
    seen = len(copies.sandbox.requests(resource=RESOURCES[author]))
    second = copies.publisher("publish")
    assert (second.code, "has limited" in second.text) == (1, True), second.text
    assert len(copies.sandbox.requests(resource=RESOURCES[author])) == seen


def test_three_unknown_outcomes_stop_one_network(copies: ProjectDir) -> None:
    for number in range(5):
        copies.write(f"content/p{number}.md", f"---\nauthor: [me, sky]\n---\nWords of post {number}.\n")
    copies.sandbox.fault("drop-after-body", resource="bluesky.putRecord", count=0)
    assert copies.publisher("publish").code == 3
    assert len(live(copies.sandbox)["linkedin"]) == 5
    assert len(copies.sandbox.requests(resource="bluesky.putRecord")) == 3
    copies.sandbox.store.faults.clear()
    assert copies.publisher("publish").code == 0
    assert len(live(copies.sandbox)["bluesky"]) == 5


def test_a_replacement_that_was_killed_is_finished(copies: ProjectDir) -> None:
    configure(copies, "on_change: replace\n")
    copies.write("content/hello.md", "---\nauthor: [sky]\n---\nWords.\n")
    assert copies.publisher("publish").code == 0
    copies.write("content/hello.md", "---\nauthor: [sky]\n---\nOther words.\n")
    copies.sandbox.fault("drop-after-body", resource="bluesky.putRecord")
    assert copies.publisher("publish", "--allow-replace").code == 3
    assert live(copies.sandbox)["bluesky"] == []
    assert copies.publisher("publish").code == 0
    assert live(copies.sandbox)["bluesky"] == ["Other words."]


def test_a_pause_keeps_repetitions_back(copies: ProjectDir) -> None:
    copies.write("content/hello.md", "---\nauthor: [sky]\n---\nWords.\n")
    copies.sandbox.fault("drop-after-body", resource="bluesky.putRecord")
    assert copies.publisher("publish").code == 3
    assert copies.publisher("pause").code == 0
    copies.publisher("publish")
    assert live(copies.sandbox)["bluesky"] == []
    assert copies.publisher("resume").code == 0
    assert copies.publisher("publish").code == 0
    assert live(copies.sandbox)["bluesky"] == ["Words."]


def test_images_reach_every_network_after_a_lost_answer(copies: ProjectDir, png: bytes) -> None:
    (copies.root / "content/a.png").write_bytes(png)
    head = "---\nauthor: [me, sky, masto, x]\nmedia: {path: a.png, alt: A red field}\n---\n"
    copies.write("content/hello.md", f"{head}Words.\n")
    for resource in RESOURCES.values():
        copies.sandbox.fault("drop-after-body", resource=resource)
    assert copies.publisher("publish").code == 3
    for name in ("hello@sky", "hello@x", "hello@masto"):
        settled(copies, name)
    assert copies.publisher("publish").code == 0
    assert {name: len(texts) for name, texts in live(copies.sandbox).items()} == dict.fromkeys(
        ("linkedin", "bluesky", "mastodon", "zernio"), 1
    )
    (record,) = copies.sandbox.bluesky.records.all()
    assert record.value["embed"]["images"][0]["alt"] == "A red field"
    (status,) = copies.sandbox.mastodon.statuses.all()
    assert len(status.media) == 1
    (post,) = copies.sandbox.zernio.posts.all()
    assert post.body["mediaItems"][0]["altText"] == "A red field"


def test_a_pause_keeps_a_delete_back(copies: ProjectDir) -> None:
    """Killed before its delete had an answer, and paused before the next run: the post stays as it is."""
    copies.write("content/hello.md", "---\nauthor: [masto]\n---\nWords.\n")
    assert copies.publisher("publish").code == 0
    copies.sandbox.fault("error", status=502, resource="mastodon.status", count=9)
    copies.publisher("unpublish", "hello", "--yes")
    copies.sandbox.store.faults.clear()
    assert entries(copies)["hello"]["status"] == "pending"
    assert copies.publisher("pause").code == 0
    copies.publisher("publish")
    assert live(copies.sandbox)["mastodon"] == ["Words."]
    assert copies.publisher("resume").code == 0
    copies.publisher("publish")
    assert live(copies.sandbox)["mastodon"] == []
