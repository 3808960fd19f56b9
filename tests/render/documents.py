"""Documents and contexts for tests that need no files."""

from publisher.model.config import Config
from publisher.model.diagnostic import Position
from publisher.model.document import Document
from publisher.model.post import Author, Media, MediaKind, Post
from publisher.render.post import RenderContext, Rendered, render_post

ME = Author("urn:li:person:me", "me")


class Shelf:
    """A media source whose files are all images, except those named otherwise."""

    def inspect(self, reference: str, source: str) -> Media:
        kind = MediaKind.VIDEO if reference.endswith(".mp4") else MediaKind.IMAGE
        return Media(reference, kind, "image/png", 1, reference)


def document(body: str, path: str = "content/k.md", **metadata: object) -> Document:
    """A document whose body begins in line 5; Markdown unless the path says YAML."""
    kind = "markdown" if path.endswith(".md") else "plain"
    return Document("k", path, metadata, body, kind, Position(5, 1))


def render(
    body: str,
    config: Config | None = None,
    templates: dict[str, str] | None = None,
    path: str = "content/k.md",
    **metadata: object,
) -> Rendered:
    context = RenderContext(config or Config(authors={"me": ME}), templates or {}, Shelf())
    (rendered,) = render_post(document(body, path, **metadata), context)
    return rendered


def text_of(body: str, **options: object) -> str:
    """The text of a body that renders without an error."""
    return post_of(body, **options).text.plain


def post_of(body: str, **options: object) -> Post:
    rendered = render(body, **options)
    assert rendered.post is not None, rendered.diagnostics
    return rendered.post


def codes(rendered: Rendered) -> list[str]:
    return [diagnostic.code for diagnostic in rendered.diagnostics]
