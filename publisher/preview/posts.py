"""Turn posts into the values of the shared rendering (`publisher.feedview`)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from urllib.parse import quote
from zoneinfo import ZoneInfo

from publisher.feedview import values as shown
from publisher.feedview.addresses import safe_href, site
from publisher.feedview.text import Mark, compose, reveal
from publisher.model.config import Config
from publisher.model.post import Author, Media, MediaKind, Post, Text, Visibility
from publisher.networks.registry import facts_of, label_of
from publisher.preview.media import MediaSource

_PAGES = {
    "bluesky": ("https://bsky.app/profile/{name}", "https://bsky.app/hashtag/{tag}"),
    # The host of a tag is the author's own server with its scheme; that of a profile is the account's.
    "mastodon": ("https://{host}/@{name}", "{host}/tags/{tag}"),
}
"""By network: the pages of an account and of a hashtag."""

_POLLS = {
    "ONE_DAY": "1 day left",
    "THREE_DAYS": "3 days left",
    "SEVEN_DAYS": "1 week left",
    "FOURTEEN_DAYS": "2 weeks left",
}


def post_view(
    post: Post, identity: str, sources: MediaSource, *, moment: shown.Moment | None, permalink: str
) -> shown.PostView:
    """Return a post with everything readers would see; invisible characters are shown by name."""
    author = author_view(post.author, sources.avatar(post.author.avatar))
    files = {kind: [media for media in post.media if media.kind is kind] for kind in MediaKind}
    images = files[MediaKind.IMAGE]
    comment = post.first_comment
    return shown.PostView(
        id=identity,
        author=author,
        text=text_view(_shown(post), post.author),
        moment=moment,
        permalink=permalink,
        visibility="public" if post.visibility is Visibility.PUBLIC else "connections",
        images=tuple(sources.image(media, alone=len(images) == 1) for media in images),
        video=next((_video(media, sources) for media in files[MediaKind.VIDEO]), None),
        attachment=next((_document(media, sources) for media in files[MediaKind.DOCUMENT]), None),
        card=_card(post, sources),
        poll=_poll(post),
        reshare_note=f"The post {post.reshare} stands here." if post.reshare else "",
        comments=(shown.Comment("first", author, text_view(comment, post.author)),) if comment else (),
        network="" if post.author.network == "linkedin" else label_of(post.author),
        thread=tuple(text_view(part, post.author) for part in post.parts[1:]),
        spoiler=reveal(post.spoiler),
    )


def _shown(post: Post) -> Text:
    """Return the text as readers see it: the first part of a thread; on some networks with the card's
    address.
    """
    if post.parts:
        return post.parts[0]
    sent = facts_of(post.author).sent(replace(post, spoiler=""))
    return replace(post.text, plain=sent) if sent.startswith(post.text.plain) else post.text


def author_view(author: Author, avatar: str = "") -> shown.Author:
    """Return an author as configured: without a name the alias stands for it, without a
    headline the account.
    """
    alias = author.alias or author.urn.rpartition(":")[2]
    label = alias.replace("-", " ").replace("_", " ")
    name = author.name or label[:1].upper() + label[1:]
    kind = "organization" if author.urn.startswith("urn:li:organization:") else "person"
    headline = author.headline or account_of(author)
    return shown.Author(name, headline, avatar=avatar, kind=kind)  # type: ignore[arg-type]


def account_of(author: Author) -> str:
    """Return the account as its network writes it: a handle, an address, or the URN."""
    host = author.server.partition("://")[2]
    match author.network:
        case "bluesky":
            return f"@{author.handle}"
        case "mastodon":
            account = author.account or author.urn.partition("/@")[2]
            return f"@{account}@{host}" if account else host
        case "zernio":
            return f"{label_of(author)} through Zernio"
        case _:
            return author.urn


def text_view(text: Text, author: Author) -> shown.Text:
    """Return a text with its mentions, hashtags and links. Only LinkedIn folds it."""
    on_linkedin = author.network == "linkedin"
    marks = _linkedin_marks(text) if on_linkedin else _marks(text, author)
    return compose(text.plain, marks, folded=on_linkedin, revealed=True)


def _marks(text: Text, author: Author) -> Iterator[Mark]:
    profile, tag = _PAGES.get(author.network, ("", ""))
    host = author.server
    for link in text.links:
        yield link.start, link.end, shown.Segment("", "link", safe_href(link.url), link.url)
    for mention in text.mentions:
        name, _, place = mention.urn.removeprefix("@").partition("@")
        href = safe_href(profile.format(name=quote(name), host=place)) if profile else ""
        yield mention.start, mention.end, shown.Segment("", "mention", href, mention.urn)
    for hashtag in text.hashtags:
        href = safe_href(tag.format(tag=quote(hashtag.tag, safe=""), host=host)) if tag else ""
        yield hashtag.start, hashtag.end, shown.Segment("", "hashtag", href)


def _linkedin_marks(text: Text) -> Iterator[Mark]:
    for mention in text.mentions:
        number = mention.urn.rpartition(":")[2]
        company = mention.urn.startswith("urn:li:organization:")
        href = f"https://www.linkedin.com/company/{quote(number)}/" if company else ""
        yield mention.start, mention.end, shown.Segment("", "mention", href, mention.urn)
    for hashtag in text.hashtags:
        href = f"https://www.linkedin.com/feed/hashtag/{quote(hashtag.tag, safe='')}/"
        yield hashtag.start, hashtag.end, shown.Segment("", "hashtag", href)


def _video(media: Media, sources: MediaSource) -> shown.Video:
    facts = [_duration(media.duration)] if media.duration else []
    facts.append(size(media.size))
    return shown.Video(
        sources.file(media), media.title or media.path, media.alt, " · ".join(facts), media.mime_type
    )


def _document(media: Media, sources: MediaSource) -> shown.Attachment:
    facts = f"{media.path.rpartition('.')[2].upper()} · {size(media.size)}"
    return shown.Attachment(media.title or media.path, media.pages or 0, sources.file(media), facts)


def _card(post: Post, sources: MediaSource) -> shown.Card | None:
    article = post.article
    if article is None:
        return None
    host = site(article.url)
    return shown.Card(
        href=safe_href(article.url),
        title=article.title or host or article.url,
        site=host,
        description=article.description,
        image=sources.image(article.thumbnail, alone=True) if article.thumbnail else None,
    )


def _poll(post: Post) -> shown.Poll | None:
    poll = post.poll
    return shown.Poll(poll.question, poll.options, _POLLS[poll.duration]) if poll else None


def size(count: int) -> str:
    """Return bytes for people: ``12.3 MB`` or ``45 kB``."""
    # Decimal units, as file managers and the networks' limits use them.
    return f"{count / 1_000_000:.1f} MB" if count >= 100_000 else f"{max(1, round(count / 1000))} kB"


def _duration(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def zone(config: Config) -> tzinfo:
    """Return the project's time zone, in which all times are told."""
    return ZoneInfo(config.timezone) if config.timezone else UTC


def clock(at: datetime, where: tzinfo) -> str:
    """Return a time of day with its zone: ``09:00 CET``."""
    return at.astimezone(where).strftime("%H:%M %Z")


def day(at: datetime, where: tzinfo) -> str:
    """Return a day: ``Monday, 23 November 2026``."""
    return at.astimezone(where).strftime("%A, %-d %B %Y")
