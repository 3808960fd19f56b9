"""Remarks on a post's accessibility, for readers who can't see, hear or skim it."""

from collections.abc import Iterator

import regex

from publisher.feedview.values import Note
from publisher.model.post import MediaKind, Post

# A sequence of joined emoji is one picture, and a screen reader reads it as one name (UTS #51).
_EMOJI = regex.compile(
    r"\p{Extended_Pictographic}(?:\u200d\p{Extended_Pictographic}|\ufe0f|\p{Emoji_Modifier})*"
)
# Three words in a row: one or two capital words are usually abbreviations.
_SHOUTED = regex.compile(r"(?:\b\p{Lu}{3,}\b[^\w\n]+){2,}\p{Lu}{3,}\b")
_MANY_EMOJI = 8
_LONG_TAG = 12


def access_notes(post: Post, *, alt_reported: bool = False) -> tuple[Note, ...]:
    """Return the remarks on a post, the grave ones first; empty if there is nothing to say.

    ``alt_reported`` says that missing descriptions are among its diagnostics already.
    """
    found = [*_images(post, alt_reported), *_files(post), *_text(post)]
    # The sort is stable, so remarks of one weight keep the order of the post.
    return tuple(sorted(found, key=lambda note: note.tone != "warning"))


def _images(post: Post, alt_reported: bool) -> Iterator[Note]:
    images = [media for media in post.media if media.kind is MediaKind.IMAGE]
    described = [image.alt for image in images if image.alt]
    for number, image in enumerate(images, 1):
        if not image.alt and not alt_reported:
            name = f"Image {number}" if len(images) > 1 else "The image"
            yield Note(f"{name} has no description.", "warning", "Give it an alt text.", image.path)
    if described:
        words = " ".join(f"“{alt}”" for alt in described)
        count = "The image is" if len(images) == 1 else f"{len(described)} of {len(images)} images are"
        yield Note(f"{count} described: {words}", "good" if len(described) == len(images) else "warning")


def _files(post: Post) -> Iterator[Note]:
    for media in post.media:
        if media.kind is MediaKind.VIDEO:
            yield Note(
                "People who can't hear the video only have the text.",
                "info",
                "Summarize the spoken words in the text.",
            )
        if media.kind is MediaKind.DOCUMENT:
            yield Note(
                "A screen reader reads only the text in the document's PDF, in the order of the PDF.", "info"
            )


def _text(post: Post) -> Iterator[Note]:
    plain = post.text.plain
    emoji = len(_EMOJI.findall(plain))
    if emoji > _MANY_EMOJI:
        yield Note(f"A screen reader reads the names of all {emoji} emoji.", "info", "Keep a few.")
    if _SHOUTED.search(plain):
        yield Note("Screen readers may spell words in capitals letter by letter.", "info")
    for hashtag in post.text.hashtags:
        # Screen readers find word boundaries at capitals (#MachineLearning); a short tag is mostly one
        # word.
        if len(hashtag.tag) >= _LONG_TAG and hashtag.tag.islower():
            message = f"#{hashtag.tag} is read as one word."
            yield Note(message, "info", "Start each word in it with a capital letter.")
