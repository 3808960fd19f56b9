"""Gather the facts from files, git, and a few requests that change nothing."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from publisher.auth.status import TokenStatus, authors_of, read_statuses
from publisher.auth.tokens import TokenSource
from publisher.auth.vault import Vault
from publisher.content.schemas import load_schema
from publisher.doctor.facts import Content, Facts, GitFacts, Identities, Need, Reach, StateFacts
from publisher.errors import ApiError, PublisherError, StateLocked, UsageError, VersionInactive
from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic, Severity
from publisher.model.post import UNKNOWN_AUTHOR, Author, Post
from publisher.model.state import Status
from publisher.networks.http import exchange, open_session
from publisher.networks.linkedin.identity import read_identity
from publisher.networks.linkedin.transport import Runtime, Transport, restli
from publisher.networks.messages import Answer, Request
from publisher.state import open_store
from publisher.state.filestore import FileStore
from publisher.state.git.process import GitFailed, GitMissing, run_git
from publisher.state.store import Store

# `git status` reads the whole work tree, which takes seconds in a large repository on a cold disk.
_GIT_SECONDS = 20
_PUBLISHES = re.compile(r"\bpublisher(?:\.actions)? publish\b|\bcommand: publish\b")
_NOBODY = "urn%3Ali%3Ashare%3A1"
"""A post that does not exist. A request for it tells only whether a version is active."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The project to look at, and the runtime to look with."""

    root: Path
    config: Config
    environ: Mapping[str, str]
    vault: Vault
    runtime: Runtime


def gather(
    subject: Subject, posts: Iterable[Post] | None, diagnostics: Iterable[Diagnostic], *, online: bool
) -> Facts:
    """Everything a doctor wants to know. Raises nothing for what is merely broken: that is a fact too.

    ``posts`` is None if the content could not be read at all.
    """
    content = None if posts is None else _content(tuple(posts), tuple(diagnostics))
    config, now = subject.config, subject.runtime.now()
    needs = content.needs if content else ()
    authors = tuple(need.author for need in needs) or authors_of(config, subject.vault)
    tokens = _tokens(subject, authors, online=online)
    facts = Facts(
        now=now,
        config=config,
        has_config=(subject.root / "publisher.yaml").exists(),
        schemas=_schemas(),
        content=content,
        tokens=tokens,
        state=_state(subject),
        git=_git(subject.root, config.state),
        workflows=_workflows(subject.root),
    )
    if not online:
        return facts
    return replace(
        facts,
        api=_reach(f"{config.linkedin.api_url}/v2/userinfo", config.linkedin.api_url, subject.runtime),
        oauth=_reach(
            f"{config.linkedin.oauth_url}/oauth/v2/authorization", config.linkedin.oauth_url, subject.runtime
        ),
        identities=_identities(subject, tokens),
        version_active=_version(subject, tokens),
    )


def _content(posts: tuple[Post, ...], diagnostics: tuple[Diagnostic, ...]) -> Content:
    # a project without authors has a stand-in for them, which nobody can post as
    live = [post for post in posts if not post.draft and post.author.urn != UNKNOWN_AUTHOR.urn]
    counts = Counter(post.author.urn for post in live)
    authors = {post.author.urn: post.author for post in live}
    commented = {post.author.urn for post in live if post.first_comment is not None}
    levels = Counter(diagnostic.severity for diagnostic in diagnostics)
    needs = tuple(Need(authors[urn], counts[urn], urn in commented) for urn in sorted(authors))
    return Content(len(posts), levels[Severity.ERROR], levels[Severity.WARNING], needs)


def _tokens(subject: Subject, authors: Iterable[Author], *, online: bool) -> tuple[TokenStatus, ...]:
    return read_statuses(
        authors, subject.config, subject.environ, subject.vault, subject.runtime, online=online
    )


def _schemas() -> str:
    for name in ("post", "config", "state", "plan", "ugc"):
        try:
            load_schema(name)
        except Exception as error:
            return f"{name} ({type(error).__name__})"
    return ""


def _reach(url: str, shown: str, runtime: Runtime) -> Reach:
    """Send one request without a token, and return how the host answers and its clock's offset."""
    before = runtime.now()
    with open_session() as session:
        outcome = exchange(session, Request("GET", url), runtime.timeouts)
    after = runtime.now()
    if not isinstance(outcome, Answer):
        return Reach(shown, failure=outcome.reason)
    return Reach(shown, status=outcome.status, offset=_offset(outcome, before, after))


def _offset(answer: Answer, before: datetime, after: datetime) -> float | None:
    """Their clock minus ours, as little as the answer allows: the Date header has whole seconds only."""
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    # "-0000" stands for UTC of unknown origin
    theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
    # The answer was made between `before` and `after`, and its Date is up to a second older than it.
    earliest = (theirs - after).total_seconds()
    latest = (theirs - before).total_seconds() + 1
    # The true offset lies between the two bounds; if they include 0, the clocks may agree.
    return 0.0 if earliest <= 0 <= latest else min(earliest, latest, key=abs)


def _identities(subject: Subject, tokens: Iterable[TokenStatus]) -> tuple[Identities, ...]:
    """Return the member that LinkedIn reports for each member's token."""
    found = []
    for status in tokens:
        if status.problem or not status.author.urn.startswith("urn:li:person:"):
            continue
        # asking would only earn a 403
        if status.scopes and not {"openid", "profile"} <= set(status.scopes):
            continue
        try:
            token = _token(subject, status.author)
            urn = read_identity(Transport(subject.config.linkedin.api_url, subject.runtime), token).urn
        except PublisherError:
            urn = None
        found.append(Identities(status.author, urn))
    return tuple(found)


def _version(subject: Subject, tokens: Iterable[TokenStatus]) -> bool | None:
    """Return whether LinkedIn accepts the configured version; None if that is not known."""
    members = (status for status in tokens if status.author.network == "linkedin")
    usable = next((status for status in members if not status.problem), None)
    if subject.config.api != "posts" or usable is None:
        return None
    linkedin = subject.config.linkedin
    try:
        token = _token(subject, usable.author)
        url = f"{linkedin.api_url}/rest/posts/{_NOBODY}"
        Transport(linkedin.api_url, subject.runtime).safe(
            Request("GET", url, restli(version=linkedin.version), token=token)
        )
    # 426 NONEXISTENT_VERSION: LinkedIn ends a version about a year after its release (Microsoft Learn,
    # Versioning, 2026-09).
    except VersionInactive:
        return False
    except ApiError as error:
        # versions are looked at before permissions and posts
        return True if error.status in {400, 403, 404} and error.code != "VERSION_MISSING" else None
    except UsageError:
        return None
    return True


def _token(subject: Subject, author: Author) -> str:
    return TokenSource(subject.config, subject.environ, vault=subject.vault, runtime=subject.runtime)(author)


def _state(subject: Subject) -> StateFacts:
    location = subject.config.state
    try:
        store = open_store(location, subject.root, project=subject.config.project)
        state = store.read()
        locked = _is_locked(store, subject.root)
    except PublisherError as error:
        return StateFacts(location, error.message, error.remedy)
    pending = sorted(key for key, entry in state.posts.items() if entry.status is Status.PENDING)
    return StateFacts(store.location, entries=len(state.posts), pending=tuple(pending), locked=locked)


def _is_locked(store: Store, root: Path) -> bool:
    """Return whether a run holds the state.

    A project that was never published has no lock, and gets none here.
    """
    # taking the lock would make the folder, and a doctor changes nothing
    if not isinstance(store, FileStore) or not (root / ".publisher").exists():
        return False
    try:
        with store.session():
            return False
    except StateLocked:
        return True


def _git(root: Path, state: str) -> GitFacts | None:
    """Return how git sees the state file; None if the state is not a file, or there is no git."""
    if ":" in state:
        return None
    inside = _run_git(root, "rev-parse", "--is-inside-work-tree")
    if inside is None:
        return None
    if inside.strip() != "true":
        return GitFacts()
    listed = (
        _run_git(
            root,
            "status",
            "--porcelain",
            "--ignored",
            "--untracked-files=all",
            "--ignore-submodules=all",
            "--",
            state,
        )
        or ""
    )
    # Porcelain format 1: two letters, `!!` for ignored and `??` for untracked files (git-status(1)).
    marks = {line[:2] for line in listed.splitlines()}
    return GitFacts(
        repository=True,
        exists=(root / state).exists(),
        tracked=bool(_run_git(root, "ls-files", "--", state)),
        ignored="!!" in marks or bool(_run_git(root, "check-ignore", "--no-index", "--", state)),
        modified=bool(marks - {"!!", "??"}),
    )


def _run_git(root: Path, *arguments: str) -> str | None:
    """Return what git says; empty if it fails, None if it is not installed."""
    try:
        return run_git(root, *arguments, patience=_GIT_SECONDS).decode(errors="replace")
    except GitMissing:
        return None
    except GitFailed:
        return ""


def _workflows(root: Path) -> tuple[str, ...]:
    """Return the workflows that publish, by name."""
    folder = root / ".github" / "workflows"
    found = []
    for path in sorted((*folder.glob("*.yml"), *folder.glob("*.yaml"))):
        try:
            publishes = _PUBLISHES.search(path.read_text(encoding="utf-8", errors="replace"))
        except OSError:
            continue
        if publishes:
            found.append(path.name)
    return tuple(found)
