"""Cards in posts: published once, the same on another machine, and nothing outside of the project is read."""

import shutil
from pathlib import Path

import pytest

from publisher.project import load
from publisher.sandbox.server import Sandbox
from tests.support.project import ProjectDir

QUOTE = "---\nid: quote\nmedia: {card: quote, text: Exactly once., by: Mira}\n---\nA quotation.\n"


@pytest.fixture
def project(tmp_path: Path, sandbox: Sandbox) -> ProjectDir:
    made = ProjectDir(tmp_path / "posts", sandbox, {"PUBLISHER_CACHE_DIR": str(tmp_path / "cache")})
    made.root.mkdir()
    made.configure()
    return made


def test_a_card_is_published_once_also_after_the_cache_is_gone(project: ProjectDir, tmp_path: Path) -> None:
    project.write("content/quote.md", QUOTE)
    first = project.publisher("publish")
    assert first.code == 0, first.text
    shutil.rmtree(tmp_path / "cache")
    again = project.publisher("publish")
    assert again.code == 0, again.text
    assert len(project.created_texts()) == 1
    (post,) = load(project.root, project.environ).posts
    (card,) = post.media
    assert card.alt == "Exactly once. Mira."
    assert (card.width, card.height) == (1200, 627)


def test_the_plan_names_no_path_of_this_machine(project: ProjectDir, tmp_path: Path) -> None:
    project.write("content/quote.md", QUOTE)
    plan = project.publisher("plan", "--format", "json")
    assert plan.code == 0, plan.text
    assert "{asset:quote-" in plan.out
    assert str(tmp_path) not in plan.out


def test_the_words_and_the_style_are_part_of_the_digest(project: ProjectDir) -> None:
    def digest() -> str:
        (post,) = load(project.root, project.environ).posts
        return post.digest

    project.write("content/quote.md", QUOTE)
    before = digest()
    assert digest() == before
    project.configure("cards: {accent: '#ff0000'}\n")
    styled = digest()
    project.write("content/quote.md", QUOTE.replace("Exactly once.", "At least once."))
    assert len({before, styled, digest()}) == 3


def test_slides_become_a_document(project: ProjectDir) -> None:
    project.configure("api: posts\n")
    project.write("content/_slides.md", "# One\n\n---\n\n# Two\n\n- a\n- b\n")
    project.write("content/talk.md", "---\ndocument: {slides: _slides.md, title: Talk}\n---\nA talk.\n")
    done = project.publisher("publish")
    assert done.code == 0, done.text
    (post,) = load(project.root, project.environ).posts
    assert [media.pages for media in post.media] == [2]


@pytest.mark.parametrize(
    ("media", "said"),
    [
        ("{card: qoute, text: x}", "Did you mean 'quote'"),
        ("{card: ../secret.typ}", "There is no card"),
        ("{card: templates/../../secret.typ}", "no template"),
        ("{card: templates/none.typ}", "no template"),
        ("{card: templates/broken.typ}", "unknown variable"),
        ("{card: templates/link.typ}", "no template"),
    ],
)
def test_a_card_that_can_not_be_made_is_explained(project: ProjectDir, media: str, said: str) -> None:
    (project.root.parent / "secret.typ").write_text("secret")
    project.write("templates/broken.typ", "#nonsense")
    (project.root / "templates/link.typ").symlink_to(project.root.parent / "secret.typ")
    project.write("content/post.md", f"---\nmedia: {media}\n---\nText.\n")
    result = project.publisher("validate")
    assert result.code == 1
    assert said in result.text
    assert "card-invalid" in result.text
    assert "content/post.md:2:" in result.text


@pytest.mark.parametrize("logo", ["../logo.png", "/etc/passwd", ".git/config", "link.png"])
def test_a_logo_outside_of_the_project_is_refused(project: ProjectDir, logo: str) -> None:
    (project.root.parent / "logo.png").write_bytes(b"secret")
    (project.root / "link.png").symlink_to(project.root.parent / "logo.png")
    project.write(".git/config", "secret")
    project.configure(f"cards: {{logo: {logo}}}\n")
    project.write("content/quote.md", QUOTE)
    result = project.publisher("validate")
    assert result.code == 1
    assert "outside the project" in result.text
