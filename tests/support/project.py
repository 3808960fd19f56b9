"""A user's project on disk, and the command run in it: in this process, or as a process of its own."""

import contextlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from publisher.cli.main import run
from publisher.sandbox.server import Sandbox

CONFIG = """\
authors:
  me: {{urn: "{urn}"}}
limits: {{creates_per_run: 1000}}
{more}"""


@dataclass(frozen=True)
class Result:
    """What a command gave back."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Everything a person sees."""
        return self.out + self.err


@dataclass(frozen=True)
class ProjectDir:
    """A project whose LinkedIn is a sandbox."""

    root: Path
    sandbox: Sandbox
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def state_path(self) -> Path:
        """The state file."""
        return self.root / "publisher.state.json"

    @property
    def environ(self) -> dict[str, str]:
        """The environment of its commands: the sandbox in LinkedIn's place, and a token for it.

        ``CI`` is left out: there a state is never created without `state init`.
        """
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(("LINKEDIN_", "CI"))},
            "PUBLISHER_LINKEDIN_API_URL": self.sandbox.url,
            "PUBLISHER_LINKEDIN_OAUTH_URL": self.sandbox.url,
            "LINKEDIN_ACCESS_TOKEN": self.sandbox.token(),
            "NO_COLOR": "1",
            "XDG_STATE_HOME": str(self._machine),
            **self.env,
        }

    @property
    def _machine(self) -> Path:
        """The user's state folder on this machine, with the journal of what was published from here."""
        return self.root.parent / f".{self.root.name}.machine"

    def forget(self) -> None:
        """Lose the state and the journal, as a fresh container without a commit does."""
        self.state_path.unlink()
        self.forget_journal()

    def forget_journal(self) -> None:
        """Lose the journal: from now on this is another machine."""
        shutil.rmtree(self._machine, ignore_errors=True)

    def write(self, name: str, text: str) -> Path:
        """A file under the project's root."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def configure(self, more: str = "") -> None:
        """Write publisher.yaml: the sandbox's member as the only author, and ``more`` YAML."""
        self.write("publisher.yaml", CONFIG.format(urn=self.sandbox.member.urn, more=more))

    def publisher(self, *arguments: str) -> Result:
        """Run a command in this process."""
        out, err = io.StringIO(), io.StringIO()
        with (
            patch.dict(os.environ, self.environ, clear=True),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = run(["-C", str(self.root), *arguments])
        return Result(code, out.getvalue(), err.getvalue())

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command as a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "publisher", "-C", str(self.root), *arguments],
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def created_texts(self) -> list[str]:
        """The text of every create request that ever arrived, refused or not."""
        return [text_of(request) for request in self.sandbox.requests(resource="ugcPosts", method="CREATE")]


def text_of(request: Mapping[str, object]) -> str:
    """The text of a recorded ugcPosts create; empty where its body never arrived."""
    body = request["request"].get("json")  # type: ignore[index, attr-defined]
    if body is None:
        return ""
    content = body["specificContent"]["com.linkedin.ugc.ShareContent"]
    return str(content["shareCommentary"]["text"])
