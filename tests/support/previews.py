"""A plan in which every group of a preview has something in it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic, Position, Severity
from publisher.model.plan import Plan
from publisher.model.post import (
    Article,
    Author,
    Hashtag,
    Media,
    MediaKind,
    Mention,
    Poll,
    Post,
    Text,
)
from publisher.model.state import State
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.render.digest import post_digest, text_digest
from tests.support.pictures import clip, pdf, write_picture
from tests.support.posts import ME, NOW, make_entry, make_post

WORKS = Author("urn:li:organization:4711", "example-works")
CONFIG = Config(api="posts", timezone="Europe/Berlin", authors={"me": ME, "example-works": WORKS})

LONG = """Three weeks ago we moved our posts into git.

What changed:
→ drafts are reviewed like code
→ nobody publishes twice by accident
→ the plan says what will happen before it happens

Thanks to Example Works for the tools! #ContentAsCode #python"""

DIAGNOSTICS = (
    Diagnostic(
        "unknown-field", "Unknown field 'visibilty'.", "content/broken.md", Position(3, 1), "Did you mean"
    ),
    Diagnostic(
        "bidi-control",
        "U+202E changes the direction of text.",
        "content/arabic.md",
        Position(5, 6),
        "Delete it.",
        Severity.WARNING,
    ),
)


def file(root: Path, name: str, kind: MediaKind, mime_type: str, **facts: object) -> Media:
    """A media file of the project as a value."""
    size = (root / name).stat().st_size
    return Media(name, kind, mime_type, size, f"{sum(name.encode()):064x}", **facts)  # type: ignore[arg-type]


def images(root: Path, count: int) -> tuple[Media, ...]:
    """So many images; every second one has a description."""
    found = []
    for number in range(count):
        name = f"content/images/p{number}.png"
        write_picture(root / name, width=600, height=400, number=number)
        alt = "Mountains under a low sun" if number % 2 == 0 else ""
        found.append(file(root, name, MediaKind.IMAGE, "image/png", alt=alt, width=600, height=400))
    return tuple(found)


def marked(post: Post, text: str) -> Post:
    """The post with this text, its mention and hashtags marked."""
    tags = tuple(
        Hashtag(text.index(f"#{tag}"), text.index(f"#{tag}") + len(tag) + 1, tag)
        for tag in ("ContentAsCode", "python", "guide")
        if f"#{tag}" in text
    )
    name = "Example Works"
    at = text.find(name)
    mentions = (Mention(at, at + len(name), WORKS.urn),) if at >= 0 else ()
    changed = replace(post, text=Text(text, mentions, tags))
    return replace(changed, digest=post_digest(changed), text_digest=text_digest(changed))


def sample_posts(root: Path) -> list[Post]:
    """Posts of every kind, their media written under ``root``."""
    pictures = images(root, 7)
    (root / "content/guide.pdf").write_bytes(pdf(12))
    (root / "content/clip.mp4").write_bytes(clip())
    guide = file(
        root, "content/guide.pdf", MediaKind.DOCUMENT, "application/pdf", title="Field guide", pages=12
    )
    film = file(root, "content/clip.mp4", MediaKind.VIDEO, "video/mp4", duration=2.0, alt="A test pattern")
    article = Article("https://example.com/a", "Why every post deserves a review", "A story.", pictures[4])
    return [
        marked(
            make_post("posts-as-code", first_comment=Text("More: https://example.com/a"), article=article),
            LONG,
        ),
        make_post("weekend", "Seven pictures of one weekend 🎉", media=pictures),
        make_post("hostile", '<script>document.title="owned"</script><b>bold</b> {{ 7*7 }}'),
        make_post("arabic", "مرحبا بالعالم\nevil \u202egnp.exe\u202c and zero\u200bwidth"),
        marked(
            make_post(
                "guide", author=WORKS, media=(guide,), publish_at=datetime(2026, 11, 26, 8, tzinfo=UTC)
            ),
            "Our field guide, twelve pages. #guide",
        ),
        make_post("film", "It moves.", media=(film,), publish_at=datetime(2026, 11, 24, 7, 30, tzinfo=UTC)),
        make_post("poll", "Your turn.", author=WORKS, poll=Poll("Which?", ("This", "That")), draft=True),
        make_post("live", "A post that is live and stays as it was."),
        make_post("edited", "We ship on Fridays, because our tests are good."),
        make_post("late", "Too late.", publish_at=datetime(2026, 11, 1, tzinfo=UTC)),
    ]


def sample_plan(root: Path) -> Plan:
    """The plan of the sample posts, some of which are live."""
    posts = sample_posts(root)
    by_key = {post.key: post for post in posts}
    before = make_post("edited", "We ship on Mondays, because our tests are bad.")
    gone = make_post("gone", "Its source is no longer there.")
    unread = make_post("unread", "Live, but its source has errors just now.")
    entries = {
        "live": make_entry(by_key["live"]),
        "edited": make_entry(before),
        "gone": make_entry(gone),
        "unread": make_entry(unread, source="content/broken.md"),
    }
    return make_plan(posts, State(entries), CONFIG, NOW, PlanOptions())
