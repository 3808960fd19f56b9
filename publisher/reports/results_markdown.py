"""What a run did as GitHub Markdown, from the JSON document of `publisher.reports.results.results_json`."""

from collections.abc import Mapping
from typing import Any

from publisher.errors import EXIT_FAILED, EXIT_OK, EXIT_UNKNOWN
from publisher.reports.markdown import code, fitted, inline, link, table

LIMIT = 900_000
"""Bytes. GitHub limits the summary of a step to 1 MiB (docs.github.com), which other commands may share."""

_LEFT_OUT = "*{} more parts don't fit here; the log has everything.*"
_ROWS_IN_BLOCK = 100
_SIGN = {"done": "✅", "adopted": "✅", "failed": "❌", "unknown": "❗", "skipped": "⏭️", "deferred": "⏳"}
_HEADLINE = {
    EXIT_OK: "Everything that is due is published.",
    EXIT_FAILED: "Something was not published.",
    EXIT_UNKNOWN: "An outcome is unknown: look at the author's page, then settle it with "
    "<code>publisher state resolve</code>.",
}


def results_markdown(document: Mapping[str, Any], *, limit: int = LIMIT) -> str:
    """Return the run's table with permalinks, and what was not done with its reason."""
    results, waiting = document["results"], document["not_done"]
    headline = _HEADLINE.get(document["exit_code"], "The run was interrupted.")
    blocks = [f"**{headline}**" if results or waiting else "**Nothing to do.**"]
    blocks += _tables(("Post", "Outcome", "Where, or why"), [_result(line) for line in results])
    blocks += _tables(("Not done", "Action", "Why"), [_waiting(line) for line in waiting])
    bundles = [f"- {code(line['key'])}: {code(line['path'])}" for line in document.get("bundles", ())]
    if bundles:
        blocks.append("Ready to post by hand:\n\n" + "\n".join(bundles))
    return fitted(blocks, limit, _LEFT_OUT)


def _tables(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    starts = range(0, len(rows), _ROWS_IN_BLOCK)
    return [table(header, rows[start : start + _ROWS_IN_BLOCK]) for start in starts]


def _result(line: Mapping[str, Any]) -> tuple[str, ...]:
    outcome = line["outcome"]
    said = f"{_SIGN.get(outcome, '⏭️')} {outcome if outcome != 'done' else line['action']}"
    # A link says more than any message about a post that is live.
    if "permalink" in line:
        return code(line["key"]), said, link(line.get("urn", "post"), line["permalink"])
    facts = " ".join(str(line[name]) for name in ("status", "code", "request_id") if name in line)
    why = " ".join(
        part for part in (line.get("message", ""), line.get("remedy", ""), facts and f"({facts})") if part
    )
    return code(line["key"]), said, inline(why or line.get("urn", ""), 600)


def _waiting(line: Mapping[str, Any]) -> tuple[str, ...]:
    return code(line["key"]), inline(line["action"]), inline(line["reason"])
