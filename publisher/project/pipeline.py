"""The straight line, wired once: read, validate, render, compare. What scripts import."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter
from pathlib import Path

from publisher.content.read import key_clashes, source_files
from publisher.errors import ContentError, UsageError
from publisher.lint.lints import lint_posts
from publisher.lint.similar import Sketch
from publisher.media.library import MediaLibrary
from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic, Severity, has_errors, sort_diagnostics
from publisher.model.plan import Plan
from publisher.model.post import UNKNOWN_AUTHOR, Post
from publisher.model.state import COMMENT_SUFFIX, State
from publisher.planning.options import PlanOptions
from publisher.project.build import assemble
from publisher.project.templates import read_templates
from publisher.render.post import RenderContext
from publisher.settings.config import CONFIG_NAME, load_config


@dataclass(frozen=True, slots=True)
class Project:
    """A project as read at one moment: its settings, the posts that are valid, and every diagnostic.

    ``keys`` are the (path, key) of every document that was read; one that gave no post holds its key all the same.
    """

    root: Path
    config: Config
    posts: tuple[Post, ...]
    diagnostics: tuple[Diagnostic, ...]
    sketches: Mapping[str, Sketch] = field(default_factory=dict, repr=False, compare=False)
    keys: tuple[tuple[str, str], ...] = field(default=(), repr=False, compare=False)


def load_project(
    root: Path,
    environ: Mapping[str, str],
    now: datetime,
    *,
    paths: Sequence[Path] | None = None,
    adapt: Callable[[Config], Config] = lambda config: config,
    cache: Path | None = None,
    settings: Config | None = None,
) -> Project:
    """Read, validate and render a project. Opens no socket and writes nothing but the cache.

    ``paths`` narrows it to some files; ``adapt`` changes the settings before anything is rendered; ``cache`` is
    the folder where rendered posts are remembered (None: nowhere); ``settings`` are used instead of the file's,
    where they were read before. Raises `publisher.errors.ConfigError`;
    problems of content are in ``diagnostics``.
    """
    config = settings or adapt(load_config(root, environ))
    missing = _author_missing(config)
    if missing:
        config = replace(config, authors={UNKNOWN_AUTHOR.alias: UNKNOWN_AUTHOR})
    files, diagnostics = source_files(root, config, paths)
    context = RenderContext(config, read_templates(root, config), MediaLibrary(root))
    made, found = assemble(root, files, context, now, cache if paths is None else None)
    lost, clashes = key_clashes([one.key for one in made], lambda at: (made[at].source, made[at].position))
    valid = [one for index, one in enumerate(made) if one.post is not None and index not in lost]
    return Project(
        root,
        config,
        tuple(sorted([one.post for one in valid if one.post], key=attrgetter("key"))),
        sort_diagnostics([*missing, *_version_ending(config, now), *diagnostics, *clashes, *found]),
        {one.key: one.sketch for one in valid},
        tuple([(one.source, one.key) for one in made]),
    )


def _author_missing(config: Config) -> tuple[Diagnostic, ...]:
    if config.authors or config.defaults.author:
        return ()
    message = (
        "No author is configured; posts that name none are shown with a placeholder and can't be published."
    )
    remedy = "Add `authors:` with your URN, or run `publisher auth login --write-config`."
    return (Diagnostic("author-unset", message, CONFIG_NAME, remedy=remedy, severity=Severity.WARNING),)


def _version_ending(config: Config, now: datetime) -> tuple[Diagnostic, ...]:
    """Advice where the configured Linkedin-Version has ended, or will soon."""
    if config.api != "posts":
        return ()
    from publisher.networks.linkedin.versions import WARN_BEFORE, newest, sunset

    version, today = config.linkedin.version, now.date()
    end = sunset(version)
    if end is None or end - today > WARN_BEFORE:
        return ()
    what = "ended" if end <= today else "ends"
    message = f"Linkedin-Version {version} {what} on {end}; from then on LinkedIn answers 426 and nothing is published."
    remedy = f'Set `linkedin.version: "{newest(today)}"`.'
    return (Diagnostic("version-sunset", message, CONFIG_NAME, remedy=remedy, severity=Severity.WARNING),)


def check_against(project: Project, state: State, due_at: datetime | None = None) -> Project:
    """The project with the diagnostics that need the other posts and the state.

    ``due_at`` narrows them to posts that are due then, which are all that a run would publish.
    """
    found = lint_posts(project.posts, state, project.config, project.sketches, due_at)
    if not found:
        return project
    return replace(project, diagnostics=sort_diagnostics((*project.diagnostics, *found)))


def plan_project(project: Project, state: State, now: datetime, options: PlanOptions = PlanOptions()) -> Plan:  # noqa: B008
    """The plan of a project without errors. Raises `ContentError` where it has some, `UsageError` for keys
    that nothing has.
    """
    require_valid(project)
    if options.keys:
        known = {post.key for post in project.posts} | {
            key.removesuffix(COMMENT_SUFFIX) for key in state.posts
        }
        missing = sorted(options.keys - known)
        if missing:
            raise UsageError(f"No post has the key {missing[0]!r}.", "`publisher plan` lists the keys.")
    from publisher.planning.plan import make_plan  # here, because a validation needs nothing of it

    return make_plan(project.posts, state, project.config, now, options)


def require_valid(project: Project) -> None:
    """Raise `ContentError` with all diagnostics where any of them is an error."""
    if has_errors(project.diagnostics):
        count = sum(d.severity == "error" for d in project.diagnostics)
        raise ContentError(
            f"The content has {count} error{'s' if count > 1 else ''}; nothing was planned or published.",
            diagnostics=project.diagnostics,
        )
