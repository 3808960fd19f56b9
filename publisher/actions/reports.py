"""Read the reports of publisher's commands and write them for GitHub's pages. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from publisher.model.diagnostic import Diagnostic, Position, Severity
from publisher.reports.markdown import code, fitted, inline, table

TOKEN_ALARM = timedelta(days=14)
"""How long before its end a token is reported: a person has two working weeks to log in again."""

_LIMIT = 60_000
_LEFT_OUT = "*{} more parts don't fit here; `publisher validate` shows everything.*"
_SIGN = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "ℹ️"}


def diagnostics_of(document: Mapping[str, Any], prefix: str) -> tuple[Diagnostic, ...]:
    """Return the diagnostics of ``publisher validate --format json``, with paths below ``prefix`` (``.``: as
    they are).
    """
    found = tuple(
        Diagnostic(
            line["code"],
            line["message"],
            line["path"],
            Position(line["line"], line["column"]),
            line.get("remedy", ""),
            Severity(line["severity"]),
        )
        for line in document["diagnostics"]
    )
    if prefix == ".":
        return found
    return tuple(replace(diagnostic, path=f"{prefix}/{diagnostic.path}") for diagnostic in found)


def findings_markdown(found: Sequence[Diagnostic], *, failed: bool) -> str:
    """Return a table of all findings, the worst first.

    The table says so if these findings prevent a plan.
    """
    worst_first = sorted(found, key=lambda one: list(Severity).index(one.severity))
    rows = [(f"{_SIGN[one.severity]} {one.code}", code(one.location), _why(one)) for one in worst_first]
    tables = [
        table(("Finding", "Place", "What"), rows[start : start + 50]) for start in range(0, len(rows), 50)
    ]
    headline = (
        "**The content has problems; nothing was planned.**" if failed else f"**Findings:** {len(found)}."
    )
    # A quarter if a plan follows: both share one comment.
    return fitted([headline, *tables], _LIMIT // (1 if failed else 4), _LEFT_OUT)


def result_lines(document: Mapping[str, Any]) -> list[str]:
    """Return a line for each result of ``publisher publish --format json``, for the log."""
    lines = []
    for line in document["results"]:
        facts = (line.get(name, "") for name in ("urn", "permalink", "message", "remedy"))
        lines.append(" ".join([f"{line['outcome']:<9}", line["key"], *(str(fact) for fact in facts if fact)]))
    return lines or ["Nothing to do."]


def token_alarms(accounts: Sequence[Mapping[str, Any]], now: datetime) -> tuple[list[str], list[str]]:
    """Return what fails a scheduled run about tokens, and what only deserves a warning.

    ``accounts`` are those of ``publisher auth status --format json``.
    """
    alarms, remarks = [], []
    for account in accounts:
        name, end = account["alias"] or account["author"], account["expires_at"]
        if account["problem"]:
            alarms.append(f"{name}: {account['problem']} {account['remedy']}".strip())
        elif end is None:
            remarks.append(
                f"{name}: the expiry of this token is unknown. Set the secrets LINKEDIN_CLIENT_ID and "
                "LINKEDIN_CLIENT_SECRET, so that publisher can ask LinkedIn."
            )
        # A refreshable token renews itself at the next run, so its end needs no person.
        elif datetime.fromisoformat(end) - now < TOKEN_ALARM and not account["refreshable"]:
            alarms.append(
                f"{name}: the token ends {end}. Log in again and set the secret anew: docs/auth.md."
            )
    return alarms, remarks


def _why(one: Diagnostic) -> str:
    return inline(f"{one.message} {one.remedy}".strip(), 500)
