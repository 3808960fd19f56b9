"""One text for networks with links behind words and for networks without; one module that knows the parser."""

from dataclasses import replace
from pathlib import Path

from publisher.model.config import Config
from publisher.model.diagnostic import Position
from publisher.model.document import Document
from publisher.model.post import Link, Text
from publisher.render.digest import text_digest
from publisher.text.body import Body, render_body
from publisher.text.template import Source
from publisher.text.written import TextStyle
from tests.render.documents import ME, post_of

ROOT = Path(__file__).parents[2]


def body_of(source: str, *, links_behind_words: bool) -> Body:
    document = Document("k", "content/k.md", {}, source, "markdown", Position(1, 1))
    body, problems = render_body(
        document,
        Source(source, source),
        Config(),
        ["tag"],
        style=TextStyle(links_behind_words=links_behind_words),
    )
    assert body is not None
    assert problems == []
    return body


def test_links_keep_their_words_where_the_network_has_links_behind_words() -> None:
    source = "Ä [the notes](https://ex.org/a) and https://ex.org/b."
    kept = body_of(source, links_behind_words=True).text
    assert kept.plain == "Ä the notes and https://ex.org/b.\n\n#tag"
    shown = [(kept.plain[link.start : link.end], link.url) for link in kept.links]
    assert shown == [("the notes", "https://ex.org/a"), ("https://ex.org/b", "https://ex.org/b")]
    written = body_of(source, links_behind_words=False).text
    assert written.plain == "Ä the notes (https://ex.org/a) and https://ex.org/b.\n\n#tag"
    assert [written.plain[link.start : link.end] for link in written.links] == [
        "https://ex.org/a",
        "https://ex.org/b",
    ]


def test_a_digest_covers_where_links_lead() -> None:
    post = post_of("Hello", config=Config(authors={"me": ME}))
    one, other = (
        text_digest(replace(post, text=Text("Hello", links=(Link(0, 5, url),))))
        for url in ("https://ex.org/a", "https://ex.org/b")
    )
    assert len({one, other, text_digest(post)}) == 3
    # an address that readers see is in the text already
    bare = Text("https://ex.org/a")
    linked = replace(bare, links=(Link(0, 16, "https://ex.org/a"),))
    assert text_digest(replace(post, text=bare)) == text_digest(replace(post, text=linked))


def test_one_module_imports_the_parser() -> None:
    users = [
        path for path in (ROOT / "publisher").rglob("*.py") if "import pyromark" in path.read_text("utf-8")
    ]
    assert [path.name for path in users] == ["events.py"]
