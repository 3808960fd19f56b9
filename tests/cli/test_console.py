"""What the terminal is given: every character of strangers' content as text, none as a command."""

import pytest

from publisher.cli.console import show_diagnostics, show_error
from publisher.errors import PublisherError
from publisher.model.diagnostic import Diagnostic
from tests.support.project import ProjectDir


def test_html_of_a_stranger_commands_neither_terminal_nor_workflow(project: ProjectDir) -> None:
    project.write("content/a.md", 'Hello <b title="\x1b[2J"\n::error::x="y">\n')
    said = project.publisher("validate").out
    assert said.startswith('content/a.md:1:7: error: <b title="\\u001b[2J" ::error::x="y"> is raw HTML')


def test_errors_and_remedies_show_what_is_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    show_error(PublisherError("No\x1b[2J.", "Try \u202ethat."))
    show_diagnostics([Diagnostic("near-fold", "a\nb", "c.md", remedy="d\n::error::e")])
    told = capsys.readouterr()
    assert told.err.startswith("error: No\\u001b[2J.\n  Try \\u202ethat.\n")
    assert "error: a b [near-fold]" in told.err
    assert "\n    d ::error::e\n" in told.err
