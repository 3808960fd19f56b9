"""``publisher watch``: validate, plan and show on every settled change; publish only where asked to."""

import errno
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import click

from publisher.cli.confirm import agreed
from publisher.cli.console import counted, paint, say, show_diagnostics
from publisher.cli.main import Options
from publisher.cli.target import Target, open_target
from publisher.errors import EXIT_OK, PublisherError, UsageError
from publisher.model.diagnostic import Severity
from publisher.model.plan import Change
from publisher.preview.editors import EDITORS
from publisher.reports.style import count_word
from publisher.watch.reload import View


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The page's port; 0 takes a free one.")
@click.option("--editor", type=click.Choice(sorted(EDITORS)), help="Open places in files in this editor.")
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
@click.option("--publish", "publishing", is_flag=True, help="Ask to publish each post when it is due.")
@click.option("--yes", is_flag=True, help="With --publish: don't ask.")
@click.option("--sandbox", is_flag=True, help="With --publish: to the embedded emulator.")
@click.pass_obj
def command(
    options: Options,
    port: int,
    editor: str | None,
    open_page: bool,
    publishing: bool,
    yes: bool,
    sandbox: bool,
) -> int:
    """Validate, plan and refresh a live preview on every settled change, until Ctrl-C.

    Nothing is published without --publish; with it, publisher asks before each publication.

    \b
    publisher watch --editor vscode
    publisher watch --publish --sandbox
    """
    if (yes or sandbox) and not publishing:
        raise UsageError("--yes and --sandbox are about publishing.", "Add --publish.")
    if publishing and not yes and not sys.stdin.isatty():
        raise UsageError(
            "--publish asks on a terminal, but there is no terminal.",
            "Add --yes to publish without questions.",
        )
    with open_target(options.root, sandbox=sandbox) as target:
        offer = _Offer(options, target, asking=not yes).look if publishing else None

        def seen(view: View) -> None:
            _report(options, view)
            if offer:
                offer(view)

        return _follow(options, target, port, editor or "", open_page, seen)


def serve_preview(options: Options, *, port: int, editor: str, open_page: bool) -> int:
    """The live page alone: nothing but its address and its troubles is said on the terminal."""

    def seen(view: View) -> None:
        if view.trouble:
            show_diagnostics(view.causes)
            say(view.trouble)

    with open_target(options.root, sandbox=False) as target:
        return _follow(options, target, port, editor, open_page, seen)


def _follow(
    options: Options,
    target: Target,
    port: int,
    editor: str,
    open_page: bool,
    seen: Callable[[View], None],
) -> int:
    from publisher.watch.live import follow, live_preview
    from publisher.watch.reload import Reloader

    reloader = Reloader(options.root, os.environ, target.adapt)
    try:
        with live_preview(
            reloader, options.root, lambda: datetime.now(UTC), port=port, editor=editor
        ) as live:
            shown, changes, url = live
            click.echo(f"Preview: {url}")
            say("Ctrl-C ends it.", quiet=options.quiet)
            if open_page:
                click.launch(url)
            follow(shown, changes, seen)
    except (KeyboardInterrupt, click.Abort):
        say("", quiet=options.quiet)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise UsageError(f"The port {port} is taken.", "--port 0 takes a free one.") from None
    return EXIT_OK


def _report(options: Options, view: View) -> None:
    """What is wrong, and what publish would do: one glance's worth."""
    if view.trouble:
        show_diagnostics(view.causes)
        click.echo(paint("trouble: ", "red") + view.trouble, err=True)
    if options.quiet or view.trouble:
        return
    show_diagnostics(d for d in view.project.diagnostics if d.severity != "info" or options.verbosity > 0)
    errors = sum(d.severity is Severity.ERROR for d in view.project.diagnostics)
    broken = f", {counted(errors, 'error')}" if errors else ""
    counts = (
        ", ".join(f"{count} {count_word(action)}" for action, count in view.plan.summary.items())
        or "no posts"
    )
    time = datetime.now().astimezone().strftime("%H:%M:%S")
    say(f"{paint(time, 'dim')} {counts}{broken}")


class _Offer:
    """Publishes what is due, each key after a yes; what was declined or tried is not offered again as it is."""

    def __init__(self, options: Options, target: Target, *, asking: bool) -> None:
        self._options, self._target, self._asking = options, target, asking
        self._done: set[tuple[str, str, str]] = set()

    def look(self, view: View) -> None:
        """Offer the acting changes of a view, unless its content has errors."""
        if view.trouble or any(d.severity is Severity.ERROR for d in view.project.diagnostics):
            return
        for key, changes in _by_key(view).items():
            marks = {_mark(change) for change in changes}
            if marks <= self._done:
                continue
            self._done |= marks
            if not self._asking or self._agreed(key, changes):
                self._publish(key, marks)

    def _agreed(self, key: str, changes: list[Change]) -> bool:
        what = ", ".join(f"{change.action.value}: {change.reason}" for change in changes)
        return agreed(f"Publish {paint(key, 'bold')} ({what})?")

    def _publish(self, key: str, agreed: set[tuple[str, str, str]]) -> None:
        """Publish one key, if it is still what was agreed to."""
        from publisher.cli.interrupt import graceful_stop
        from publisher.cli.progress import Console
        from publisher.cli.project import held_project, plan_now, publishable_of
        from publisher.planning.options import PlanOptions
        from publisher.publishing.due import publish_due

        try:
            only = PlanOptions(frozenset({key}))
            held = held_project(self._options, adapt=self._target.adapt, lock_timeout=10)
            with held as (project, session), graceful_stop() as stop:
                plan = plan_now(self._options, project, session.state, only)
                if not {_mark(change) for change in plan.acting} <= agreed:
                    say(f"{key} has changed meanwhile; publisher asks again.")
                    self._done -= agreed
                    return
                with Console(quiet=self._options.quiet) as observer:
                    services = self._target.services(project.config, project.root, observer, stop)
                    publish_due(publishable_of(self._options, project), session, services, only)
            if stop():
                raise KeyboardInterrupt
        except PublisherError as error:
            click.echo(paint("error: ", "red") + error.message, err=True)
            if error.remedy:
                click.echo(f"  {error.remedy}", err=True)


def _mark(change: Change) -> tuple[str, str, str]:
    return change.key, change.action.value, change.digest


def _by_key(view: View) -> dict[str, list[Change]]:
    """The acting changes of each key, its first comment's among them."""
    found: dict[str, list[Change]] = {}
    for change in view.plan.acting:
        found.setdefault(change.key.partition("#")[0], []).append(change)
    return found
