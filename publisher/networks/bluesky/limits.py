"""What a Bluesky post may be. Measured on `@atproto/pds` 0.4.217 on 2026-11-24."""

from datetime import timedelta

import regex

from publisher.networks.gateway import Traits

# Lexicon app.bsky.embed.images: at most four.
IMAGES = 4
IMAGE_BYTES = 1_000_000
"""The limit of older servers; newer ones take 2,000,000. A post does not know its server when it is planned."""

TRAITS = Traits(
    network="bluesky",
    # after 15 minutes a person may have deleted the post; putRecord would bring it back
    repeat_within=timedelta(minutes=15),
    atomic=True,
    readable=True,
    # clients show the old text of an edited record, so an edit is none
    editable=False,
    deletable=True,
    replies=True,
    unit="graphemes",
    # Lexicon app.bsky.feed.post: 300 grapheme clusters, and 3,000 bytes of UTF-8.
    limit=300,
    byte_limit=3_000,
    media_steps=("uploadBlob, or uploadVideo and its job",),
)


def grapheme_length(text: str) -> int:
    """Return the number of grapheme clusters."""
    return len(regex.findall(r"\X", text))


def fits(text: str) -> bool:
    """Return whether a text is short enough for one post."""
    return len(text.encode()) <= 3_000 and grapheme_length(text) <= TRAITS.limit
