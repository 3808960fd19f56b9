"""Sources that a pull request could point anywhere, and articles that are small to write and large to work on."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.content.articles import SiteArticle, read_article, url_problem
from publisher.content.sources import MAX_FILES, MAX_HEAD
from publisher.model.config import Source
from publisher.sandbox.server import Sandbox
from tests.attacks.test_files import MARKER, publish_everything
from tests.support.project import ProjectDir
from tests.support.repository import git

URL = "https://acme.example/{slug}/"
ARTICLE = f"---\ntitle: {MARKER}\n---\n"
SOURCE = Source("blog", "site", URL)


@pytest.fixture
def baited(tmp_path: Path, sandbox: Sandbox) -> ProjectDir:
    """A project in a work tree with hidden articles, and articles outside of the work tree."""
    repo = tmp_path / "repo"
    made = ProjectDir(repo / "social", sandbox)
    made.write("content/a.md", "Hello\n")
    made.configure()
    git(repo, "init", "--quiet")
    for place in (".git/posts", ".secrets", "site/.drafts", "../outside"):
        (repo / place).mkdir(parents=True)
        (repo / place / "x.md").write_text(ARTICLE)
    (repo / "site/posts").mkdir()
    return made


def configure(project: ProjectDir, path: str) -> None:
    project.configure(f'sources: {{blog: {{path: "{path}", url: "{URL}"}}}}\n')


@pytest.mark.parametrize(
    "path",
    ["../.git/posts", "../.secrets", "../../outside", "/etc", "../site/.drafts", "../..", "../../..", "content",
     "..", ".", "../nowhere", "../site\\0", "x/../../.git/posts", "../site/../.secrets"],
)  # fmt: skip
def test_a_source_is_a_folder_of_the_work_tree(path: str, baited: ProjectDir) -> None:
    configure(baited, path)
    said = publish_everything(baited)
    assert MARKER not in said
    assert "Traceback" not in said
    assert baited.publisher("plan").code == 2


@pytest.mark.parametrize("target", ["../.git/posts", "../.secrets", "../../outside", "/", "linked"])
def test_a_source_that_is_a_link_stays_inside(target: str, baited: ProjectDir) -> None:
    (baited.root.parent / "site/linked").symlink_to(target)
    configure(baited, "../site/linked")
    assert MARKER not in publish_everything(baited)
    assert baited.publisher("plan").code == 2


@pytest.mark.parametrize(
    "target", ["../../.secrets/x.md", "../../.secrets", "../../../outside/x.md", "/dev/zero"]
)
def test_a_link_in_a_source_is_not_followed(target: str, baited: ProjectDir) -> None:
    (baited.root.parent / "site/posts/x.md").symlink_to(target)
    configure(baited, "../site")
    assert MARKER not in publish_everything(baited)
    assert baited.publisher("plan").code == 0


def test_a_pipe_in_a_source_is_not_opened(baited: ProjectDir) -> None:
    os.mkfifo(baited.root.parent / "site/posts/pipe.md")
    configure(baited, "../site")
    assert baited.publisher("plan").code == 0


@pytest.mark.parametrize(
    "cover",
    ["../../.secrets/x.png", "/.secrets/x.png", "../../../outside/x.png", "/../outside/x.png", "/etc/passwd",
     "file:///etc/passwd", "http://127.0.0.1:1/x.png", "link.png", "x" * 5_000, "a\\0b", ".git/x.png", "//host/x.png"],
)  # fmt: skip
def test_a_cover_is_a_shown_file_of_the_work_tree(cover: str, baited: ProjectDir, png: bytes) -> None:
    repo = baited.root.parent
    for place in (".secrets", "../outside", ".git"):
        (repo / place / "x.png").write_bytes(png)
    (repo / "site/posts/link.png").symlink_to("../../.secrets/x.png")
    (repo / "site/posts/a.md").write_text(f'---\ntitle: Hello\ncover: "{cover}"\n---\n')
    configure(baited, "../site/posts")
    baited.write("publisher.yaml", (baited.root / "publisher.yaml").read_text() + "api: posts\n")
    assert baited.publisher("plan").code == 0
    assert "thumbnail" not in baited.publisher("payload", "blog/a").out
    made = baited.publisher("new", "--from", str(repo / "site/posts/a.md"))
    assert made.code == 0, made.err
    assert [path.name for path in (baited.root / "content/blog").iterdir()] == ["a.md"]


def test_a_source_with_too_many_files_is_refused(baited: ProjectDir) -> None:
    folder = baited.root.parent / "site/posts"
    for number in range(MAX_FILES + 1):
        (folder / f"{number}.txt").touch()
    configure(baited, "../site")
    result = baited.publisher("plan")
    assert result.code == 2
    assert "10,000 files" in result.err


def test_of_a_huge_article_only_the_beginning_is_read(baited: ProjectDir) -> None:
    with (baited.root.parent / "site/posts/huge.md").open("wb") as file:
        file.write(b"---\ntitle: Huge\n---\n\xc3\xa4")
        file.truncate(1 << 34)  # a hole: 16 GiB that take no room
    (baited.root.parent / "site/posts/cut.md").write_text("---\ntitle: Cut\n---\n" + "ä\n" * MAX_HEAD)
    configure(baited, "../site")
    result = baited.publisher("plan")
    assert result.code == 0
    assert "blog/huge" in result.out
    assert "blog/cut" in result.out


def test_front_matter_of_aliases_does_not_grow(baited: ProjectDir) -> None:
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"] + [
        f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)
    ]
    (baited.root.parent / "site/posts/bomb.md").write_text("---\n" + "\n".join(lines) + "\ntags: *a11\n---\n")
    configure(baited, "../site")
    result = baited.publisher("validate")
    assert result.code == 1
    assert "yaml-too-large" in result.text


def test_an_article_cannot_run_a_template_or_mention_anybody(baited: ProjectDir) -> None:
    title = "{{ config.authors }} {% for x in range(9999999) %}x{% endfor %} @[Eve](urn:li:person:Eve_12345)"
    (baited.root.parent / "site/posts/a.md").write_text(
        f"---\ntitle: '{title}'\ndescription: '{title}'\n---\n{{{{ 1/0 }}}}\n"
    )
    configure(baited, "../site")
    out = baited.publisher("payload", "blog/a").out
    assert "{{ config.authors }} {% for x in range(9999999) %}x{% endfor %}" in out
    assert '"attributes"' not in out
    assert baited.publisher("new", "--from", str(baited.root.parent / "site/posts/a.md")).code == 0
    again = baited.publisher("payload", "blog/a").out
    assert again == out


@pytest.mark.parametrize(
    "template",
    ["../../.secrets/x.md", "/etc/passwd", "../x.j2", "nowhere.j2"],
)
def test_a_source_s_template_is_in_the_templates_folder(template: str, baited: ProjectDir) -> None:
    (baited.root.parent / "site/posts/a.md").write_text("---\ntitle: A\n---\n")
    baited.configure(f'sources: {{blog: {{path: ../site, url: "{URL}", template: "{template}"}}}}\n')
    assert MARKER not in publish_everything(baited)
    assert "template-missing" in baited.publisher("validate").text


@pytest.mark.parametrize(
    "url",
    ["https://acme.example/", "https://{slug}.example/", "javascript:{slug}", "file:///{slug}", "//x/{slug}",
     "https://a.example/{slug!r}", "https://a.example/{slug.__class__}", "https://a.example/{slug:>99999999}",
     "https://a.example/{0}", "https://a.example/{slug}{", "https://u:p@{section}/{slug}"],
)  # fmt: skip
def test_an_address_has_a_fixed_host_and_known_parts(url: str, baited: ProjectDir) -> None:
    assert url_problem(url)
    baited.configure(f'sources: {{blog: {{path: ../site, url: "{url}"}}}}\n')
    result = baited.publisher("plan")
    assert result.code == 2
    assert "publisher.yaml:" in result.text


LINES = st.lists(
    st.one_of(
        st.sampled_from(["---", "+++", "title: A", "date: 2026-11-24", 'title = "A"', "{", '"title": "A"', "}",
                         "tags: [a]", "slug: x", "url: /a/b/", "cover: {image: x}", "date: {created: 1}",
                         "images: []", "params: {a: 1}"]),
        st.text(max_size=30),
    ),
    max_size=12,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(lines=LINES)
def test_every_text_is_an_article_or_a_diagnostic(lines: list[str]) -> None:
    found = read_article("\n".join(lines), "site/a.md", "a.md", SOURCE, None)
    if isinstance(found, SiteArticle):
        assert found.url.startswith(("https://", "http://"))
        assert ".." not in found.slug.split("/")
        assert "\n" not in found.title + found.description + found.slug
    else:
        assert all(problem.message and problem.remedy for problem in found)
