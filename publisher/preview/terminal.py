"""One post for the terminal, as readers will see it: the text with its fold, and its attachments."""

from collections.abc import Callable, Iterator

from publisher.feedview.text import fold_end, reveal
from publisher.model.config import Config
from publisher.model.plan import Change
from publisher.model.post import Media, Post, Text, Visibility
from publisher.networks.registry import label_of
from publisher.preview import posts
from publisher.preview.entries import count

Paint = Callable[[str, str], str]
"""(text, style) -> text, as `publisher.reports.style.Paint`."""

_FOLD = "┈┈ …see more ┈┈"


def post_text(post: Post, change: Change | None, config: Config, paint: Paint) -> str:
    """Return the post's lines.

    Characters that can't be seen, or would command the terminal, stand by their names.
    """
    return "\n".join(_lines(post, change, config, paint)) + "\n"


def _lines(post: Post, change: Change | None, config: Config, paint: Paint) -> Iterator[str]:
    audience = "anyone" if post.visibility is Visibility.PUBLIC else "connections"
    author = posts.author_view(post.author)
    on_linkedin = post.author.network == "linkedin"
    place = post.author.urn if on_linkedin else f"{label_of(post.author)} · {posts.account_of(post.author)}"
    yield f"{paint(reveal(author.name), 'bold')}  {paint(f'{place} · visible to {audience}', 'dim')}"
    if change:
        yield paint(f"{post.key}: {change.action.value}, {change.reason}", "cyan")
    if post.publish_at:
        where = posts.zone(config)
        yield paint(f"due {posts.day(post.publish_at, where)}, {posts.clock(post.publish_at, where)}", "cyan")
    if change and change.permalink:
        yield paint(change.permalink, "blue")
    yield ""
    if post.spoiler:
        yield f"{paint('Content warning:', 'yellow')} {reveal(post.spoiler)}"
    for number, text in enumerate(post.parts or (post.text,), 1):
        if number > 1:
            yield paint(f"── part {number} of {len(post.parts)} ──", "yellow")
        yield from _text(text, paint, folded=on_linkedin)
    attached = list(_attached(post))
    if attached:
        yield ""
        yield from attached
    if post.first_comment:
        yield ""
        yield f"{paint('First comment:', 'bold')} {reveal(post.first_comment.plain)}"
    yield ""
    counts = count(post)
    lengths = " + ".join(f"{length:,}" for length in counts.parts) or f"{counts.length:,}"
    yield paint(f"{lengths} of {counts.limit:,} {counts.unit}, {counts.characters:,} characters", "dim")


def _text(text: Text, paint: Paint, *, folded: bool) -> Iterator[str]:
    plain = text.plain
    end = fold_end(plain) if folded else len(plain)
    before, after = plain[:end], plain[end:]
    spans = [(mention.start, mention.end) for mention in text.mentions]
    spans += [(hashtag.start, hashtag.end) for hashtag in text.hashtags]
    yield _painted(before, 0, spans, paint)
    if after.strip():
        yield paint(_FOLD, "yellow")
        yield _painted(
            after.removeprefix("\n"), end + len(after) - len(after.removeprefix("\n")), spans, paint
        )


def _painted(text: str, offset: int, spans: list[tuple[int, int]], paint: Paint) -> str:
    """Return a text with its mentions and hashtags in colour.

    ``offset`` is where the text begins in the whole text of the post.
    """
    pieces, position = [], 0
    for start, end in sorted(spans):
        first, last = max(start - offset, position), min(end - offset, len(text))
        if first >= last:
            continue
        pieces += [reveal(text[position:first]), paint(reveal(text[first:last]), "blue")]
        position = last
    return "".join([*pieces, reveal(text[position:])])


def _attached(post: Post) -> Iterator[str]:
    for media in post.media:
        yield f"[{media.kind.value}] {_facts(media)}"
    if article := post.article:
        words = [article.title, article.description, article.url]
        yield "[article] " + reveal(" · ".join(word for word in words if word))
    if poll := post.poll:
        yield f"[poll] {reveal(poll.question)}"
        yield from (f"   ○ {reveal(option)}" for option in poll.options)
    if post.reshare:
        yield f"[reshare] {post.reshare}"


def _facts(media: Media) -> str:
    facts = [media.path]
    if media.width and media.height:
        facts.append(f"{media.width}×{media.height}")
    if media.pages:
        facts.append(f"{media.pages} pages")
    if media.duration:
        facts.append(f"{media.duration:.0f} s")
    facts.append(posts.size(media.size))
    if media.title:
        facts.append(f"“{reveal(media.title)}”")
    alt = f"alt: {reveal(media.alt)}" if media.alt else "no alt text"
    return " · ".join([*facts, alt])
