"""What commands share: the project of the global options, its state, its plan."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli.console import show_diagnostics
from publisher.cli.main import Options
from publisher.errors import StateError
from publisher.model.config import Config
from publisher.model.plan import Plan
from publisher.model.state import State
from publisher.planning.options import PlanOptions
from publisher.project import Project, load
from publisher.project.pipeline import check_against, plan_project
from publisher.settings.config import load_config

if TYPE_CHECKING:
    from publisher.publishing.due import Publishable
    from publisher.state.store import Session, Store


def read_project(
    options: Options,
    *,
    now: datetime | None = None,
    paths: Sequence[Path] | None = None,
    adapt: Callable[[Config], Config] = lambda config: config,
) -> Project:
    """The project as it is now, with the environment's overrides."""
    return load(options.root, os.environ, now, paths=paths, adapt=adapt)


def store_of(project: Project) -> "Store":
    """The store that the project's settings name."""
    return store_for(project.config, project.root)


@contextmanager
def held_project(
    options: Options,
    *,
    adapt: Callable[[Config], Config] = lambda config: config,
    lock_timeout: float = 0,
    commit: bool = False,
) -> "Iterator[tuple[Project, Session]]":
    """Hold the state, and read the project then: what changed while another run was waited for must not be published.

    ``commit`` makes every record of a state file a pushed commit.
    """
    config = adapt(load_config(options.root, os.environ))
    with store_for(config, options.root, lock_timeout=lock_timeout, commit=commit).session() as session:
        project = read_project(options, adapt=adapt)
        if (project.config.state, project.config.project) != (config.state, config.project):
            raise StateError(
                "`state:` was changed while this run waited for the state.", "Run the command again."
            )
        yield project, session


def store_for(
    config: Config, root: Path, *, lock_timeout: float = 0, commit: bool = False, service: str | None = None
) -> "Store":
    """The store that settings name, for what is published to the service of their API address."""
    from publisher.state import commit_to_git, open_store  # here, because a validation needs no state
    from publisher.state.service import service_of

    service = service_of(config.linkedin.api_url) if service is None else service
    store = open_store(config.state, root, lock_timeout=lock_timeout, project=config.project, service=service)
    return commit_to_git(store) if commit else store


def plan_now(
    options: Options,
    project: Project,
    state: State,
    plan_options: PlanOptions,
    *,
    now: datetime | None = None,
) -> Plan:
    """The project's plan; warnings are shown on stderr. Raises ContentError with everything where invalid."""
    now = now or datetime.now(UTC)
    project = check_against(project, state, now)
    plan = plan_project(project, state, now, plan_options)
    if not options.quiet:
        show_diagnostics(d for d in project.diagnostics if d.severity != "info" or options.verbosity > 0)
    return plan


def publishable_of(options: Options, project: Project) -> "Publishable":
    """The project as publishing takes it; the warnings of its first plan are shown on stderr."""
    from publisher.publishing.due import Publishable  # here, because most commands publish nothing

    shown = False

    def plan(state: State, now: datetime, plan_options: PlanOptions) -> Plan:
        nonlocal shown
        made = plan_now(
            options._replace(verbosity=-1) if shown else options, project, state, plan_options, now=now
        )
        shown = True
        return made

    return Publishable(project.posts, project.config, plan)


def format_option(*choices: str) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """The ``--format`` option of commands that report."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(choices),
        default="text",
        show_default=True,
        help="How to report.",
    )
