"""``publisher explain``: what a rule finds, why it matters, an example and the fix."""

import re
from pathlib import Path

import click

from publisher.errors import UsageError
from publisher.rules import RULES
from publisher.wording import closest

_PACKAGE = Path(__file__).parent.parent
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")


@click.command()
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Explain a rule of validate, with its reason, an example and the fix.

    Without CODE all rules are listed.

    \b
    publisher explain raw-html
    """
    if code is None:
        width = max(map(len, RULES))
        for rule in RULES.values():
            click.echo(f"{rule.code:{width}}  {rule.severity.value:7}  {rule.summary}")
        return
    if code not in RULES:
        near = closest(code, list(RULES))
        raise UsageError(f"There is no rule {code!r}.", near or "`publisher explain` lists them all.")
    click.echo(explanation(code))


def explanation(code: str) -> str:
    """The section of docs/diagnostics.md about a rule, as plain text."""
    page = docs_path().read_text("utf-8")
    section = page.partition(f"\n## {code}\n")[2].partition("\n## ")[0].strip()
    lines, in_code = [code, ""], False
    for line in section.split("\n"):
        if line.startswith("```"):
            in_code = not in_code
        elif in_code:
            lines.append(f"    {line}".rstrip())
        else:
            words = _LINK.sub(r"\1", line).replace("**", "")
            lines.append(re.sub(r"^\*(.+?)\.\*", lambda severity: f"{severity[1].capitalize()}.", words))
    return "\n".join(lines)


def docs_path() -> Path:
    """Where the page of rules lies: inside the installed package, or beside it in a checkout."""
    installed = _PACKAGE / "docs" / "diagnostics.md"
    return installed if installed.exists() else _PACKAGE.parent / "docs" / "diagnostics.md"
