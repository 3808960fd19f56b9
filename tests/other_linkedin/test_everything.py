"""Every kind of post on both APIs: what readers see is what the author wrote, and nothing was refused on the way."""

from typing import Any

import pytest

from tests.other_linkedin.conftest import Open, Project
from tests.other_linkedin.promises import assert_published
from tests.support.otherlinkedin import ugcposts
from tests.support.otherlinkedin.littletext import read
from tests.support.pictures import pdf

BOTH = ["ugcPosts", "posts"]
HARD = 'Sum (of) #work with C# and a|b {c} ~d~ [e] f@g.org 🎉 <3\n\nSecond: 100% "quoted" & more.'


def publish(project: Project) -> None:
    result = project.run("publish", "--max-creates", "20")
    assert result.code == 0, result.text
    assert project.linkedin.refusals == []


def content(project: Project, key: str) -> Any:
    (post,) = project.linkedin.created(f"Words of {key}.")
    if project.api == "posts":
        return post.body["content"]
    return post.body["specificContent"][ugcposts.SHARE]


@pytest.mark.parametrize("api", BOTH)
def test_a_hard_text_arrives_as_it_was_written(open_project: Open, api: str) -> None:
    project = open_project(api)
    project.write("hard", HARD.replace("<3", "&lt;3"))
    publish(project)
    assert [post.stored for post in project.linkedin.created()] == [HARD]
    if api == "posts":
        assert read(project.linkedin.created()[0].text)[1:] == ([("hashtag", "work")], True)


@pytest.mark.parametrize("api", BOTH)
def test_mentions_name_whom_they_mean(open_project: Open, api: str) -> None:
    project = open_project(api)
    page = project.linkedin.world.page("Acme (Europe) Corp")
    project.write("hello", f"To @[Acme (Europe) Corp]({page}) and @[Jane]({project.linkedin.member}) #a")
    publish(project)
    (post,) = project.linkedin.created()
    assert post.stored == "To Acme (Europe) Corp and Jane #a"
    if api == "posts":
        found = [value for kind, value in read(post.text)[1] if kind == "mention"]
    else:
        assert [words for words, _ in ugcposts.marks_of(post.body)] == ["Acme (Europe) Corp", "Jane"]
        found = [named for _, named in ugcposts.marks_of(post.body)]
    assert found == [page, project.linkedin.member]


@pytest.mark.parametrize("api", BOTH)
def test_an_article(open_project: Open, api: str) -> None:
    project = open_project(api)
    project.write(
        "card", article={"url": "https://example.com/a?b=c&d", "title": "A (title)", "description": "D #d"}
    )
    publish(project)
    if api == "posts":
        card = {"source": "https://example.com/a?b=c&d", "title": "A (title)", "description": "D #d"}
        assert content(project, "card") == {"article": card}
    else:
        (media,) = content(project, "card")["media"]
        assert (media["originalUrl"], media["title"]["text"]) == ("https://example.com/a?b=c&d", "A (title)")
    assert_published(project, "card")


def test_an_article_with_a_picture(open_project: Open) -> None:
    project = open_project("posts")
    project.write(
        "card", article={"url": "https://example.com/", "title": "T", "thumbnail": project.file("t.png")}
    )
    publish(project)
    urn = content(project, "card")["article"]["thumbnail"]
    assert project.linkedin.world.files[urn].content == (project.root / "content/t.png").read_bytes()


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize("count", [1, 3])
def test_pictures(open_project: Open, api: str, count: int) -> None:
    project = open_project(api)
    names = [project.file(f"p{number}.png", number=number) for number in range(count)]
    project.write("album", media=[{"path": name, "alt": f"The {name}"} for name in names])
    publish(project)
    (post,) = project.linkedin.created()
    assert [project.linkedin.world.files[urn].content for urn in post.files] == [
        (project.root / "content" / name).read_bytes() for name in names
    ]
    told = str(content(project, "album"))
    assert all(f"The {name}" in told for name in names)
    assert_published(project, "album")


@pytest.mark.parametrize("api", BOTH)
def test_a_film(open_project: Open, api: str) -> None:
    project = open_project(api, polls=2, part_size=30_000)
    project.write("film", media={"path": project.film(size=100_000), "title": "The film"})
    publish(project)
    (post,) = project.linkedin.created()
    (urn,) = post.files
    film = project.linkedin.world.files[urn]
    assert film.content == (project.root / "content/clip.mp4").read_bytes()
    assert (post.early, post.urn.split(":")[2]) == (False, "ugcPost")
    assert len(film.ranges) == (4 if api == "posts" else 0)
    assert_published(project, "film")


def test_a_document_a_poll_and_a_reshare(open_project: Open) -> None:
    project = open_project("posts")
    project.write("first")
    publish(project)
    parent = project.linkedin.created()[0].urn
    project.write("guide", document={"path": project.file("guide.pdf", pdf()), "title": "The (guide)"})
    project.write("poll", poll={"question": "Tabs (or) spaces?", "options": ["Tabs #1", "Spaces"]})
    project.write("again", reshare=parent)
    publish(project)
    assert content(project, "guide")["media"]["title"] == "The (guide)"
    assert content(project, "poll")["poll"]["options"] == [{"text": "Tabs #1"}, {"text": "Spaces"}]
    (again,) = project.linkedin.created("Words of again.")
    assert again.body["reshareContext"] == {"parent": parent}
    assert "content" not in again.body
    assert_published(project, "first", "guide", "poll", "again")


@pytest.mark.parametrize("api", BOTH)
@pytest.mark.parametrize("visibility", ["public", "connections"])
def test_visibility(open_project: Open, api: str, visibility: str) -> None:
    project = open_project(api)
    project.write("hello", visibility=visibility)
    publish(project)
    assert visibility.upper() in str(project.linkedin.created()[0].body["visibility"])


@pytest.mark.parametrize("api", BOTH)
def test_a_page_posts_with_a_token_of_its_own(open_project: Open, api: str) -> None:
    project = open_project(api)
    linkedin = project.linkedin
    page = linkedin.world.page()
    scopes = frozenset({"w_organization_social", "w_organization_social_feed"})
    project.configure(urn=page)
    project.write("hello", media=[{"path": project.file("a.png"), "alt": "A"}], first_comment="More of it")
    other = linkedin.world.token(linkedin.world.person("Page Admin"), scopes, frozenset({page}))
    result = project.run("publish", LINKEDIN_ACCESS_TOKEN=other.value)
    assert result.code == 0, result.text
    (post,), (comment,) = linkedin.created(), linkedin.world.comments
    assert {post.author, comment.actor, linkedin.world.files[post.files[0]].owner} == {page}
    assert linkedin.refusals == []


@pytest.mark.parametrize("api", BOTH)
def test_the_longest_text(open_project: Open, api: str) -> None:
    project = open_project(api)
    text = "🎉" * 1400 + "x" * 200
    project.write("long", text)
    publish(project)
    assert project.linkedin.created()[0].stored == text
    project.write("long2", text + "y")
    result = project.run("publish")
    assert (result.code, len(project.linkedin.created())) == (1, 1)
    assert "3001" in result.text


def test_a_text_that_only_its_escapes_make_too_long_is_warned_of(open_project: Open) -> None:
    project = open_project("posts")
    project.write("long", "(" * 1000 + "x" * 1001)
    result = project.run("publish")
    assert (result.code, project.linkedin.created(), project.state) == (1, [], {})
    assert "text-too-long-escaped" in result.text
    assert "FIELD_LENGTH_TOO_LONG" in result.text
