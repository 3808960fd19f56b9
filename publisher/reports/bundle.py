"""Prepare a refused post for publishing by hand: its text, its files, and the steps to take."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from shlex import quote

from publisher.model.plan import Change
from publisher.model.post import Media, Post, Text, Visibility
from publisher.model.state import COMMENT_SUFFIX
from publisher.publishing.receipts import Receipt

README, TEXT, COMMENT = "README.md", "post.txt", "first-comment.txt"


@dataclass(frozen=True, slots=True)
class Bundle:
    """One folder: its ``name``, its texts by file name, and its media by file name.

    A text is exactly what a person pastes.
    """

    key: str
    name: str
    texts: Mapping[str, str]
    media: Mapping[str, Media]


def bundles(refused: Sequence[tuple[Change, Receipt]]) -> tuple[Bundle, ...]:
    """Return a bundle for each post; a first comment comes with its post where that was refused too."""
    keys = {change.key for change, _ in refused}
    return tuple(
        _bundle(change, receipt, change.post)
        for change, receipt in refused
        if change.post is not None
        and not (_is_comment(change) and change.key.removesuffix(COMMENT_SUFFIX) in keys)
    )


def _bundle(change: Change, receipt: Receipt, post: Post) -> Bundle:
    # "+" and "#" are in no key's path, so two keys never share a folder
    name = change.key.replace("/", "+")
    texts: dict[str, str] = {}
    media: dict[str, Media] = {}
    if not _is_comment(change):
        texts[TEXT] = post.text.plain
        # Numbered, because a file dialog sorts by name and the order of the pictures matters.
        media = {f"{n:02}-{PurePosixPath(item.path).name}": item for n, item in enumerate(post.media, 1)}
    if post.first_comment:
        texts[COMMENT] = post.first_comment.plain
    steps = _comment_alone(change, post) if _is_comment(change) else _steps(change, post, media)
    numbered = "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))
    # On one line: the message may quote the API's answer, which must not begin a heading or a list.
    why = " ".join(f"{receipt.message} {receipt.remedy}".split())
    texts[README] = f"# {change.key}: post this by hand\n\nThe API refused it: {why}\n\n{numbered}\n"
    return Bundle(change.key, name, texts, media)


def _steps(change: Change, post: Post, media: Mapping[str, Media]) -> Iterator[str]:
    who = f"{post.author.alias} ({post.author.urn})" if post.author.alias else post.author.urn
    # The words that LinkedIn's composer shows, so that a person finds the buttons.
    seen_by = "Anyone" if post.visibility is Visibility.PUBLIC else "Connections only"
    yield f"Open https://www.linkedin.com/feed/ as {who} and start a post, seen by: {seen_by}."
    for name, item in media.items():
        yield (
            f"Attach `{name}`" + (f", with the alternative text: {_line(item.alt)}" if item.alt else "") + "."
        )
    yield f"Paste all of `{TEXT}`."
    yield from _mentions(post.text)
    if post.article:
        yield f"Add the link {_line(post.article.url)}, so that its card appears."
    if post.poll:
        yield f"Add a poll: {_line(post.poll.question)} ({', '.join(map(_line, post.poll.options))})."
    if post.reshare:
        yield f"It reshares {post.reshare}: start it with Repost there."
    yield "Post it, and take its link (the three dots, Copy link to post)."
    yield _telling(change)
    if post.first_comment:
        yield f"Paste `{COMMENT}` as a comment."
        yield from _mentions(post.first_comment)


def _comment_alone(change: Change, post: Post) -> Iterator[str]:
    yield f"Open the post {post.key}" + (f": {change.permalink}" if change.permalink else ".")
    yield f"Paste `{COMMENT}` as a comment."
    if post.first_comment:
        yield from _mentions(post.first_comment)
    yield "Take its link (the three dots, Copy link to comment)."
    yield _telling(change)


def _telling(change: Change) -> str:
    command = f"publisher state resolve {quote(change.key)} --published LINK"
    return f"Tell publisher: `{command}`. Until then the next run tries to publish it again."


def _mentions(text: Text) -> Iterator[str]:
    for mention in text.mentions:
        name = _line(text.plain[mention.start : mention.end])
        yield f"Mention {name}: write @ before the name, and choose who is meant ({mention.urn})."


def _is_comment(change: Change) -> bool:
    return change.key.endswith(COMMENT_SUFFIX)


def _line(text: str) -> str:
    return " ".join(text.split())
