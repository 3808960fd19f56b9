"""``publisher publish``: do what the plan says."""

import os
from collections.abc import Sequence
from os.path import relpath
from pathlib import Path

import click

from publisher.cli.console import print_json, say, stdout_paint
from publisher.cli.interrupt import graceful_stop
from publisher.cli.keys import author_option, is_path, key_option, keys_of
from publisher.cli.main import Options
from publisher.cli.progress import Console
from publisher.cli.project import (
    format_option,
    held_project,
    plan_now,
    publishable_of,
    read_project,
    store_of,
)
from publisher.cli.target import SANDBOX_DB, open_target
from publisher.environment import NOTIFY_VARIABLE
from publisher.errors import EXIT_INTERRUPTED, EXIT_UNKNOWN, PublisherError, UsageError
from publisher.model.plan import Plan, SavedPlan
from publisher.model.state import State
from publisher.planning.options import PlanOptions
from publisher.planning.saved import hold_to, options_of
from publisher.project import Project
from publisher.publishing.due import publish_due
from publisher.publishing.receipts import Receipt
from publisher.reports.plan_json import decode_plan, encode_plan
from publisher.reports.plan_markdown import plan_markdown
from publisher.reports.plan_text import plan_text, waiting_text
from publisher.reports.results import closing_text, exit_code, results_json
from publisher.reports.results_markdown import results_markdown


@click.command()
@click.argument(
    "plan_file", required=False, type=click.Path(dir_okay=False, path_type=Path), metavar="[PLAN]"
)
@click.option(
    "--dry-run", is_flag=True, help="Show the plan with its payloads; the same as `publisher plan`."
)
@click.option("--sandbox", is_flag=True, help="Publish to the embedded emulator, with a separate state.")
@key_option()
@author_option()
@click.option("--prune", is_flag=True, help="Delete live posts whose file no longer exists.")
@click.option("--allow-replace", is_flag=True, help="Allow on_change: replace to delete and create.")
@click.option("--max-creates", type=click.IntRange(0), metavar="N", help="Override limits.creates_per_run.")
@click.option("--max-deletes", type=click.IntRange(0), metavar="N", help="Override limits.deletes_per_run.")
@click.option("--lock-timeout", type=float, default=0.0, metavar="S", help="Seconds to wait for another run.")
@click.option(
    "--commit-state", is_flag=True, help="Commit and push the state file with each record, before going on."
)
@click.option(
    "--on-refusal",
    type=click.Choice(["fail", "bundle"]),
    default="fail",
    show_default=True,
    help="If LinkedIn refuses the token, app or version: fail, or also prepare the post for posting by hand.",
)
@click.option(
    "--bundle-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default="publisher-bundle",
    show_default=True,
    metavar="DIR",
    help="The folder for --on-refusal bundle, with one folder for each post.",
)
@format_option("text", "json", "markdown")
@click.pass_obj
def command(
    options: Options,
    plan_file: Path | None,
    dry_run: bool,
    sandbox: bool,
    keys: tuple[str, ...],
    authors: tuple[str, ...],
    prune: bool,
    allow_replace: bool,
    max_creates: int | None,
    max_deletes: int | None,
    lock_timeout: float,
    commit_state: bool,
    on_refusal: str,
    bundle_dir: Path,
    output_format: str,
) -> int:
    """Publish what is due, each post exactly once.

    With the file of a post, publish only that post. With PLAN, publish exactly that saved plan, and only if content,
    media, settings and state have not changed since. Exit codes: 0 done or nothing to do, 1 something failed or was
    refused, 3 an outcome is unknown.

    \b
    publisher publish --sandbox
    publisher publish
    publisher publish --key 2026-11-hello
    publisher publish content/2026-11-hello.md
    publisher publish --commit-state         # on a CI runner
    publisher publish --on-refusal bundle    # text and media to paste by hand
    """
    if plan_file and is_path(str(plan_file)):
        plan_file, keys = None, (*keys, *keys_of(options, str(plan_file)))
    saved = _read_plan(plan_file) if plan_file else None
    given = PlanOptions(
        frozenset(keys),
        prune,
        allow_replace,
        max_creates,
        max_deletes,
        details=dry_run,
        authors=frozenset(authors),
    )
    plan_options = options_of(saved) if saved else given
    with open_target(options.root, sandbox=sandbox) as target:
        if dry_run:
            project = read_project(options, adapt=target.adapt)
            plan = _plan(options, project, store_of(project).verify(), plan_options, saved)
            return _show_plan(plan, output_format)
        # A rehearsal is never shared.
        commit = commit_state and not sandbox
        held = held_project(options, adapt=target.adapt, lock_timeout=lock_timeout, commit=commit)
        with held as (project, session), graceful_stop() as stop:
            what = publishable_of(options, project)
            with Console(silent=output_format != "text", quiet=options.quiet) as observer:
                services = target.services(project.config, project.root, observer, stop)
                plan, receipts = publish_due(what, session, services, plan_options, saved=saved)
            interrupted = stop()
    if sandbox and receipts:
        file = relpath(options.root / SANDBOX_DB)
        say(f"Rehearsed. The links work while `publisher sandbox --db {file}` runs.", quiet=options.quiet)
    made: Sequence[tuple[str, Path]] = ()
    if on_refusal == "bundle":
        from publisher.cli.bundle import write_bundles

        made = write_bundles(plan, receipts, options.root, bundle_dir)
    _report(plan, receipts, made, output_format, quiet=options.quiet)
    if not sandbox and os.environ.get(NOTIFY_VARIABLE):
        _notify(options)
    code = exit_code(plan, receipts)
    return EXIT_INTERRUPTED if interrupted and code != EXIT_UNKNOWN else code


def _notify(options: Options) -> None:
    """Send what needs a person after this run. It ends as it would without that."""
    from publisher.cli.notify import notify_people
    from publisher.cli.status import stand

    try:
        health, config = stand(options)
        notify_people(options, config, health)
    except PublisherError as error:
        say(f"warning: No notification was sent: {error.message}")


def _read_plan(path: Path) -> SavedPlan:
    try:
        return decode_plan(path.read_text(encoding="utf-8"), str(path))
    except FileNotFoundError:
        raise UsageError(
            f"There is no saved plan {path}.",
            f"To publish one post: `publisher publish --key {path}`. `publisher plan --out FILE` saves a plan.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} can't be read: {error}.", "`publisher plan --out FILE` makes one."
        ) from None


def _plan(
    options: Options, project: Project, state: State, plan_options: PlanOptions, saved: SavedPlan | None
) -> Plan:
    plan = plan_now(options, project, state, plan_options)
    return hold_to(saved, plan) if saved else plan


def _show_plan(plan: Plan, output_format: str) -> int:
    if output_format == "json":
        click.echo(encode_plan(plan), nl=False)
    elif output_format == "markdown":
        click.echo(plan_markdown(plan), nl=False)
    else:
        click.echo(plan_text(plan, paint=stdout_paint()), nl=False)
    return 0


def _report(
    plan: Plan,
    receipts: tuple[Receipt, ...],
    made: Sequence[tuple[str, Path]],
    output_format: str,
    *,
    quiet: bool,
) -> None:
    if output_format == "text":
        waiting = waiting_text(plan, paint=stdout_paint())
        if waiting and not quiet:
            click.echo(waiting)
        if not quiet or exit_code(plan, receipts):
            click.echo(closing_text(plan, receipts))
        return
    document = results_json(plan, receipts)
    if made:
        document["bundles"] = [{"key": key, "path": str(path)} for key, path in made]
    if output_format == "json":
        print_json(document)
    else:
        click.echo(results_markdown(document), nl=False)
