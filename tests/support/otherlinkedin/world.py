"""What this LinkedIn knows: members, pages, tokens, files, posts and comments."""

import itertools
import json
import random
import string
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ALPHABET = string.ascii_letters + string.digits + "-_"
SELF_SERVE = frozenset({"openid", "profile", "email", "w_member_social"})
COMMUNITY = frozenset(
    {"w_member_social", "w_organization_social", "w_member_social_feed", "r_organization_social"}
)


@dataclass(slots=True)
class Token:
    """An access token: whose, with which scopes, for which pages, and whether it still works."""

    value: str
    member: str
    scopes: frozenset[str]
    pages: frozenset[str] = frozenset()
    status: str = "active"
    issued_at: int = field(default_factory=lambda: int(time.time()))


@dataclass(slots=True)
class File:
    """An image, video or document: registered, perhaps uploaded, perhaps ready."""

    urn: str
    kind: str
    owner: str
    size: int | None = None
    recipe: str = ""
    artifact: str = ""
    ranges: tuple[tuple[int, int], ...] = ()
    parts: dict[int, bytes] = field(default_factory=dict)
    tags: dict[int, str] = field(default_factory=dict)
    content: bytes = b""
    status: str = "WAITING_UPLOAD"
    polls: int = 0


@dataclass(slots=True)
class Posted:
    """A post that was really created. ``stored`` is what readers see of ``text``."""

    urn: str
    author: str
    text: str
    stored: str
    body: Mapping[str, Any]
    api: str
    files: tuple[str, ...] = ()
    early: bool = False
    """Whether a file was not ready when the post was made."""
    deleted: bool = False
    at: float = field(default_factory=time.time)


@dataclass(slots=True)
class Commented:
    """A comment that was really created."""

    id: str
    urn: str
    post: str
    actor: str
    text: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it came: to which listener, raw target, headers by lower-case name, body, and its answer."""

    listener: str
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    answered: int = 0

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class World:
    """All of it, and the ids."""

    def __init__(self) -> None:
        self._random, self._count = random.Random(7), itertools.count(1)
        self.tokens: dict[str, Token] = {}
        self.files: dict[str, File] = {}
        self.posts: list[Posted] = []
        self.comments: list[Commented] = []
        self.calls: Counter[str] = Counter()
        self.people: dict[str, str] = {}
        self.pages: dict[str, str] = {}

    def opaque(self, length: int = 10) -> str:
        """An opaque id."""
        return "".join(self._random.choice(ALPHABET) for _ in range(length))

    def number(self, at: float | None = None) -> str:
        """A dated id: epoch milliseconds, shifted left by 22 bits, and a random tail."""
        milliseconds = int((time.time() if at is None else at) * 1000)
        return str((milliseconds << 22) + self._random.randrange(1 << 22))

    def person(self, name: str = "Jane Doe") -> str:
        """A new member's URN."""
        urn = f"urn:li:person:{self.opaque()}"
        self.people[urn] = name
        return urn

    def page(self, name: str = "Acme Corp") -> str:
        """A new page's URN."""
        urn = f"urn:li:organization:{4710 + next(self._count)}"
        self.pages[urn] = name
        return urn

    def token(
        self, member: str, scopes: frozenset[str] = SELF_SERVE, pages: frozenset[str] = frozenset()
    ) -> Token:
        """A new token; one for another set of scopes ends all earlier tokens of the member."""
        for other in self.tokens.values():
            if other.member == member and other.scopes != scopes:
                other.status = "revoked"
        made = Token("AQ" + self.opaque(348), member, scopes, pages)
        self.tokens[made.value] = made
        return made

    def post(self, urn: str) -> Posted | None:
        """A post by its URN."""
        return next((post for post in self.posts if post.urn == urn), None)
