"""Posts as HTML: complete, escaped, and inert."""

from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from publisher.feedview import PostView, content_policy, render_post
from publisher.feedview.text import compose
from publisher.feedview.values import (
    Attachment,
    Author,
    Badge,
    Card,
    Comment,
    Image,
    Moment,
    Note,
    Poll,
    Video,
)

ME = Author("Mira Example", "Writes posts as code", "https://example.com/mira")
POST = PostView("post-1", ME, compose("Hello"))


class Tags(HTMLParser):
    """Collects what a browser would make of a page: elements, attributes, text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words.append(data)


HOSTILE = st.text(alphabet="<>&\"'`/= \n{}%:;abonscript\u202e\u2028😀", max_size=60)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_whatever_a_post_says_stays_text(text: str, name: str, title: str) -> None:
    person = Author(name, title)
    view = replace(
        POST,
        author=person,
        text=compose(text),
        images=(Image("data:image/png;base64,AA", alt=title), Image("", alt=title)),
        card=Card("", title, name, text),
        comments=(Comment("1", person, compose(text)),),
        notes=(Note(text, remedy=title, place=name),),
        badges=(Badge(title),),
    )
    tags = Tags(render_post(view))
    assert "script" not in tags.names
    assert not [name for name, _ in tags.attributes if name.startswith("on") or name == "style"]


def test_everything_a_post_can_have_is_shown() -> None:
    inside = PostView("post-2", Author("Example Works", kind="organization"), compose("The original"))
    view = PostView(
        id="post-1",
        author=ME,
        text=compose("One\nTwo\nThree\nFour #tag"),
        moment=Moment(datetime(2026, 11, 23, 9, tzinfo=UTC), "5m"),
        permalink="/feed/update/1/",
        visibility="connections",
        edited=True,
        video=Video("/v.mp4", "A film", "Someone speaks", "0:42"),
        attachment=Attachment("Field guide", 12, "/guide.pdf", "PDF"),
        card=Card("https://example.com/", "An article", "example.com", "About it"),
        poll=Poll("Which?", ("This", "That"), "3 days left"),
        reshare=inside,
        comments=(Comment("1", ME, compose("First"), replies=(Comment("2", ME, compose("Second")),)),),
        badges=(Badge("Draft", "warning"),),
        notes=(Note("An image has no description", "warning", "Add alt", "a.md:3:1", "vscode://file/a.md"),),
    )
    words = " ".join("".join(Tags(render_post(view)).words).split())
    for expected in (
        "Mira Example Writes posts as code 5m · Edited · Visible to connections only Draft",
        "see more",
        "A film · 0:42",
        "Field guide · 12 pages",
        "An article About it example.com",
        "Which? The author can see how you vote. This That 0 votes · 3 days left",
        "Example Works",
        "The original",
        "2 comments",
        "First",
        "Second",
        "An image has no description Add alt a.md:3:1",
    ):
        assert expected in words


def test_only_five_images_stand_in_the_grid_and_the_last_says_how_many_follow() -> None:
    images = tuple(Image(f"/{number}.png", width=4, height=3) for number in range(9))
    html = render_post(replace(POST, images=images))
    assert html.count(" hidden>") == 4
    assert "+4" in html
    assert "9 images" in html


def test_headings_follow_the_level_of_their_page() -> None:
    view = replace(POST, reshare=replace(POST, id="post-2"))
    assert {"h3", "h4"} <= Tags(render_post(view, level=3)).names


def test_a_policy_names_the_hashes_of_what_may_run() -> None:
    # the hash of CSP's own specification
    policy = content_policy(scripts=["alert('Hello, world.');"])
    assert "script-src 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='" in policy
    assert "default-src 'none'" in policy
    assert "'unsafe" not in policy
    assert "connect-src 'none'" in policy
    assert "script-src 'self'" in content_policy(own=True)
