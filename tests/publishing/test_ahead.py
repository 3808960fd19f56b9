"""Files of the next posts are uploaded while the post at hand is created; its order and outcome stay the same."""

import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from publisher.errors import Rejected
from publisher.model.post import Author, Media
from publisher.networks.gateway import Created, Gateway, Payload, Progress
from publisher.networks.linkedin.open_gateway import open_gateway
from publisher.networks.linkedin.permalinks import permalink
from publisher.networks.linkedin.transport import Runtime
from publisher.project import load
from publisher.project.publishable import publishable
from publisher.publishing.due import Services, publish_due
from publisher.publishing.receipts import Outcome, Receipt
from publisher.publishing.run_context import Observer
from publisher.state import open_store
from tests.support.pictures import picture
from tests.support.project import ProjectDir

Watch = Callable[[str, str], None]


class Watched:
    """A real gateway; ``before`` and ``after`` are told of each upload (by path) and create (by text)."""

    def __init__(self, gateway: Gateway, before: Watch, after: Watch) -> None:
        self._gateway, self._before, self._after = gateway, before, after

    def upload(self, author: Author, media: Media, progress: Progress | None = None) -> str:
        self._before("upload", media.path)
        urn = self._gateway.upload(author, media, progress)
        self._after("upload", media.path)
        return urn

    def create(self, author: Author, payload: Payload) -> Created:
        text = payload["specificContent"]["com.linkedin.ugc.ShareContent"]["shareCommentary"]["text"]
        self._before("create", text)
        created = self._gateway.create(author, payload)
        self._after("create", text)
        return created

    def update_text(self, author: Author, urn: str, payload: Payload) -> None:
        raise NotImplementedError

    def delete(self, author: Author, urn: str) -> None:
        raise NotImplementedError

    def comment(self, author: Author, urn: str, payload: Payload) -> Created:
        raise NotImplementedError


def nothing(what: str, which: str) -> None:
    """Watches nothing."""


def write_posts(project: ProjectDir, *keys: str, author: str = "me") -> None:
    for number, key in enumerate(keys):
        image = project.root / "content" / f"{key}.png"
        image.parent.mkdir(exist_ok=True)
        image.write_bytes(picture(64, 64 + number, number))
        front = f"author: {author}\nmedia: {{path: {key}.png, alt: A plan}}"
        project.write(f"content/{key}.md", f"---\n{front}\n---\nWords of {key}.\n")


def run(
    project: ProjectDir,
    before: Watch = nothing,
    after: Watch = nothing,
    observer: Observer | None = None,
    stop: Callable[[], bool] = lambda: False,
    tokens: Mapping[str, str] | None = None,
) -> tuple[Receipt, ...]:
    now = datetime.now(UTC)
    loaded = load(project.root, project.environ, now)

    def token(author: Author) -> str:
        return (tokens or {}).get(author.urn) or project.sandbox.token(author.urn)

    real = open_gateway(loaded.config, project.root, token, runtime=Runtime(sleep=lambda _: None))
    with open_store(loaded.config.state, project.root).session() as session:
        gateway = Watched(real, before, after)
        services = Services(token, lambda _tokens, _sending: gateway, permalink, stop, observer or Observer())
        return publish_due(publishable(loaded), session, services).receipts


def state(project: ProjectDir) -> dict[str, Any]:
    return json.loads(project.state_path.read_text())  # type: ignore[no-any-return]


def outcomes(receipts: tuple[Receipt, ...]) -> list[str]:
    return [receipt.outcome.value for receipt in receipts]


def registered(project: ProjectDir) -> int:
    return len(project.sandbox.requests(resource="assets", method="ACTION-registerUpload"))


def test_the_next_files_arrive_while_a_post_is_created(project: ProjectDir) -> None:
    write_posts(project, *"abcdef")
    arrived = {f"content/{key}.png": threading.Event() for key in "abcdef"}
    seen: list[bool] = []

    def before(what: str, which: str) -> None:
        if what == "create" and which == "Words of a.":
            seen.extend(arrived[f"content/{key}.png"].wait(20) for key in "bcd")
            seen.append(arrived["content/e.png"].is_set())

    def after(what: str, which: str) -> None:
        if what == "upload":
            arrived[which].set()

    receipts = run(project, before, after)
    assert seen == [True, True, True, False], "three posts ahead, and no more"
    assert outcomes(receipts) == ["done"] * 6
    assert project.created_texts() == [f"Words of {key}." for key in "abcdef"]
    assert registered(project) == 6
    entries = state(project)
    assert "uploads" not in entries
    for post, key in zip(reversed(project.sandbox.posts()), "abcdef", strict=True):
        (asset,) = entries["posts"][key]["media"]
        assert post.content["media"][0]["urn"] == asset["urn"]


def test_a_failing_upload_fails_its_own_post_only(project: ProjectDir) -> None:
    write_posts(project, *"abc")

    def before(what: str, which: str) -> None:
        if (what, which) == ("upload", "content/b.png"):
            raise Rejected("The file of b is refused.", code="NO_B")

    receipts = run(project, before)
    assert outcomes(receipts) == ["done", "failed", "done"]
    assert (receipts[1].key, receipts[1].message, receipts[1].code) == (
        "b",
        "The file of b is refused.",
        "NO_B",
    )
    assert project.created_texts() == ["Words of a.", "Words of c."]
    assert state(project)["failures"]["b"]["code"] == "NO_B"
    assert outcomes(run(project)) == ["done"]


def test_what_arrived_before_a_stop_is_not_sent_again(project: ProjectDir) -> None:
    write_posts(project, *"abc")
    arrived, asked = {key: threading.Event() for key in "abc"}, threading.Event()

    def before(what: str, which: str) -> None:
        if what == "create":
            assert arrived["b"].wait(20)
            assert arrived["c"].wait(20)
            asked.set()

    def after(what: str, which: str) -> None:
        if what == "upload":
            arrived[which[-5]].set()

    receipts = run(project, before, after, stop=asked.is_set)
    assert outcomes(receipts) == ["done", "skipped", "skipped"]
    assert sorted(state(project)["uploads"]) == ["b", "c"]
    assert outcomes(run(project)) == ["done", "done"]
    assert registered(project) == 3
    assert len(project.sandbox.requests(resource="uploads")) == 3


def test_what_is_still_being_sent_at_a_stop_is_given_up(project: ProjectDir) -> None:
    write_posts(project, *"abcd")
    begun, asked = threading.Event(), threading.Event()

    def before(what: str, which: str) -> None:
        if (what, which) == ("upload", "content/b.png"):
            begun.set()
            assert asked.wait(20)
        elif what == "create":
            assert begun.wait(20)
            asked.set()

    receipts = run(project, before, stop=asked.is_set)
    assert outcomes(receipts) == ["done", "skipped", "skipped", "skipped"]
    again = run(project)
    assert outcomes(again) == ["done", "done", "done"]
    assert len(project.sandbox.posts()) == 4


def test_nothing_is_sent_ahead_for_an_author_whose_token_was_refused(project: ProjectDir) -> None:
    other = project.sandbox.store.add_member(given_name="Other")
    project.write(
        "publisher.yaml",
        f'authors:\n  me: {{urn: "{project.sandbox.member.urn}"}}\n  other: {{urn: "{other.urn}"}}\n'
        "limits: {creates_per_run: 100}\n",
    )
    write_posts(project, *"abcdefgh", author="other")
    write_posts(project, "z")
    started: list[str] = []

    def before(what: str, which: str) -> None:
        if what == "upload":
            started.append(which)

    receipts = run(project, before, tokens={other.urn: "refused"})
    assert outcomes(receipts) == ["failed", *["skipped"] * 7, "done"]
    assert not {f"content/{key}.png" for key in "efgh"} & set(started)
    assert project.created_texts() == ["Words of z."]


@pytest.mark.parametrize("keys", ["a", "abc"])
def test_progress_is_shown_for_the_post_at_hand_only(project: ProjectDir, keys: str) -> None:
    write_posts(project, *keys)
    lines: list[str] = []

    class Noted(Observer):
        def started(self, change: Any) -> None:
            lines.append(change.key)

        def upload(self, media: Media, sent: int, total: int) -> None:
            lines.append(media.path)

        def finished(self, receipt: Receipt) -> None:
            assert receipt.outcome is Outcome.DONE

    run(project, observer=Noted())
    at_hand = ""
    for line in lines:
        if line.endswith(".png"):
            assert line == f"content/{at_hand}.png"
        else:
            at_hand = line


def test_a_single_post_with_files_starts_no_thread(project: ProjectDir) -> None:
    write_posts(project, "a")
    project.write("content/b.md", "Words of b.\n")
    threads: list[str] = []

    def before(what: str, which: str) -> None:
        if what == "upload":
            threads.append(threading.current_thread().name)

    assert outcomes(run(project, before)) == ["done", "done"]
    assert threads == [threading.current_thread().name]
