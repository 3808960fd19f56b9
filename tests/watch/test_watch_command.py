"""``watch`` and ``preview --serve`` as processes of their own: following, asking, ending."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import IO

import pytest
import requests

from tests.support.project import ProjectDir

PATIENCE = 120.0


class Watcher:
    """A running command, and what it has said so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said = ""
        self._news = threading.Condition()
        self._readers = [
            threading.Thread(target=self._read, args=(stream,))
            for stream in (process.stdout, process.stderr)
            if stream
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream: IO[str]) -> None:
        for line in stream:
            with self._news:
                self.said += line
                self._news.notify_all()

    def until(self, pattern: str) -> re.Match[str]:
        """Wait until something was said."""
        with self._news:
            found = self._news.wait_for(lambda: re.search(pattern, self.said), PATIENCE)
        assert found, f"{pattern!r} was never said:\n{self.said}"
        return found

    @property
    def url(self) -> str:
        """The page's address."""
        return self.until(r"Preview: (http://\S+)")[1]

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal; the exit code."""
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join()
        return code


Started = Callable[..., Watcher]


@pytest.fixture
def started(project: ProjectDir) -> Iterator[Started]:
    """Starts commands in the project; those still running are ended."""
    running: list[Watcher] = []

    def start(*arguments: str) -> Watcher:
        running.append(Watcher(project.start(*arguments)))
        return running[-1]

    yield start
    for watcher in running:
        if watcher.process.poll() is None:
            watcher.end()
        for stream in (watcher.process.stdout, watcher.process.stderr):
            if stream:
                stream.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly(project: ProjectDir, started: Started, number: signal.Signals) -> None:
    project.write("content/hello.md", "Hello")
    watcher = started("watch")
    with requests.get(watcher.url + "events", stream=True, timeout=PATIENCE) as stream:
        assert b"retry" in next(stream.iter_lines(chunk_size=1))
        assert watcher.end(number) == 0
    assert "Traceback" not in watcher.said


def test_each_change_is_validated_and_planned(project: ProjectDir, started: Started) -> None:
    project.write("content/hello.md", "Hello")
    watcher = started("watch")
    watcher.until(r"1 create")
    project.write("content/bad.md", "---\nvisibilty: public\n---\nHello")
    watcher.until(r"content/bad\.md:2:1.*visibilty")
    watcher.until(r"1 create, 1 error")
    project.write("publisher.yaml", "authors: [")
    watcher.until(r"trouble: publisher\.yaml")
    assert project.created_texts() == []
    assert not project.state_path.exists()


def test_serving_alone_says_nothing_but_its_address(project: ProjectDir, started: Started) -> None:
    project.write("content/hello.md", "Hello, page")
    watcher = started("-q", "preview", "--serve")
    assert page_with(watcher.url, "Hello, page")
    project.write("content/hello.md", "Hello again, page")
    assert page_with(watcher.url, "Hello again, page")
    assert watcher.said.count("\n") == 1


def page_with(url: str, words: str) -> bool:
    """Whether the live page comes to show these words; each new version is waited for."""
    with requests.get(url + "events", stream=True, timeout=PATIENCE) as stream:
        for line in stream.iter_lines(chunk_size=1):
            if line.startswith(b"data:"):
                assert json.loads(line[5:])["outline"]
                if words in requests.get(url, timeout=PATIENCE).text:
                    return True
    return False


def test_a_taken_port_is_said(project: ProjectDir, started: Started) -> None:
    project.write("content/hello.md", "Hello")
    port = re.search(r":(\d+)/", started("watch").url)
    assert port
    second = project.publisher("watch", "--port", port[1])
    assert second.code == 2
    assert f"The port {port[1]} is taken" in second.err


def test_without_a_terminal_publishing_must_be_agreed_to_beforehand(project: ProjectDir) -> None:
    refused = project.publisher("watch", "--publish")
    assert (refused.code, "--yes" in refused.err) == (2, True)
    assert project.publisher("watch", "--yes").code == 2


def test_with_yes_what_becomes_due_is_published_once(project: ProjectDir, started: Started) -> None:
    project.write("content/one.md", "The first post")
    watcher = started("watch", "--publish", "--yes")
    watcher.until(r"one")
    wait_for(lambda: project.created_texts() == ["The first post"])
    project.write("content/bad.md", "---\nvisibilty: public\n---\nHello")
    watcher.until(r"visibilty")
    project.write("content/two.md", "The second post")
    watcher.until(r"1 create.*1 error")
    assert project.created_texts() == ["The first post"]
    (project.root / "content/bad.md").unlink()
    wait_for(lambda: project.created_texts() == ["The first post", "The second post"])
    watcher.until(r"2 unchanged")
    assert watcher.end() == 0
    assert len(json.loads(project.state_path.read_text())["posts"]) == 2


def wait_for(condition: Callable[[], bool]) -> None:
    """Look again and again until it is so."""
    pause, deadline = threading.Event(), time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        pause.wait(0.05)


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, project: ProjectDir, *arguments: str) -> None:
        self._mine, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "publisher", "-C", str(project.root), *arguments],
            env=project.environ,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        self.said = ""

    def until(self, words: str) -> None:
        """Read until these words stand there for the first time since the last answer."""
        deadline = time.monotonic() + PATIENCE
        while words not in self.said:
            ready, _, _ = select.select([self._mine], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"{words!r} was never said:\n{self.said}"
            self.said += os.read(self._mine, 4096).decode("utf-8", "replace")

    def answer(self, line: str) -> None:
        """Type a line."""
        self.said = ""
        os.write(self._mine, line.encode() + b"\n")

    def close(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)
        os.close(self._mine)


@pytest.fixture
def terminal(project: ProjectDir) -> Iterator[Terminal]:
    """``watch --publish`` on a terminal, in a project with two posts."""
    project.write("content/one.md", "The first post")
    project.write("content/two.md", "The second post")
    running = Terminal(project, "watch", "--publish")
    yield running
    running.close()


def test_each_publication_is_asked_for(project: ProjectDir, terminal: Terminal) -> None:
    terminal.until("Publish one (create: new)? [y/N]")
    assert project.created_texts() == []
    terminal.answer("n")
    terminal.until("Publish two (create: new)? [y/N]")
    terminal.answer("y")
    wait_for(lambda: project.created_texts() == ["The second post"])
    # what was declined is asked for again only when it is another post
    project.write("content/one.md", "The first post, written again")
    terminal.until("Publish one (create: new)? [y/N]")
    terminal.answer("y")
    wait_for(lambda: project.created_texts() == ["The second post", "The first post, written again"])


def test_a_signal_at_the_very_question_ends_it(terminal: Terminal) -> None:
    terminal.until("Publish one (create: new)? [y/N]")
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.process.wait(PATIENCE) == 0


def test_an_answer_that_is_none_is_asked_for_again(project: ProjectDir, terminal: Terminal) -> None:
    terminal.until("Publish one (create: new)? [y/N]")
    terminal.answer("maybe")
    terminal.until("Answer y or n.")
    terminal.until("Publish one (create: new)? [y/N]")  # what is typed before the question is dropped
    terminal.answer("YES")
    wait_for(lambda: project.created_texts() == ["The first post"])


def test_what_changed_while_it_was_asked_for_is_asked_for_again(
    project: ProjectDir, terminal: Terminal
) -> None:
    terminal.until("Publish one (create: new)? [y/N]")
    project.write("content/one.md", "Another text than the one agreed to")
    terminal.answer("y")
    terminal.until("one has changed meanwhile")
    terminal.until("Publish two (create: new)? [y/N]")
    terminal.answer("n")
    terminal.until("Publish one (create: new)? [y/N]")
    assert project.created_texts() == []
