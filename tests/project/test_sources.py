"""Posts from the articles of a site: two real sites, two runs, renames and new titles."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.sandbox.server import Sandbox
from tests.support.project import ProjectDir

SITES = Path(__file__).parents[1] / "sites"
HUGO = 'sources: {blog: {path: ../hugo/content/posts, url: "https://acme.example/posts/{section}/{slug}/"}}\n'
JEKYLL = 'sources: {news: {path: ../jekyll/_posts, url: "https://acme.example/{categories}/{year}/{month}/{day}/{slug}.html"}}\n'


@pytest.fixture
def site(tmp_path: Path, sandbox: Sandbox) -> Callable[[str], ProjectDir]:
    """A project beside both sites in one git work tree, with some settings."""

    def make(settings: str) -> ProjectDir:
        for name in ("hugo", "jekyll"):
            shutil.copytree(SITES / name, tmp_path / "repo" / name)
        (tmp_path / "repo/.git").mkdir()
        made = ProjectDir(tmp_path / "repo/social", sandbox)
        made.write("content/.gitkeep", "")
        made.configure(settings)
        return made

    return make


def changes(project: ProjectDir) -> dict[str, str]:
    """Key -> action of the plan."""
    result = project.publisher("plan", "--format", "json")
    assert result.code == 0, result.err
    return {change["key"]: change["action"] for change in json.loads(result.out)["changes"]}


def payloads(project: ProjectDir) -> dict[str, tuple[str, str]]:
    """Key -> text and address of the card."""
    shares = {
        key: body["specificContent"]["com.linkedin.ugc.ShareContent"]
        for key, body in json.loads(project.publisher("payload").out).items()
    }
    return {
        key: (share["shareCommentary"]["text"], share["media"][0]["originalUrl"])
        for key, share in shares.items()
    }


def test_each_article_is_a_post_with_its_own_key_and_card(site: Callable[[str], ProjectDir]) -> None:
    hugo = payloads(site(HUGO))
    assert len(hugo) == 15
    assert hugo["blog/first-release"] == (
        "Our first release\n\nVersion 1.0 is out.\n\n#release #python",
        "https://acme.example/posts/first-release/",
    )
    assert (
        hugo["blog/c-plus-plus"][0] == "Calling C++ *fast*\n\nNotes on `pybind11`, and [links].\n\n#C #python"
    )
    assert hugo["blog/no-description"][0] == "A post without a description\n\n#notes"
    assert hugo["blog/in-a-folder"][1] == "https://acme.example/posts/2026/in-a-folder/"
    assert hugo["blog/own-address"][1] == "https://acme.example/special/own-address/"
    assert {"blog/toml-one", "blog/json-one", "blog/bundle", "blog/umlaute"} <= hugo.keys()


def test_jekyll_s_names_categories_and_permalinks_are_read(site: Callable[[str], ProjectDir]) -> None:
    jekyll = payloads(site(JEKYLL))
    assert len(jekyll) == 15
    assert jekyll["news/hello-world"] == (
        "Hello World\n\nWhat we learned about hello world.\n\n#welcome",
        "https://acme.example/engineering/2025/01/06/hello-world.html",
    )
    assert jekyll["news/no-title-at-all"][0].startswith("No Title At All\n")
    assert jekyll["news/permalink"][1] == "https://acme.example/about/permalink.html"
    assert jekyll["news/first-published"][1] == "https://other.example/articles/first-published"


@pytest.mark.parametrize(("settings", "drafts"), [(HUGO, 1), (JEKYLL, 1)], ids=["hugo", "jekyll"])
def test_a_second_run_does_nothing(site: Callable[[str], ProjectDir], settings: str, drafts: int) -> None:
    project = site(settings)
    assert project.publisher("publish").code == 0
    created = len(project.created_texts())
    assert created == 15 - drafts
    assert set(changes(project).values()) == {"none", "draft"}
    assert project.publisher("publish").code == 0
    assert len(project.created_texts()) == created


def test_renamed_and_retitled_articles_are_not_published_again(site: Callable[[str], ProjectDir]) -> None:
    project = site(HUGO)
    project.publisher("publish")
    created = len(project.created_texts())
    posts = project.root.parent / "hugo/content/posts"
    (posts / "2026/nested.md").rename(posts / "2026/renamed.md")  # has a slug
    (posts / "with-url.md").rename(posts / "elsewhere.md")  # has an address
    (posts / "bundle").rename(posts / "moved")  # has neither: its address changes
    title = posts / "queues.md"
    title.write_text(title.read_text().replace("Queues without tears", "Queues, with tears"))
    found = changes(project)
    assert found["blog/in-a-folder"] == "none"
    assert found["blog/own-address"] == "none"
    assert (found["blog/bundle"], found["blog/moved"]) == ("orphan", "blocked")
    assert found["blog/queues"] == "changed"
    project.publisher("publish")
    assert len(project.created_texts()) == created
    assert project.publisher("state", "mv", "blog/bundle", "blog/moved").code == 0
    assert changes(project)["blog/moved"] == "changed"
    assert project.publisher("publish").code == 0
    assert len(project.created_texts()) == created


def test_a_backlog_is_refused_as_a_whole_and_can_be_stamped(site: Callable[[str], ProjectDir]) -> None:
    project = site(HUGO)
    text = (
        (project.root / "publisher.yaml").read_text().replace("creates_per_run: 1000", "creates_per_run: 5")
    )
    project.write("publisher.yaml", text)
    refused = project.publisher("publish")
    assert refused.code == 1
    assert project.created_texts() == []
    assert "source-backlog" in project.publisher("validate").text
    assert project.publisher("state", "stamp", "--before", "2026-06-01").code == 0
    found = changes(project)
    assert (found["blog/dns"], found["blog/bundle"], found["blog/own-address"]) == (
        "none",
        "create",
        "create",
    )
    assert project.publisher("state", "stamp", "--all").code == 0
    assert project.publisher("publish").code == 0
    assert project.created_texts() == []


def test_since_leaves_out_older_articles_but_keeps_live_ones(site: Callable[[str], ProjectDir]) -> None:
    since = (
        'sources: {blog: {path: ../hugo/content/posts, url: "https://acme.example/{slug}/", since: "DAY"}}\n'
    )
    project = site(since.replace("DAY", "2026-06-15"))
    assert changes(project) == {
        "blog/in-a-folder": "create",
        "blog/static-cover": "create",
        "blog/own-address": "create",
        "blog/draft": "draft",
    }
    project.publisher("publish")
    project.configure(since.replace("DAY", "2026-07-15"))
    assert changes(project) == {
        "blog/in-a-folder": "none",
        "blog/static-cover": "none",
        "blog/own-address": "none",
        "blog/draft": "draft",
    }
    assert project.publisher("publish", "--prune").code == 0
    assert project.sandbox.requests(resource="ugcPosts", method="DELETE") == []


def test_an_article_of_the_future_waits_for_its_date(site: Callable[[str], ProjectDir]) -> None:
    project = site(HUGO)
    post = project.root.parent / "hugo/content/posts/dns.md"
    post.write_text(post.read_text().replace("2026-02-20", "2199-02-20"))
    assert changes(project)["blog/dns"] == "scheduled"


def test_covers_are_thumbnails_from_beside_the_article_and_from_the_site(
    site: Callable[[str], ProjectDir],
) -> None:
    project = site("api: posts\n" + HUGO)
    assert project.publisher("validate").code == 0
    bodies = json.loads(project.publisher("payload").out)
    with_picture = {key for key, body in bodies.items() if "thumbnail" in body["content"]["article"]}
    assert with_picture == {"blog/bundle", "blog/static-cover", "blog/toml-one", "blog/toml-two"}


def test_a_missing_cover_is_a_warning_at_its_field(site: Callable[[str], ProjectDir]) -> None:
    project = site(HUGO)
    (project.root.parent / "hugo/static/images/cover.png").unlink()
    result = project.publisher("validate")
    assert result.code == 0
    assert "../hugo/content/posts/static-cover.md:5:17: warning: The card has no picture: " in result.text
    assert "was not found beside the article" in result.text


def test_the_project_s_own_template_writes_the_text(site: Callable[[str], ProjectDir]) -> None:
    project = site(HUGO)
    project.write(
        "templates/blog.md.j2", "New: {{ article.title | plain }} ({{ article.date | date('%Y') }})\n"
    )
    assert payloads(project)["blog/dns"][0] == "New: It was DNS (2026)"


def test_a_post_file_takes_precedence_over_its_article(site: Callable[[str], ProjectDir]) -> None:
    project = site(HUGO)
    article = project.root.parent / "hugo/content/posts/static-cover.md"
    made = project.publisher("new", "--from", str(article))
    assert made.code == 0, made.err
    written = (project.root / "content/blog/static-cover.md").read_text()
    assert "url: https://acme.example/posts/static-cover/" in written
    assert "thumbnail: static-cover.png" in written
    assert (project.root / "content/blog/static-cover.png").is_file()
    assert changes(project)["blog/static-cover"] == "draft"
    project.write("content/blog/static-cover.md", written.replace("draft: true\n", "") + "And more.\n")
    text, url = payloads(project)["blog/static-cover"]
    assert text.endswith("And more.")
    assert url == "https://acme.example/posts/static-cover/"
    assert project.publisher("validate").code == 0
    assert project.publisher("new", "--from", str(article)).code == 2  # the file is there


def test_a_post_from_an_article_says_the_same_as_the_article(site: Callable[[str], ProjectDir]) -> None:
    project = site(HUGO)
    before = payloads(project)
    for name in ("c-plus-plus", "toml-one", "json-one", "umlaute"):
        file = next((project.root.parent / "hugo/content/posts").glob(f"{name}.md"))
        assert project.publisher("new", "--from", str(file)).code == 0
    assert payloads(project) == before


def test_an_article_of_no_source_becomes_a_post_without_a_card(site: Callable[[str], ProjectDir]) -> None:
    project = site("")
    made = project.publisher(
        "new", "--from", str(project.root.parent / "jekyll/_posts/2025-03-24-caching.md")
    )
    assert made.code == 0
    assert "names no address" in made.err
    assert "article" not in (project.root / "content/caching.md").read_text()
    other = project.publisher(
        "new", "--from", str(project.root.parent / "jekyll/_posts/2025-12-01-canonical.md")
    )
    assert "names no address" not in other.err
    assert "https://other.example/" in (project.root / "content/first-published.md").read_text()


def test_commands_take_the_path_of_an_article(site: Callable[[str], ProjectDir]) -> None:
    project = site(HUGO)
    article = project.root.parent / "hugo/content/posts/dns.md"
    assert "It was DNS" in project.publisher("show", str(article)).out
    assert project.publisher("publish", "--key", str(article)).code == 0
    assert [text.split("\n")[0] for text in project.created_texts()] == ["It was DNS"]
    one = project.publisher("validate", str(article))
    assert "1 valid post, 0 errors" in one.text


def test_two_articles_with_one_slug_are_an_error(site: Callable[[str], ProjectDir]) -> None:
    project = site(HUGO)
    posts = project.root.parent / "hugo/content/posts"
    (posts / "again.md").write_text("---\ntitle: Again\nslug: dns\ndate: 2026-10-01\n---\n")
    result = project.publisher("validate")
    assert result.code == 1
    assert "key-duplicate" in result.text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("---\ntitle: [\n---\n", "yaml-syntax"),
        ("---\ntitle: A\ntitle: B\n---\n", "yaml-duplicate-key"),
        ("+++\ntitle = \n+++\n", "front-matter-toml"),
        ('{"title": }\n', "front-matter-marker"),
        ("---\ntitle: A\n", "front-matter-open"),
        ("---\n- a\n---\n", "wrong-type"),
        ("---\ntitle: A\nslug: ../../x\n---\n", "key-invalid"),
    ],
)
def test_front_matter_that_cannot_be_read_is_an_error(
    site: Callable[[str], ProjectDir], text: str, code: str
) -> None:
    project = site(HUGO)
    (project.root.parent / "hugo/content/posts/bad.md").write_text(text)
    result = project.publisher("validate")
    assert result.code == 1
    assert f"[{code}]" in result.text
    assert "../hugo/content/posts/bad.md:" in result.text


def test_an_article_needs_a_date_for_an_address_with_one(site: Callable[[str], ProjectDir]) -> None:
    project = site(JEKYLL)
    (project.root.parent / "jekyll/_posts/undated.md").write_text("---\ntitle: Undated\n---\n")
    result = project.publisher("validate")
    assert result.code == 1
    assert "[article-undated]" in result.text
