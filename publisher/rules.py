"""Every diagnostic code the product can give: one registry, from which docs and SARIF rules are made."""

from dataclasses import dataclass

from publisher.model.diagnostic import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of diagnostic. ``lint`` rules can be switched off or changed in severity by ``lints:``."""

    code: str
    severity: Severity
    summary: str
    lint: bool = False


def _rules(*rules: Rule) -> dict[str, Rule]:
    return {rule.code: rule for rule in rules}


_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

READING = _rules()
"""Problems of files, YAML, front matter, schemas and media."""

RENDERING = _rules()
"""Problems of templates, Markdown, mentions and APIs."""

LINTS = _rules()
"""Advice about good posts; switchable in ``publisher.yaml``."""

RULES: dict[str, Rule] = {**READING, **RENDERING, **LINTS}
