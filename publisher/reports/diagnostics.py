"""Diagnostics for machines: JSON, GitHub annotations, SARIF 2.1.0."""

from collections.abc import Sequence
from typing import Any

from publisher import __version__
from publisher.model.diagnostic import Diagnostic, Severity
from publisher.rules import RULES

_SARIF_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_GITHUB_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def diagnostics_json(diagnostics: Sequence[Diagnostic]) -> dict[str, Any]:
    """Return all diagnostics and how many there are of each severity."""
    # Also zeros, so that a script can read each severity without a default.
    summary = {s.value: sum(d.severity is s for d in diagnostics) for s in Severity}
    return {"format_version": 1, "diagnostics": [_one(d) for d in diagnostics], "summary": summary}


def diagnostics_github(diagnostics: Sequence[Diagnostic]) -> str:
    """Return workflow commands, which GitHub shows as annotations on the lines of a pull request."""
    return "".join(_annotation(diagnostic) + "\n" for diagnostic in diagnostics)


def diagnostics_sarif(diagnostics: Sequence[Diagnostic]) -> dict[str, Any]:
    """Return a SARIF 2.1.0 log, for code scanning and editors."""
    codes = sorted({diagnostic.code for diagnostic in diagnostics})
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "publisher",
                        "version": __version__,
                        "rules": [
                            {"id": code, "shortDescription": {"text": _summary(code)}} for code in codes
                        ],
                    }
                },
                # SARIF 2.1.0, 3.14.17: without it, columns count UTF-16 units, and ours count code points.
                "columnKind": "unicodeCodePoints",
                "results": [_sarif_result(diagnostic, codes) for diagnostic in diagnostics],
            }
        ],
    }


def _one(diagnostic: Diagnostic) -> dict[str, Any]:
    document = {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "remedy": diagnostic.remedy,
        "path": diagnostic.path,
        "line": diagnostic.position.line,
        "column": diagnostic.position.column,
        "key": diagnostic.key,
    }
    return {name: value for name, value in document.items() if value is not None and value != ""}


def _annotation(diagnostic: Diagnostic) -> str:
    properties = {
        "file": diagnostic.path,
        "line": str(diagnostic.position.line),
        "col": str(diagnostic.position.column),
        "title": diagnostic.code,
    }
    listed = ",".join(f"{name}={_escape(value, ':,')}" for name, value in properties.items())
    text = " ".join(part for part in (diagnostic.message, diagnostic.remedy) if part)
    return f"::{_GITHUB_LEVEL[diagnostic.severity]} {listed}::{_escape(text)}"


def _escape(text: str, also: str = "") -> str:
    # `%` first, or the escapes would be escaped. The set is that of GitHub's own toolkit (actions/toolkit,
    # command.ts): a property also ends at a colon or comma.
    for character in "%\r\n" + also:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _summary(code: str) -> str:
    rule = RULES.get(code)
    return rule.summary if rule else code


def _sarif_result(diagnostic: Diagnostic, codes: Sequence[str]) -> dict[str, Any]:
    text = " ".join(part for part in (diagnostic.message, diagnostic.remedy) if part)
    place = diagnostic.position
    return {
        "ruleId": diagnostic.code,
        "ruleIndex": codes.index(diagnostic.code),
        "level": _SARIF_LEVEL[diagnostic.severity],
        "message": {"text": text},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {
                        # A URI reference has no blanks (RFC 3986). Relative to the checkout, which
                        # %SRCROOT% names.
                        "uri": diagnostic.path.replace(" ", "%20"),
                        "uriBaseId": "%SRCROOT%",
                    },
                    "region": {"startLine": place.line, "startColumn": place.column},
                }
            }
        ],
    }
