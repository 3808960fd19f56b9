"""The straight line, wired once: read, validate, render, compare, publish. What scripts import."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from publisher.content.config import CONFIG_NAME, load_config
from publisher.content.media import MediaLibrary
from publisher.content.read import read_documents
from publisher.content.templates import read_templates
from publisher.errors import ConfigError, ContentError, UsageError
from publisher.gateway import Gateway
from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic, Severity, has_errors, sort_diagnostics
from publisher.model.document import Document
from publisher.model.plan import Plan
from publisher.model.post import Author, Post
from publisher.model.state import COMMENT_SUFFIX, State
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.publishing.apply import apply_plan
from publisher.publishing.receipts import Receipt
from publisher.publishing.run import Observer, Run
from publisher.render.lints import lint_post, lint_posts
from publisher.render.post import RenderContext, render_post
from publisher.state.store import Session

UNKNOWN_AUTHOR = Author("{author}", "author")
"""Stands visibly where a project without authors has a post without one, so that it can still be looked at."""


@dataclass(frozen=True, slots=True)
class Project:
    """A project as read at one moment: its settings, the posts that are valid, and every diagnostic."""

    root: Path
    config: Config
    posts: tuple[Post, ...]
    diagnostics: tuple[Diagnostic, ...]


def load_project(
    root: Path,
    environ: Mapping[str, str],
    now: datetime,
    *,
    paths: Sequence[Path] | None = None,
    adapt: Callable[[Config], Config] = lambda config: config,
) -> Project:
    """Read, validate and render a project. Opens no socket and writes nothing.

    ``paths`` narrows it to some files; ``adapt`` changes the settings before anything is rendered. Raises
    `publisher.errors.ConfigError`; problems of content are in ``diagnostics``.
    """
    config = adapt(load_config(root, environ))
    missing = _author_missing(config)
    if missing:
        config = replace(config, authors={UNKNOWN_AUTHOR.alias: UNKNOWN_AUTHOR})
    reading = read_documents(root, config, paths)
    context = RenderContext(config, read_templates(root, config), MediaLibrary(root))
    posts: list[Post] = []
    diagnostics = [*missing, *reading.diagnostics]
    for document in reading.documents:
        post, found = _render(document, context, config, now)
        diagnostics += found
        if post is not None:
            posts.append(post)
    return Project(root, config, tuple(posts), sort_diagnostics(diagnostics))


def _author_missing(config: Config) -> tuple[Diagnostic, ...]:
    if config.authors or config.defaults.author:
        return ()
    message = (
        "No author is configured; posts that name none are shown with a placeholder and can't be published."
    )
    remedy = "Add `authors:` with your URN, or run `publisher auth login --write-config`."
    return (Diagnostic("author-unset", message, CONFIG_NAME, remedy=remedy, severity=Severity.WARNING),)


def require_authors(plan: Plan) -> None:
    """Raise `ConfigError` where something is to be published whose author is only a placeholder."""
    if any(change.author == UNKNOWN_AUTHOR.urn for change in plan.acting):
        raise ConfigError(
            "No author is configured, so nothing can be published.",
            "Add `authors:` with your URN to publisher.yaml, or run `publisher auth login --write-config`.",
        )


def _render(
    document: Document, context: RenderContext, config: Config, now: datetime
) -> tuple[Post | None, tuple[Diagnostic, ...]]:
    rendered = render_post(document, context)
    diagnostics = tuple(rendered.diagnostics)
    if rendered.post is not None:
        diagnostics += tuple(lint_post(rendered.post, document, config, now))
    return (None if has_errors(diagnostics) else rendered.post), diagnostics


def check_against(project: Project, state: State) -> Project:
    """The project with the diagnostics that need the other posts and the state."""
    found = lint_posts(project.posts, state, project.config)
    return replace(project, diagnostics=sort_diagnostics((*project.diagnostics, *found)))


def plan_project(project: Project, state: State, now: datetime, options: PlanOptions = PlanOptions()) -> Plan:  # noqa: B008
    """The plan of a project without errors. Raises `ContentError` where it has some, `UsageError` for keys
    that nothing has.
    """
    require_valid(project)
    known = {post.key for post in project.posts} | {key.removesuffix(COMMENT_SUFFIX) for key in state.posts}
    missing = sorted(options.keys - known)
    if missing:
        raise UsageError(f"No post has the key {missing[0]!r}.", "`publisher plan` lists the keys.")
    return make_plan(project.posts, state, project.config, now, options)


def require_valid(project: Project) -> None:
    """Raise `ContentError` with all diagnostics where any of them is an error."""
    if has_errors(project.diagnostics):
        count = sum(d.severity == "error" for d in project.diagnostics)
        raise ContentError(
            f"The content has {count} error{'s' if count > 1 else ''}; nothing was planned or published.",
            diagnostics=project.diagnostics,
        )


def publish(
    plan: Plan,
    session: Session,
    gateway: Gateway,
    config: Config,
    *,
    permalink: Callable[[str], str],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    stop: Callable[[], bool] = lambda: False,
    observer: Observer | None = None,
) -> tuple[Receipt, ...]:
    """Carry out a plan that was made from ``session.state``; one receipt for each acting change."""
    run = Run(
        session=session,
        gateway=gateway,
        config=config,
        now=now,
        new_id=lambda: secrets.token_hex(8),
        permalink=permalink,
        stop=stop,
        observer=observer or Observer(),
    )
    return apply_plan(plan, run)
