"""Remarks on accessibility say what a reader would meet, and nothing where all is well."""

from dataclasses import replace

import pytest

from publisher.model.post import Hashtag, Media, MediaKind, Post, Text
from publisher.preview.access import access_notes
from tests.support.posts import make_post

IMAGE = Media("content/a.png", MediaKind.IMAGE, "image/png", 100, "0" * 64, alt="A mountain")


def messages(post: Post) -> list[str]:
    """What is said about a post."""
    return [note.message for note in access_notes(post)]


def test_nothing_is_said_about_a_plain_text() -> None:
    assert messages(make_post(text="Hello, NASA and ESA! 🎉")) == []


def test_images_are_told_with_and_without_description() -> None:
    silent = replace(IMAGE, alt="")
    assert messages(make_post(media=(IMAGE,))) == ["The image is described: “A mountain”"]
    assert messages(make_post(media=(silent,))) == ["The image has no description."]
    both = make_post(media=(IMAGE, silent))
    assert messages(both) == ["Image 2 has no description.", "1 of 2 images are described: “A mountain”"]
    assert [note.tone for note in access_notes(both)] == ["warning", "warning"]
    assert len(access_notes(both, alt_reported=True)) == 1


@pytest.mark.parametrize("kind", [MediaKind.VIDEO, MediaKind.DOCUMENT])
def test_videos_and_documents_have_a_word(kind: MediaKind) -> None:
    assert len(messages(make_post(media=(replace(IMAGE, kind=kind),)))) == 1


def test_capitals_emoji_and_run_together_hashtags_are_told() -> None:
    assert messages(make_post(text="BUY THIS NOW and HERE"))
    assert messages(make_post(text="شراء هذا الآن وهنا")) == []
    assert "all 9 emoji" in messages(make_post(text="🎉" * 9))[0]
    family = "👩‍👩‍👧‍👦" * 8
    assert messages(make_post(text=family)) == []
    text = Text("#contentascode", hashtags=(Hashtag(0, 14, "contentascode"),))
    assert messages(replace(make_post(), text=text)) == ["#contentascode is read as one word."]


def test_only_a_full_count_of_descriptions_is_good() -> None:
    bare = replace(IMAGE, alt="")
    tones = {
        len(media): [note.tone for note in access_notes(make_post(media=media), alt_reported=True)]
        for media in ((IMAGE,), (IMAGE, bare))
    }
    assert tones == {1: ["good"], 2: ["warning"]}
