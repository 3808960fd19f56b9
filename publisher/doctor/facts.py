"""The facts about a project and its environment, before the checks judge them."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from publisher.auth.status import TokenStatus
from publisher.model.config import Config
from publisher.model.post import Author


class Level(IntEnum):
    """How bad a finding is; only an ERROR makes the doctor fail."""

    OK = 0
    WARNING = 1
    ERROR = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: the thing checked, its level, a message, and a remedy if there is a problem."""

    name: str
    level: Level
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """What the content needs from one author: the number of posts, and whether any has a first comment."""

    author: Author
    posts: int
    comments: bool


@dataclass(frozen=True, slots=True)
class Content:
    """The content as it was read: its posts' authors, and how many problems it has."""

    posts: int = 0
    errors: int = 0
    warnings: int = 0
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """How a host answered.

    ``failure`` is empty if it did; ``offset`` is its clock minus ours, in seconds.
    """

    url: str
    failure: str = ""
    status: int = 0
    offset: float | None = None


@dataclass(frozen=True, slots=True)
class Identities:
    """A token and the member LinkedIn says it belongs to; ``urn`` is None if it did not say."""

    author: Author
    urn: str | None


@dataclass(frozen=True, slots=True)
class StateFacts:
    """The state as it can be read. ``problem`` is empty if it can; ``pending`` are keys in doubt."""

    location: str
    problem: str = ""
    remedy: str = ""
    entries: int = 0
    pending: tuple[str, ...] = ()
    locked: bool = False


@dataclass(frozen=True, slots=True)
class GitFacts:
    """How git sees the state file; all false outside a repository."""

    repository: bool = False
    exists: bool = False
    tracked: bool = False
    ignored: bool = False
    modified: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was found out. A part that was not looked at is None or empty.

    ``version_active`` is LinkedIn's own word on the configured version, None if it was not asked.
    """

    now: datetime
    config: Config
    has_config: bool
    schemas: str = ""
    content: Content | None = None
    api: Reach | None = None
    oauth: Reach | None = None
    tokens: tuple[TokenStatus, ...] = ()
    identities: tuple[Identities, ...] = ()
    version_active: bool | None = None
    state: StateFacts | None = None
    git: GitFacts | None = None
    workflows: tuple[str, ...] | None = None
