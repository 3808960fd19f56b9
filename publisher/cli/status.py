"""``publisher status``: whether publishing works, for people and for schedules that must not starve in silence."""

from datetime import UTC, datetime, timedelta

import click

from publisher.cli.console import paint, print_json
from publisher.cli.file_ages import ages
from publisher.cli.main import Options
from publisher.cli.notify import notify_people
from publisher.cli.project import format_option, read_project, store_of
from publisher.errors import UsageError
from publisher.model.config import Config
from publisher.model.diagnostic import has_errors
from publisher.planning.options import PlanOptions
from publisher.planning.status import Health, judge, timeless
from publisher.project.pipeline import check_against, plan_project
from publisher.reports.status import status_code, status_json, status_markdown, status_text
from publisher.settings.durations import parse_duration


@click.command()
@click.option(
    "--max-age", metavar="AGE", help="How long something may be due, such as 2h or 7d. [default: late.grace]"
)
@format_option("text", "json", "markdown")
@click.pass_obj
def command(options: Options, max_age: str | None, output_format: str) -> int:
    """Check for overdue, failed or unconfirmed posts.

    A post without a time is due since its last commit. In a shallow clone that
    commit may be missing; such a post is reported. Exit codes: 0 no problem;
    1 something due was not published for longer than AGE, the last run failed, the content is invalid, or nothing
    ran; 3 an outcome is unknown.

    \b
    publisher status
    publisher status --max-age 7d --format json
    """
    standing, config = stand(options, _age(max_age) if max_age else None)
    notify_people(options, config, standing)
    if output_format == "json":
        print_json(status_json(standing))
    elif output_format == "markdown":
        click.echo(status_markdown(standing), nl=False)
    else:
        click.echo(status_text(standing, paint=paint), nl=False)
    return status_code(standing)


def stand(options: Options, max_age: timedelta | None = None) -> tuple[Health, Config]:
    """Where publishing stands now, by the settings of now."""
    now = datetime.now(UTC)
    project = read_project(options, now=now)
    state, config = store_of(project).read(), project.config
    project = check_against(project, state, now)
    limit = config.late.grace if max_age is None else max_age
    if has_errors(project.diagnostics):
        return judge(None, state, config, now, limit, {}), config
    plan = plan_project(project, state, now, PlanOptions(details=False))
    sources = timeless(plan, state, config)
    found = ages(project.root, set(sources.values()))
    known = {key: found.since[source] for key, source in sources.items() if source in found.since}
    cut_off = frozenset(key for key, source in sources.items() if source in found.cut_off)
    return judge(plan, state, config, now, limit, known, cut_off), config


def _age(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise UsageError(f"--max-age: {error}.") from None
