"""Check a loaded project against its state, and plan it."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from publisher.errors import ContentError, UsageError
from publisher.lint.lints import lint_posts
from publisher.model.diagnostic import has_errors, sort_diagnostics
from publisher.model.plan import Plan
from publisher.model.state import State, split_name
from publisher.planning.copies import identify
from publisher.planning.options import PlanOptions
from publisher.project.loading import Project
from publisher.wording import closest


def check_against(project: Project, state: State, due_at: datetime | None = None) -> Project:
    """Return the project with the diagnostics that need the other posts and the state.

    ``due_at`` narrows them to posts that are due then, which are all that a run would publish.
    """
    posts = identify(project.posts, state, PlanOptions()).posts
    found = lint_posts(posts, state, project.config, project.sketches, due_at)
    if not found:
        return project
    return replace(project, diagnostics=sort_diagnostics((*project.diagnostics, *found)))


def plan_project(project: Project, state: State, now: datetime, options: PlanOptions = PlanOptions()) -> Plan:  # noqa: B008
    """Return the plan of a project without errors. Raise `ContentError` if it has some, `UsageError` for keys
    that nothing has.
    """
    require_valid(project)
    if options.keys:
        known = {name for post in project.posts for name in (post.key, post.document_key)}
        known |= {found for name in state.posts for found in (name.partition("#")[0], split_name(name).key)}
        missing = sorted(options.keys - known)
        if missing:
            raise no_such_key(missing[0], known)
    _require_authors(project, state, options)
    from publisher.planning.plan import make_plan  # here, because a validation needs nothing of it

    return make_plan(project.posts, state, project.config, now, options)


def _require_authors(project: Project, state: State, options: PlanOptions) -> None:
    authors = project.config.authors
    known = {*authors, *(author.urn for author in authors.values())}
    known |= {post.author.urn for post in project.posts} | {entry.author for entry in state.posts.values()}
    missing = sorted(options.authors - known)
    if missing:
        remedy = f"`authors:` in publisher.yaml has: {', '.join(authors) or 'none'}."
        raise UsageError(f"There is no author {missing[0]!r}.", remedy)


def no_such_key(key: str, known: Collection[str]) -> UsageError:
    """Return the error about a key that nothing has, with the nearest one that something has."""
    near = closest(key, sorted(known))
    return UsageError(f"No post has the key {key!r}.", near or "`publisher plan` lists the keys.")


def require_valid(project: Project) -> None:
    """Raise `ContentError` with all diagnostics if any of them is an error."""
    if has_errors(project.diagnostics):
        count = sum(d.severity == "error" for d in project.diagnostics)
        raise ContentError(
            f"The content has {count} error{'s' if count > 1 else ''}; nothing was planned or published.",
            diagnostics=project.diagnostics,
        )
