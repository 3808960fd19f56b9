"""Golden folders: a case is a folder with an input file; what it renders to lies beside it."""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from publisher.content.files import SourceFile
from publisher.lint.lints import lint_post, lint_posts
from publisher.media.library import MediaLibrary
from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic, sort_diagnostics
from publisher.model.post import Author, Post
from publisher.model.state import State
from publisher.project.templates import read_templates
from publisher.render.post import RenderContext, render_post
from publisher.settings.config import load_config
from tests.content.reading import read_file

ROOT = Path(__file__).parents[1] / "golden"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))
AUTHOR = Author("urn:li:person:AbC_123", "me")


@dataclass(frozen=True)
class Case:
    """What a case's input renders to."""

    posts: tuple[Post, ...]
    diagnostics: tuple[Diagnostic, ...]


def cases(kind: str) -> list[Path]:
    return sorted(path for path in (ROOT / kind).iterdir() if path.is_dir())


def case_config(case: Path) -> Config:
    if (case / "publisher.yaml").exists():
        return load_config(case, {})
    return Config(authors={"me": AUTHOR})


def render_case(case: Path, config: Config) -> Case:
    """Read, render and lint the documents of ``input.md`` or ``input.yaml``."""
    (source,) = case.glob("input.*")
    name = source.relative_to(ROOT).as_posix()
    documents, diagnostics = read_file(SourceFile(source, name), case.relative_to(ROOT).as_posix())
    context = RenderContext(config, read_templates(case, config), MediaLibrary(ROOT))
    posts = []
    for document in documents:
        for rendered in render_post(document, context):
            diagnostics += lint_post(rendered, config, NOW)
            if rendered.post is not None:
                posts.append(rendered.post)
    diagnostics += lint_posts(posts, State(), config)
    return Case(tuple(posts), sort_diagnostics(diagnostics))


def show_diagnostics(diagnostics: tuple[Diagnostic, ...]) -> str:
    return "".join(
        f"{d.location}: {d.severity} {d.code}\n    {d.message}\n    {d.remedy}\n" for d in diagnostics
    )


def show_posts(posts: tuple[Post, ...]) -> str:
    """The texts as readers see them, then their marks."""
    shown = []
    for post in posts:
        marks = [f"{m.start}-{m.end} mention {m.urn}" for m in post.text.mentions]
        marks += [f"{h.start}-{h.end} hashtag {h.tag}" for h in post.text.hashtags]
        marks += [f"attached {media.path}: {media.alt}" for media in post.media]
        shown.append("\n".join([post.text.plain, "=====", *marks, ""]))
    return "\n".join(shown)


def show_json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def compare(path: Path, actual: str) -> None:
    """Hold a result against its golden file; with UPDATE_GOLDEN set, write it instead."""
    if UPDATE:
        if actual:
            path.write_text(actual, "utf-8")
        else:
            path.unlink(missing_ok=True)
    expected = path.read_text("utf-8") if path.exists() else ""
    assert actual == expected, f"{path} differs; UPDATE_GOLDEN=1 writes it anew"
