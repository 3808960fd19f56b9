"""Findings as JSON values; the format's version changes where a field's meaning does."""

from typing import Any

from publisher.doctor.checks import worst
from publisher.doctor.facts import Finding

FORMAT_VERSION = 1


def report_json(findings: tuple[Finding, ...]) -> dict[str, Any]:
    """``{"format_version", "worst", "checks": [{"name", "level", "message", "remedy"}]}``; levels in lower
    case.
    """
    return {
        "format_version": FORMAT_VERSION,
        "worst": worst(findings).name.lower(),
        "checks": [
            {
                "name": finding.name,
                "level": finding.level.name.lower(),
                "message": finding.message,
                "remedy": finding.remedy,
            }
            for finding in findings
        ],
    }
