"""Projects whose LinkedIn is the second one, and the real command run in them."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from publisher.networks.http import Timeouts
from publisher.networks.linkedin.transport import Runtime
from tests.support.otherlinkedin import OtherLinkedIn, Variant
from tests.support.pictures import clip, picture
from tests.support.project import ProjectDir, Result

SECRET_NAMES = ("LINKEDIN_", "PUBLISHER_LINKEDIN_")


@dataclass(frozen=True)
class Project:
    """A project of one member of this LinkedIn."""

    root: Path
    linkedin: OtherLinkedIn
    api: str
    env: dict[str, str] = field(default_factory=dict)

    def configure(self, more: str = "", urn: str = "") -> None:
        """Write publisher.yaml."""
        lines = [f'authors: {{me: {{urn: "{urn or self.linkedin.member}"}}}}', f"api: {self.api}", more]
        (self.root / "publisher.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def write(self, key: str, text: str = "", **front: Any) -> str:
        """A post; its text."""
        text = text or f"Words of {key}."
        head = "".join(f"{name}: {json.dumps(value)}\n" for name, value in front.items())
        path = self.root / "content" / f"{key}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\n{head}---\n{text}\n" if head else f"{text}\n", encoding="utf-8")
        return text

    def file(self, name: str, content: bytes | None = None, number: int = 0) -> str:
        """A file beside the posts; a picture, unless its bytes are given."""
        path = self.root / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(64, 64 + number, number) if content is None else content)
        return name

    def film(self, name: str = "clip.mp4", size: int = 100_000) -> str:
        """A film of so many bytes, longer than the clip by its header: the clip, and a box of nothing in particular."""
        film = bytearray(clip())
        at = film.index(b"mvhd") + 16
        film[at : at + 4] = (int.from_bytes(film[at : at + 4], "big") // 2).to_bytes(4, "big")
        padding = size - len(film)
        noise = (bytes(range(256)) * (padding // 256 + 1))[: padding - 8]
        return self.file(name, bytes(film) + padding.to_bytes(4, "big") + b"free" + noise)

    def run(self, *arguments: str, **env: str) -> Result:
        """Run a command in this process."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith((*SECRET_NAMES, "CI"))
        }
        environ = {
            **kept,
            "PUBLISHER_LINKEDIN_API_URL": self.linkedin.url,
            "PUBLISHER_LINKEDIN_OAUTH_URL": self.linkedin.oauth_url,
            "LINKEDIN_ACCESS_TOKEN": self.linkedin.token.value,
            "NO_COLOR": "1",
            "XDG_STATE_HOME": str(self._machine),
            **self.env,
            **env,
        }
        return _Dir(self.root, environ).publisher(*arguments)

    @property
    def _machine(self) -> Path:
        return self.root.with_name(f".{self.root.name}.machine")

    def forget(self) -> None:
        """Lose the state and the journal, as a fresh container without a commit does."""
        (self.root / "publisher.state.json").unlink()
        shutil.rmtree(self._machine, ignore_errors=True)

    def forget_limits(self) -> None:
        """What happens at midnight: the limits in the state are over."""
        path = self.root / "publisher.state.json"
        document = json.loads(path.read_text("utf-8"))
        document.pop("deferred", None)
        path.write_text(json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")

    @property
    def held(self) -> list[str]:
        """The keys that are held as duplicates."""
        path = self.root / "publisher.state.json"
        return list(json.loads(path.read_text("utf-8")).get("held", {})) if path.exists() else []

    @property
    def state(self) -> dict[str, Any]:
        """The posts of the state file."""
        path = self.root / "publisher.state.json"
        return json.loads(path.read_text("utf-8"))["posts"] if path.exists() else {}


@dataclass(frozen=True)
class _Dir(ProjectDir):
    """Runs commands with an environment that is given whole."""

    sandbox: dict[str, str]  # type: ignore[assignment]

    @property
    def environ(self) -> dict[str, str]:
        return self.sandbox


Open = Callable[..., Project]


@pytest.fixture
def open_project(tmp_path: Path) -> Iterator[Open]:
    """Opens projects: ``open_project(api, created_id="both", …)`` with fields of `Variant`."""
    with ExitStack() as stack:

        def open_one(api: str = "ugcPosts", variant: Variant | None = None, **fields: Any) -> Project:
            linkedin = stack.enter_context(OtherLinkedIn(variant or Variant(**fields)))
            root = tmp_path / f"project-{linkedin.port('api')}"
            (root / "content").mkdir(parents=True)
            made = Project(root, linkedin, api)
            made.configure()
            return made

        yield open_one


@pytest.fixture(autouse=True)
def naps(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> list[float]:
    """The command never sleeps; the sleeps it asked for, in seconds.

    It waits long for answers, as a busy machine may take its time; but half a second where the test is of none.
    """
    slept: list[float] = []
    begin = Runtime.__init__
    hangs = hasattr(request.node, "callspec") and "hang" in repr(request.node.callspec.params)
    timeouts = Timeouts(5.0, 0.5, 1.5) if hangs else Timeouts(30.0, 30.0, 60.0)
    quick = {"sleep": slept.append, "chance": lambda: 0.0, "timeouts": timeouts}
    monkeypatch.setattr(Runtime, "__init__", lambda self, **given: begin(self, **quick | given))
    return slept
