"""Golden plans: a project and its state on disk give exactly this plan, as JSON and as text.

``UPDATE_GOLDEN=1`` writes the expectations anew.
"""

import json
import os
from pathlib import Path

import pytest

from publisher.model.plan import Action
from publisher.planning.options import PlanOptions
from publisher.project import load
from publisher.project.pipeline import plan_project
from publisher.reports.plan_json import encode_plan
from publisher.reports.plan_text import plan_text
from publisher.state import open_store
from tests.support.posts import NOW

FOLDER = Path(__file__).parent.parent / "golden" / "plans"
CASES = sorted(path.name for path in FOLDER.iterdir())


@pytest.mark.parametrize("case", CASES)
def test_the_plan_is_as_it_was(case: str) -> None:
    root = FOLDER / case
    project = load(root, {}, NOW)
    state = open_store(project.config.state, root).read()
    options = root / "options.json"
    given = json.loads(options.read_text()) if options.exists() else {}
    plan = plan_project(project, state, NOW, PlanOptions(**given))
    for name, text in (("plan.json", encode_plan(plan)), ("plan.txt", plan_text(plan, verbose=True))):
        if os.environ.get("UPDATE_GOLDEN"):
            (root / name).write_text(text)
        assert text == (root / name).read_text()


def test_every_action_has_a_golden_plan() -> None:
    seen = {
        change["action"]
        for case in CASES
        for change in json.loads((FOLDER / case / "plan.json").read_text())["changes"]
    }
    assert seen == {action.value for action in Action}
