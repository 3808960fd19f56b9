"""``publisher unpublish KEY``: delete one live post."""

import click

from publisher.cli.confirm import agreed
from publisher.cli.interrupt import graceful_stop
from publisher.cli.keys import key_argument
from publisher.cli.main import Options
from publisher.cli.progress import Console
from publisher.cli.project import held_project, publishable_of
from publisher.cli.target import open_target
from publisher.errors import EXIT_INTERRUPTED, EXIT_UNKNOWN, UsageError
from publisher.model.plan import Action
from publisher.planning.options import PlanOptions
from publisher.publishing.due import publish_due
from publisher.reports.results import closing_text, exit_code


@click.command()
@key_argument()
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.option("--sandbox", is_flag=True, help="In the rehearsal: `publisher publish --sandbox`.")
@click.option("--lock-timeout", type=float, default=0.0, metavar="S", help="Seconds to wait for another run.")
@click.pass_obj
def command(options: Options, key: str, yes: bool, sandbox: bool, lock_timeout: float) -> int:
    """Delete the live post KEY. Its file is kept, and the post is not published again.

    \b
    publisher unpublish 2026-11-hello
    """
    with open_target(options.root, sandbox=sandbox) as target:
        held = held_project(options, adapt=target.adapt, lock_timeout=lock_timeout)
        with held as (project, session), graceful_stop() as stop:
            entry = session.state.posts.get(key)
            if entry is None or entry.urn is None:
                raise UsageError(
                    f"{key!r} isn't live according to the state.", "`publisher state list` shows it."
                )
            if not yes and not agreed(f"Delete {key}, {entry.permalink or entry.urn}?"):
                raise UsageError("Nothing was deleted.", "Add --yes to delete it without a question.")
            wanted = frozenset({key})
            plan_options = PlanOptions(wanted, max_deletes=1, unpublish=wanted, details=False)
            with Console(quiet=options.quiet) as observer:
                services = target.services(project.config, project.root, observer, stop)
                what = publishable_of(options, project)
                plan, receipts = publish_due(
                    what, session, services, plan_options, actions=frozenset({Action.DELETE})
                )
            interrupted = stop()
    click.echo(closing_text(plan, receipts))
    code = exit_code(plan, receipts)
    return EXIT_INTERRUPTED if interrupted and code != EXIT_UNKNOWN else code
