"""``publisher preview``: the posts as LinkedIn shows them."""

from datetime import UTC, datetime
from pathlib import Path

import click

from publisher.cli.console import say
from publisher.cli.main import Options
from publisher.cli.project import read_project, store_of
from publisher.errors import EXIT_OK, UsageError
from publisher.model.diagnostic import has_errors
from publisher.preview.editors import EDITORS

DEFAULT_FILE = "preview.html"


@click.command()
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="F",
    help=f"The file to write; - is stdout. The default is {DEFAULT_FILE} in the project.",
)
@click.option("--serve", is_flag=True, help="Serve a live page instead, until Ctrl-C.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="With --serve; 0 takes a free one.")
@click.option("--editor", type=click.Choice(sorted(EDITORS)), help="Open places in files in this editor.")
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
@click.pass_obj
def command(
    options: Options, out: Path | None, serve: bool, port: int, editor: str | None, open_page: bool
) -> int:
    """Show the posts as readers will see them, grouped by action.

    The page is one self-contained HTML file that you can send or attach to a pull request. Files with
    errors are shown, too.

    \b
    publisher preview --open
    publisher preview --out review.html
    publisher preview --serve --editor vscode
    """
    if serve and out:
        raise UsageError("--serve and --out can't be used together.", "Use one of them.")
    if serve:
        from publisher.cli.watch import serve_preview

        return serve_preview(options, port=port, editor=editor or "", open_page=open_page)
    return _write(options, out, editor or "", open_page)


def _write(options: Options, out: Path | None, editor: str, open_page: bool) -> int:
    from publisher.planning.options import PlanOptions
    from publisher.planning.plan import make_plan
    from publisher.preview.page import build_preview
    from publisher.project.pipeline import check_against

    now = datetime.now(UTC)
    project = read_project(options, now=now)
    state = store_of(project).read()
    project = check_against(project, state)
    plan = make_plan(project.posts, state, project.config, now, PlanOptions())
    html = build_preview(plan, project.diagnostics, project.config, project.root, now, editor=editor)
    if out == Path("-"):
        click.echo(html, nl=False)
        return EXIT_OK
    path = out or options.root / DEFAULT_FILE
    if out is None and path.is_symlink():
        # nobody named this file: a link in a stranger's project must not choose what is overwritten
        raise UsageError(f"{path} is a link.", "Remove it, or set another path with --out.")
    try:
        path.write_text(html, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{path} can't be written: {error.strerror}.", "Make its folder first, or choose another path."
        ) from None
    click.echo(str(path))
    if has_errors(project.diagnostics):
        say("Some content has errors; the page shows them first.", quiet=options.quiet)
    if open_page:
        click.launch(path.resolve().as_uri())
    return EXIT_OK
