"""What reports say, character by character."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft4Validator

from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic, Position, Severity
from publisher.model.plan import Action, Plan
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.publishing.receipts import Outcome, Receipt
from publisher.reports.diagnostics import diagnostics_github, diagnostics_json, diagnostics_sarif
from publisher.reports.plan_text import plan_text, waiting_text
from publisher.reports.results import closing_text, exit_code, receipt_text, results_json
from tests.support.posts import NOW, make_post, make_state

FOUND = (
    Diagnostic("unknown-field", "Unknown field 'x'.", "content/a b.md", Position(2, 3), "Did you mean 'y'?"),
    Diagnostic("near-fold", "50%, done:\nlater, ok", "content/c,d.md", severity=Severity.WARNING),
)


def example_plan() -> Plan:
    live = make_post("live", "one\ntwo")
    posts = [
        make_post("live", "one\nthree"),
        make_post("new"),
        make_post("next", draft=True),
        make_post("same"),
    ]
    return make_plan(posts, make_state(live, make_post("same")), Config(), NOW, PlanOptions())


def test_the_text_plan() -> None:
    assert plan_text(example_plan()) == (
        "~ changed   live  differs from the live post; on_change: hold leaves it unchanged\n"
        "            content/live.md  urn:li:person:AbC_123456  "
        "https://www.linkedin.com/feed/update/urn:li:share:7400000000000000000/\n"
        "            @@ -1,2 +1,2 @@\n"
        "             one\n"
        "            -two\n"
        "            +three\n"
        "+ create    new  new\n"
        "            content/new.md  urn:li:person:AbC_123456\n"
        "            The text of new.\n"
        ". draft     next  draft: true\n"
        "            content/next.md  urn:li:person:AbC_123456\n"
        "            The text of next.\n"
        "\n"
        "Plan: 1 changed, 1 create, 1 draft, 1 unchanged.\n"
        "Run `publisher publish` to publish; `publisher publish --sandbox` rehearses it.\n"
    )


def test_a_plan_commands_no_terminal() -> None:
    before, after = make_post("a", "one\x1b[2Jtwo\r\x9b1m"), make_post("a", "one\u202etwo 👩‍🚀")
    said = plan_text(make_plan([after], make_state(before), Config(), NOW, PlanOptions()))
    assert "-one\\u001b[2Jtwo\\u000d\\u009b1m\n" in said
    assert "+one\\u202etwo 👩‍🚀\n" in said


def test_a_verbose_plan_lists_what_is_unchanged() -> None:
    assert "none      same  published" in plan_text(example_plan(), verbose=True)


def test_colour_is_the_callers() -> None:
    painted = plan_text(example_plan(), paint=lambda text, style: f"<{style}>{text}</{style}>")
    assert "<green>+ create   </green> <bold>new</bold>" in painted
    assert "<red>-two</red>" in painted


def test_waiting_changes_are_told_without_the_acting_ones() -> None:
    waiting = waiting_text(example_plan())
    assert "live" in waiting
    assert "create" not in waiting


RECEIPTS = {
    "done": Receipt("a", Action.CREATE, Outcome.DONE, urn="urn:li:share:1", permalink="https://l/1"),
    "failed": Receipt(
        "b", Action.CREATE, Outcome.FAILED, message="No.", remedy="Do.", status=422, code="X", request_id="r1"
    ),
    "unknown": Receipt("c", Action.CREATE, Outcome.UNKNOWN, message="Lost."),
    "deferred": Receipt("d", Action.CREATE, Outcome.DEFERRED, message="Later."),
}


def test_receipts_read_as_sentences() -> None:
    assert receipt_text(RECEIPTS["done"]) == "published  a  urn:li:share:1  https://l/1"
    assert receipt_text(RECEIPTS["failed"]) == "failed     b  No. (422 X r1)\n           Do."


@pytest.mark.parametrize(
    ("names", "code"),
    [((), 0), (("done",), 0), (("done", "failed"), 1), (("deferred",), 1), (("failed", "unknown"), 3)],
)
def test_the_exit_code_is_that_of_the_worst(names: tuple[str, ...], code: int) -> None:
    assert exit_code(replace(example_plan(), changes=()), [RECEIPTS[name] for name in names]) == code


def test_blocked_and_unknown_changes_are_no_success() -> None:
    change = example_plan().changes[0]
    for action, code in ((Action.BLOCKED, 1), (Action.UNKNOWN, 3), (Action.CHANGED, 0), (Action.LATE, 0)):
        plan = replace(example_plan(), changes=(change._replace(action=action),))
        assert exit_code(plan, []) == code


def test_a_skip_is_not_counted_as_published() -> None:
    assert closing_text(example_plan(), list(RECEIPTS.values())) == (
        "1 published, 1 failed, 1 unknown, 1 deferred."
    )


def test_json_results_leave_out_what_is_not_known() -> None:
    document = results_json(example_plan(), [RECEIPTS["done"]])
    assert document["results"] == [
        {
            "key": "a",
            "action": "create",
            "outcome": "done",
            "urn": "urn:li:share:1",
            "permalink": "https://l/1",
        }
    ]
    assert [line["key"] for line in document["not_done"]] == ["live", "next"]


def test_github_annotations_are_escaped() -> None:
    assert diagnostics_github(FOUND) == (
        "::error file=content/a b.md,line=2,col=3,title=unknown-field::Unknown field 'x'. Did you mean 'y'?\n"
        "::warning file=content/c%2Cd.md,line=1,col=1,title=near-fold::50%25, done:%0Alater, ok\n"
    )


def test_sarif_matches_its_schema() -> None:
    schema = json.loads((Path(__file__).parent / "sarif-2.1.0.schema.json").read_text())
    log = diagnostics_sarif(FOUND)
    Draft4Validator(schema).validate(log)
    result = log["runs"][0]["results"][0]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 2, "startColumn": 3}


def test_json_diagnostics_count_by_severity() -> None:
    assert diagnostics_json(FOUND)["summary"] == {"error": 1, "warning": 1, "info": 0}
