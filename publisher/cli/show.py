"""``publisher show KEY``: one post as it will be read."""

from datetime import UTC, datetime

import click

from publisher.cli.console import paint, show_diagnostics
from publisher.cli.keys import key_argument
from publisher.cli.main import Options
from publisher.cli.project import read_project, store_of
from publisher.errors import EXIT_OK, ContentError, UsageError
from publisher.model.diagnostic import has_errors
from publisher.project import Project
from publisher.project.pipeline import check_against


@click.command()
@key_argument(metavar="KEY")
@click.pass_obj
def command(options: Options, key: str) -> int:
    """Print one post as it will be read: its text with the fold, and what hangs on it.

    \b
    publisher show 2026-11-hello
    """
    from publisher.planning.options import PlanOptions
    from publisher.planning.plan import make_plan
    from publisher.preview.terminal import post_text

    now = datetime.now(UTC)
    project = read_project(options, now=now)
    state = store_of(project).read()
    project = check_against(project, state)
    post = next((post for post in project.posts if post.key == key), None)
    if post is None:
        raise _absent(project, key)
    plan = make_plan(project.posts, state, project.config, now, PlanOptions())
    change = next((change for change in plan.changes if change.key == key), None)
    click.echo(post_text(post, change, project.config, paint), nl=False)
    if not options.quiet:
        show_diagnostics(d for d in project.diagnostics if d.path == post.source and d.key in (None, key))
    return EXIT_OK


def _absent(project: Project, key: str) -> UsageError | ContentError:
    """Why there is nothing to show: its file has errors, or there is no such key."""
    own = [
        d for d in project.diagnostics if key in (d.key, d.path, d.path.rpartition(".")[0].partition("/")[2])
    ]
    if has_errors(own):
        return ContentError(f"The post {key!r} has errors.", diagnostics=own)
    return UsageError(f"No post has the key {key!r}.", "`publisher plan` lists the keys.")
