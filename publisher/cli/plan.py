"""``publisher plan``: what publish would do."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from publisher.auth.vault import Vault, config_directory, known_expiry
from publisher.cli.console import say, stdout_paint
from publisher.cli.keys import author_option, key_option
from publisher.cli.main import Options
from publisher.cli.project import format_option, plan_now, read_project, store_of
from publisher.cli.target import open_target
from publisher.errors import EXIT_CHANGES, EXIT_OK, PublisherError, UsageError
from publisher.model.config import Config
from publisher.model.plan import Action, Plan
from publisher.model.state import State
from publisher.networks.environment import has_environment_token
from publisher.planning.copies import identify
from publisher.planning.options import PlanOptions
from publisher.planning.plan import due_after
from publisher.project import Project, load
from publisher.project.pipeline import check_against


@click.command()
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="F", help="Save the plan to F."
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 4 if publish would do something.")
@key_option()
@author_option()
@click.option("--prune", is_flag=True, help="Plan to delete live posts whose file no longer exists.")
@click.option("--allow-replace", is_flag=True, help="Allow on_change: replace to delete and create.")
@click.option("--max-creates", type=click.IntRange(0), metavar="N", help="Override limits.creates_per_run.")
@click.option("--max-deletes", type=click.IntRange(0), metavar="N", help="Override limits.deletes_per_run.")
@click.option(
    "--at", "at_text", metavar="TIME", help="Plan as of this time, such as 2026-12-24T09:00 or +7d."
)
@click.option("--sandbox", is_flag=True, help="Compare with the rehearsal of `publish --sandbox`.")
@click.option("--full", is_flag=True, help="Show the whole text of new posts.")
@click.option(
    "--base",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="With --format markdown: the project before a change; shows the posts that differ from it.",
)
@format_option("text", "json", "markdown", "ical")
@click.pass_obj
def command(
    options: Options,
    out: Path | None,
    detailed_exitcode: bool,
    keys: tuple[str, ...],
    authors: tuple[str, ...],
    prune: bool,
    allow_replace: bool,
    max_creates: int | None,
    max_deletes: int | None,
    at_text: str | None,
    sandbox: bool,
    full: bool,
    base: Path | None,
    output_format: str,
) -> int:
    """Show what publish would do. Sends nothing to a network, and writes only F.

    \b
    publisher plan
    publisher plan --out publish.plan && publisher publish publish.plan
    publisher plan --detailed-exitcode    # 4: changes pending
    publisher plan --format markdown      # for a pull request's comment
    publisher plan --at +7d               # what a run in a week would do
    publisher plan --sandbox              # what `publish --sandbox` would do
    publisher plan --format ical > posts.ics
    """
    if at_text and out:
        raise UsageError("A plan with --at can't be saved.", "Leave out --at or --out.")
    if base and output_format != "markdown":
        raise UsageError("--base is for --format markdown.", "Add --format markdown.")
    now = datetime.now(UTC)
    plan_options = PlanOptions(
        frozenset(keys),
        prune,
        allow_replace,
        max_creates,
        max_deletes,
        details=out is not None or output_format == "json",
        assigned_at=now,
        authors=frozenset(authors),
    )
    with open_target(options.root, sandbox=sandbox, keep=False) as target:
        project = read_project(options, adapt=target.adapt)
    state = store_of(project).verify()
    at = _future(at_text, project.config.timezone, now) if at_text else now
    plan = plan_now(options, project, state, plan_options, now=at)
    if at_text:
        say(
            f"Plan as of {at.isoformat(timespec='minutes')}, with the current files and state:",
            quiet=options.quiet,
        )
    if base:
        click.echo(_review(plan, base, check_against(project, state, at), state, at), nl=False)
    else:
        click.echo(_report(plan, output_format, at, verbose=options.verbosity > 0, full=full), nl=False)
    _warn_of_expiry(plan, project.config, options)
    if out is not None:
        _save(out, _report(plan, "json", at))
        say(f"Saved to {out}; `publisher publish {out}` publishes exactly this plan.", quiet=options.quiet)
    return EXIT_CHANGES if detailed_exitcode and plan.acting else EXIT_OK


def _review(plan: Plan, base: Path, project: Project, state: State, now: datetime) -> str:
    """Return the posts that differ from those of the project in ``base``, for a pull request."""
    from publisher.preview.posts import zone
    from publisher.reports.review_markdown import Review, review_markdown

    try:
        posts = load(base.resolve(), os.environ, now).posts
        before = {post.key: post for post in identify(posts, state, PlanOptions()).posts}
    except PublisherError as error:
        say(f"warning: {base} can't be read, so every post is shown as new: {error.message}")
        before = {}
    return review_markdown(Review(plan, before, project.diagnostics, zone(project.config), now))


def _future(text: str, timezone: str | None, now: datetime) -> datetime:
    from publisher.cli.times import read_time  # here, because few plans are of a time to come

    return read_time(text, timezone, now, "--at")


def _report(
    plan: Plan, output_format: str, at: datetime, *, verbose: bool = False, full: bool = False
) -> str:
    """The plan in a format; no other one is imported."""
    match output_format:
        case "json":
            from publisher.reports.plan_json import encode_plan

            return encode_plan(plan)
        case "markdown":
            from publisher.reports.plan_markdown import plan_markdown

            return plan_markdown(plan)
        case "ical":
            from publisher.reports.ical import plan_ical

            return plan_ical(plan, at)
        case _:
            from publisher.reports.plan_text import plan_text

            return plan_text(plan, paint=stdout_paint(), verbose=verbose, full=full)


def _warn_of_expiry(plan: Plan, config: Config, options: Options) -> None:
    """Say which posts are due only after their author's token has ended."""
    if options.quiet or all(change.action is not Action.SCHEDULED for change in plan.changes):
        return
    # a token in the environment says nothing of its end
    authors = [a for a in config.authors.values() if not has_environment_token(a.token_env, os.environ)]
    if not authors:
        return
    vault = Vault(config_directory(os.environ))
    for author in authors:
        end = known_expiry(author, config, os.environ, vault)
        late = due_after(plan, author.urn, end) if end else ()
        if end and late:
            which = f"{late[0]} and {len(late) - 1} more" if len(late) > 1 else late[0]
            say(
                f"warning: the token of {author.alias} ends {end:%Y-%m-%d}, before {which} is due; "
                f"log in again before then: `publisher auth login --author {author.alias}`."
            )


def _save(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{path} can't be written: {error.strerror}.", "Make its folder first, or choose another path."
        ) from None
