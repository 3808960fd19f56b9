"""Load and plan a project again and again, and keep the last view that was usable."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from publisher.errors import ConfigError, ContentError, PublisherError
from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic
from publisher.model.plan import Plan
from publisher.model.state import State
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.project import Memo, Project, load
from publisher.project.pipeline import check_against
from publisher.state import open_store


@dataclass(frozen=True, slots=True)
class View:
    """A project at one moment.

    ``trouble`` says why it may be out of date (``causes`` are its diagnostics): then the rest is the last
    good one.
    """

    project: Project
    state: State
    plan: Plan
    trouble: str = ""
    causes: tuple[Diagnostic, ...] = ()


class Reloader:
    """Loads the project at ``root``. ``adapt`` changes its settings, as for `publisher.project.load`."""

    def __init__(
        self,
        root: Path,
        environ: Mapping[str, str],
        adapt: Callable[[Config], Config] = lambda config: config,
    ) -> None:
        self._root, self._environ, self._adapt = root, environ, adapt
        self._memo = Memo()
        self._view = View(Project(root, Config(), (), ()), State(), Plan("ugcPosts", "", "", ()))

    def refresh(self, now: datetime) -> View:
        """Load and plan at ``now``. What makes that impossible is in ``trouble``, and never raised."""
        try:
            self._view = self._load(now)
        except PublisherError as error:
            causes = error.diagnostics if isinstance(error, ConfigError | ContentError) else ()
            trouble = f"{error.message} {error.remedy}".strip()
            self._view = replace(self._view, trouble=trouble, causes=causes)
        return self._view

    def _load(self, now: datetime) -> View:
        project = load(self._root, self._environ, now, adapt=self._adapt, memo=self._memo)
        state = open_store(project.config.state, self._root, project=project.config.project).read()
        project = check_against(project, state)
        plan = make_plan(project.posts, state, project.config, now, PlanOptions())
        return View(project, state, plan)
