"""The digest knows what readers see, and nothing else."""

from dataclasses import replace

import pytest

from publisher.model.post import Article, Author, Media, MediaKind, Mention, Poll, Post, Text, Visibility
from publisher.render.digest import comment_digest, post_digest, text_digest

PICTURE = Media("a.png", MediaKind.IMAGE, "image/png", 5, "ab" * 32, alt="A field", title="Field")
POST = Post(
    "key", "content/key.md", Author("urn:li:person:me", "me"), Text("Hi Ada"), "", "", media=(PICTURE,)
)


@pytest.mark.parametrize(
    "changes",
    [
        {"text": Text("Hi Bob")},
        {"text": Text("Hi Ada", (Mention(3, 6, "urn:li:person:ada"),))},
        {"author": Author("urn:li:person:you")},
        {"visibility": Visibility.CONNECTIONS},
        {"article": Article("https://example.org")},
        {"media": ()},
        {"media": (replace(PICTURE, sha256="cd" * 32),)},
        {"media": (replace(PICTURE, alt="Another"),)},
        {"media": (PICTURE, PICTURE)},
        {"poll": Poll("Which?", ("a", "b"))},
        {"reshare": "urn:li:share:1"},
    ],
)
def test_what_readers_see_changes_it(changes: dict[str, object]) -> None:
    assert post_digest(replace(POST, **changes)) != post_digest(POST)


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "other"},
        {"source": "content/other.md"},
        {"author": Author("urn:li:person:me", "alias", "OTHER_TOKEN")},
        {"media": (replace(PICTURE, path="b.png"),)},
        {"first_comment": Text("more")},
        {"draft": True},
        {"tags": ("a",)},
    ],
)
def test_what_they_do_not_see_leaves_it(changes: dict[str, object]) -> None:
    assert post_digest(replace(POST, **changes)) == post_digest(POST)


def test_the_text_digest_is_of_text_and_mentions_alone() -> None:
    other = replace(POST, author=Author("urn:li:person:you"), media=(), visibility=Visibility.CONNECTIONS)
    assert text_digest(other) == text_digest(POST)
    assert text_digest(replace(POST, text=Text("Hi"))) != text_digest(POST)


def test_comments_have_a_digest_of_their_own() -> None:
    commented = replace(POST, first_comment=Text("more"))
    assert comment_digest(commented) != comment_digest(replace(POST, first_comment=Text("less")))


def test_digests_hold_across_versions() -> None:
    assert post_digest(POST) == "sha256:2576fc9620ef0f0c824757ce7323e705e214b4113777ad5afb12353be64dc921"
    assert post_digest(replace(POST, text=Text("\ud83d"))).startswith("sha256:")
