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
from publisher.project.pipeline import check_against, no_such_key


@click.command()
@key_argument(metavar="KEY")
@click.pass_obj
def command(options: Options, key: str) -> int:
    """Print one post as readers will see it: text with the fold, media, article and first comment.

    KEY shows every copy of a post, KEY@ALIAS that of one author.

    \b
    publisher show 2026-11-hello
    publisher show 2026-11-hello@sky
    """
    from publisher.planning.options import PlanOptions
    from publisher.planning.plan import make_plan
    from publisher.preview.terminal import post_text

    now = datetime.now(UTC)
    project = read_project(options, now=now)
    state = store_of(project).read()
    project = check_against(project, state)
    plan = make_plan(project.posts, state, project.config, now, PlanOptions(details=False))
    shown = [
        (change, post)
        for change in plan.changes
        if (post := change.post) is not None and not change.part and key in (change.key, change.document)
    ]
    if not shown:
        raise _absent(project, key)
    copies = [post_text(post, change, project.config, paint) for change, post in shown]
    click.echo(("\n" + paint("─" * 40, "dim") + "\n\n").join(copies), nl=False)
    if not options.quiet:
        known = {None, *(name for change, _ in shown for name in (change.key, change.document))}
        sources = {post.source for _, post in shown}
        show_diagnostics(d for d in project.diagnostics if d.path in sources and d.key in known)
    return EXIT_OK


def _absent(project: Project, key: str) -> UsageError | ContentError:
    """Why there is nothing to show: its file has errors, or there is no such key."""
    own = [
        d for d in project.diagnostics if key in (d.key, d.path, d.path.rpartition(".")[0].partition("/")[2])
    ]
    if has_errors(own):
        return ContentError(f"The post {key!r} has errors.", diagnostics=own)
    return no_such_key(key, [post.key for post in project.posts])
