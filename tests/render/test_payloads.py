"""Payloads that golden folders don't show: offsets, omitted keys, comments, patches."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.content.violations import find_violations
from publisher.model.post import Article, Author, Media, MediaKind, Mention, Post, Text
from publisher.networks.linkedin.payloads import encode_comment, encode_post, encode_text_update, placeholders
from publisher.networks.linkedin.ugc_posts_body import attributed
from tests.render import golden


def media(name: str, kind: MediaKind = MediaKind.IMAGE, **fields: str) -> Media:
    return Media(name, kind, "image/png", 1, name, **fields)


def post(**fields: object) -> Post:
    return Post("key", "content/key.md", Author("urn:li:person:me"), **{
        "text": Text("Hi"), "digest": "", "text_digest": "", **fields
    })  # fmt: skip


@given(st.lists(st.text(alphabet="a é漢😀𝗯\u0301", min_size=1), min_size=3, max_size=5))
@settings(deadline=None)
def test_attributes_count_utf16_units(pieces: list[str]) -> None:
    start = len(pieces[0])
    text = Text("".join(pieces), (Mention(start, start + len(pieces[1]), "urn:li:person:ada"),))
    body = attributed(text)
    (attribute,) = body["attributes"]
    units = body["text"].encode("utf-16-le")
    shown = units[attribute["start"] * 2 : (attribute["start"] + attribute["length"]) * 2]
    assert shown.decode("utf-16-le") == pieces[1]


@pytest.mark.parametrize("case", golden.cases("payloads"), ids=lambda case: case.name)
def test_ugc_payloads_match_their_schema(case: object) -> None:
    path = golden.ROOT / "payloads" / case.name / "payload.ugcPosts.json"
    for body in json.loads(path.read_text("utf-8")).values() if path.exists() else ():
        assert not list(find_violations(body, "ugc"))


def walk(value: object) -> list[object]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(found for element in inner for found in walk(element))]


@pytest.mark.parametrize("api", ["ugcPosts", "posts"])
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"article": Article("https://example.org")},
        {"media": (media("a"),)},
        {"media": (media("a"), media("b"))},
        {"media": (media("v", MediaKind.VIDEO),)},
    ],
)
def test_absent_values_have_no_key(api: str, fields: dict[str, object]) -> None:
    made = post(**fields)
    body = encode_post(made, api, placeholders(made))
    assert None not in walk(body)
    assert "" not in walk(body)
    assert ("distribution" in body) == (api == "posts")


def test_a_file_without_urn_is_an_error() -> None:
    with pytest.raises(KeyError):
        encode_post(post(media=(media("a"),)), "ugcPosts", {})


def test_comments_and_titles_are_plain() -> None:
    text = Text("(see) Ada #tag", (Mention(6, 9, "urn:li:person:ada"),))
    body = encode_comment(text, "urn:li:person:me", "urn:li:share:1")
    assert body["actor"] == "urn:li:person:me"
    assert body["object"] == "urn:li:share:1"
    assert body["message"]["text"] == "(see) Ada #tag"
    assert body["message"]["attributes"][0]["start"] == 6
    titled = encode_post(post(article=Article("https://x.y", "a (b) #c")), "posts", {})
    assert titled["content"]["article"]["title"] == "a (b) #c"


def test_a_text_update_patches_the_commentary_alone() -> None:
    assert encode_text_update(Text("a (b)")) == {"patch": {"$set": {"commentary": "a \\(b\\)"}}}
