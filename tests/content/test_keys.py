"""Keys are bounded, and a key that was allowed once says how to go on."""

from pathlib import Path

import pytest

from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic
from tests.content.reading import read_documents


def problems(root: Path, name: str, text: str = "Words.\n") -> list[Diagnostic]:
    path = root / "content" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return list(read_documents(root, Config()).diagnostics)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("b@sky.md", "has an @, which separates key and author"),
        ("b#1.md", "has characters that keys can't have"),
        ("2026/con.md", "contains con, which is a device on Windows"),
        ("Aux.notes.md", "contains Aux, which is a device on Windows"),
        (f"{'d' * 150}/{'é' * 60}.md", "has 271 bytes; a key has at most 200"),
    ],
)
def test_a_path_gives_no_key_that_is_out_of_bounds(tmp_path: Path, name: str, says: str) -> None:
    (found,) = problems(tmp_path, name)
    assert (found.code, says in found.message) == ("key-invalid", True), found
    assert "Rename the file, or give it an `id`" in found.remedy
    assert "If it was published as" in found.remedy


def test_the_remedy_is_a_command_that_moves_the_entry(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "b@sky.md")
    assert "`id: b-sky`" in found.remedy
    assert "`publisher state mv b@sky b-sky` first." in found.remedy


@pytest.mark.parametrize(
    "key", ["a/../../.git/hooks/x", "..", "a//b", "a/", "/a", ".a", "a/.b", "a@b", "a#b", "A", "x" * 201]
)
def test_an_id_that_is_out_of_bounds_is_an_error(tmp_path: Path, key: str) -> None:
    assert problems(tmp_path, "a.md", f"---\nid: {key!r}\n---\nWords.\n")


def test_an_id_that_is_a_device_says_so_with_its_line(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "a.md", "---\nid: 2026/nul.1\n---\nWords.\n")
    assert (found.code, found.position.line) == ("key-invalid", 2)
    assert found.message == "The `id` '2026/nul.1' contains nul, which is a device on Windows."


@pytest.mark.parametrize("key", ["a", "_a", "2026-11/a.b_c-d", "console", "a/auxiliary", "x" * 200])
def test_other_ids_are_keys(tmp_path: Path, key: str) -> None:
    assert problems(tmp_path, "a.md", f"---\nid: {key!r}\n---\nWords.\n") == []
