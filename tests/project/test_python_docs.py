"""The examples in docs/python.md run, one after the other, on a project."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs" / "python.md"


def test_the_examples_of_the_documentation_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "my-posts"
    (folder / "content").mkdir(parents=True)
    (folder / "publisher.yaml").write_text('authors:\n  me: {urn: "urn:li:person:AbC_123456"}\n')
    (folder / "content/hello.md").write_text("Hello, readers")
    (folder / "content/bad.md").write_text("---\ndraft: maybe\n---\nHello")
    monkeypatch.chdir(tmp_path)
    load, plan = re.findall(r"^```python\n(.*?)^```$", DOCS.read_text(), re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {}
    exec(load, names)
    printed = capsys.readouterr().out
    assert printed.startswith("content/bad.md:2:8: error: ")
    assert printed.endswith("\nhello me None 14\n")
    (folder / "content/bad.md").unlink()
    exec(load, names)
    capsys.readouterr()
    exec(plan, names)
    assert capsys.readouterr().out.startswith("create hello ")
