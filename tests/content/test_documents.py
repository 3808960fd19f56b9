"""Documents: equal for equal content however it is stored, and no exception for any text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.content.documents import read_markdown, read_yaml
from publisher.content.files import SourceFile
from publisher.model.diagnostic import Position
from tests.content.conftest import Read
from tests.content.reading import Reading, read_file

QUICK = settings(deadline=None, max_examples=80)

LINE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=20)
BODY = st.lists(LINE, max_size=6).map("\n".join)


@pytest.fixture(scope="module")
def spot(tmp_path_factory: pytest.TempPathFactory) -> SourceFile:
    """One file that a property test writes again and again."""
    return SourceFile(tmp_path_factory.mktemp("documents") / "post.md", "content/post.md")


@QUICK
@given(body=BODY, tags=st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), max_size=3, unique=True))
def test_line_endings_and_a_byte_order_mark_change_nothing(
    spot: SourceFile, body: str, tags: list[str]
) -> None:
    text = f"---\nid: a\nhashtags: {tags}\n# a remark\n---\n{body}"
    results = []
    for variant in (text, text.replace("\n", "\r\n"), text.replace("\n", "\r"), f"\ufeff{text}"):
        spot.path.write_bytes(variant.encode())  # type: ignore[union-attr]
        results.append(read_file(spot, "content"))
    ((document,), problems) = results[0]
    assert problems == []
    assert document.body == body
    assert document.metadata == {"id": "a", "hashtags": tags}
    assert all(result == results[0] for result in results)


@QUICK
@given(st.text(max_size=120), st.sampled_from(["", "---\n", "---\nid: a\n---\n", "posts:\n- ", "text: "]))
def test_no_text_raises(text: str, before: str) -> None:
    for reader in (read_markdown, read_yaml):
        documents, problems = reader(before + text, "content/a.md", "a")
        assert documents or problems
        assert len(documents) <= 1 or reader is read_yaml
        for problem in problems:
            assert "\n" not in problem.message


@QUICK
@given(st.binary(max_size=200))
def test_no_bytes_raise(spot: SourceFile, raw: bytes) -> None:
    spot.path.write_bytes(raw)  # type: ignore[union-attr]
    documents, problems = read_file(spot, "content")
    assert documents or problems


def test_the_body_is_untouched(read: Read) -> None:
    body = "\n  Indented \\\n\n\tTab  \n---\n<!-- c -->\n{{ x }}\u2028end\n\n"
    (document,) = read({"a.md": f"---\ndraft: true\n---\n{body}"}).documents
    assert document.body == body
    assert document.body_start == Position(4, 1)
    assert document.format == "markdown"


def test_a_markdown_file_without_metadata(read: Read) -> None:
    (document,) = read({"a.md": "Hello.\n"}).documents
    assert (document.body, document.metadata, document.body_start) == ("Hello.\n", {}, Position(1, 1))


def test_yaml_files_with_one_and_with_several_posts(read: Read) -> None:
    reading = read(
        {
            "one.yaml": "text: |\n  Line one.\n  Line two.\nvisibility: connections\n",
            "posts.yaml": "posts:\n- {id: b, text: B.}\n-\n  id: c\n  format: markdown\n  text: '*C.*'\n",
            "documents.yml": "id: d\ntext: D.\n---\nid: e\ntext: E.\n",
        }
    )
    assert reading.diagnostics == ()
    made = {document.key: document for document in reading.documents}
    assert list(made) == ["b", "c", "d", "e", "one"]
    assert made["one"].body == "Line one.\nLine two.\n"
    assert (made["one"].metadata, made["one"].format) == ({"visibility": "connections"}, "plain")
    assert (made["one"].body_start, made["one"].body_indent) == (Position(2, 3), 2)
    assert (made["c"].format, made["c"].body) == ("markdown", "*C.*")
    assert made["c"].position("id") == Position(4, 7)
    assert made["e"].position("id") == Position(4, 5)


def test_places_in_a_list_of_posts(read: Read) -> None:
    reading = read(
        {"p.yaml": "posts:\n- id: a\n  text: A.\n  media:\n  - {path: a.png, alt: 5}\n- id: b\n  text: B.\n"}
    )
    (problem,) = reading.diagnostics
    assert (problem.position, problem.message) == (Position(5, 24), "media[0].alt must be a text, not 5.")
    assert [(one.key, one.invalid) for one in reading.documents] == [("a", True), ("b", False)]
    assert "media" not in reading.documents[0].metadata
    assert reading.documents[1].position("text") == Position(7, 9)


def test_one_broken_file_hides_no_other(read: Read) -> None:
    reading = read({"a.md": "---\nid: [\n---\n", "b.md": "---\nidd: b\n---\n", "c.md": "C."})
    assert [found.code for found in reading.diagnostics] == ["yaml-syntax", "unknown-field"]
    assert isinstance(reading, Reading)
    assert [(one.key, one.invalid) for one in reading.documents] == [("b", True), ("c", False)]


def test_reading_many_strange_fields_stays_quick_to_say(read: Read) -> None:
    """Comparing names is slow; a stranger's file can hold thousands."""
    front = "".join(f"field{number}: x\n" for number in range(5000))
    reading = read({"a.md": f"---\n{front}---\nText."})
    assert [found.code for found in reading.diagnostics] == ["unknown-field"] * 100 + ["too-many-problems"]
    hashtags = ", ".join([str(number) if number % 2 else f"'{number}'" for number in range(9000)])
    assert len(read({"a.md": f"---\nhashtags: [{hashtags}]\n---\n"}).diagnostics) == 101
