"""Check a loaded project against its state, and plan it."""

from dataclasses import replace
from datetime import datetime

from publisher.errors import ContentError, UsageError
from publisher.lint.lints import lint_posts
from publisher.model.diagnostic import has_errors, sort_diagnostics
from publisher.model.plan import Plan
from publisher.model.state import COMMENT_SUFFIX, State
from publisher.planning.options import PlanOptions
from publisher.project.loading import Project


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
