"""A project as `publisher.publishing.due.publish_due` takes it."""

from datetime import datetime

from publisher.model.plan import Plan
from publisher.model.state import State
from publisher.planning.options import PlanOptions
from publisher.project.loading import Project
from publisher.project.pipeline import check_against, plan_project
from publisher.publishing.due import Publishable


def publishable(project: Project) -> Publishable:
    """Return the parts of a project for publishing: posts, settings, and their comparison with a state."""

    def plan(state: State, now: datetime, options: PlanOptions) -> Plan:
        return plan_project(check_against(project, state, now), state, now, options)

    return Publishable(project.posts, project.config, plan)
