"""Little text: decoding what was encoded gives the text back, by our own reader and by the sandbox's."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.model.post import Mention, Text
from publisher.networks.linkedin.little_text import encode_little, escape, escaped_length
from publisher.sandbox.linkedin import little_text
from publisher.text.hashtags import find_hashtags

RESERVED = "|{}@[]()<>#\\*_~"
_MENTION = re.compile(r"@\[((?:[^\\\]]|\\.)+)\]\((urn:li:(?:person|organization):[\w-]+)\)", re.DOTALL)
_TEMPLATE = re.compile(r"\{hashtag\|(\\#|＃)\|((?:[^\\}]|\\.)+)\}", re.DOTALL)

texts = st.text(alphabet=st.one_of(st.sampled_from(RESERVED + " aé😀#＃\n"), st.characters()))


def decode(source: str) -> tuple[str, list[tuple[int, int, str]], list[tuple[int, int, str]]]:
    """The plain text, the mentions and the hashtags of little text, character by character.

    Raises ValueError for a reserved character that stands for nothing.
    """
    plain, mentions, hashtags, position = "", [], [], 0
    while position < len(source):
        character = source[position]
        if match := _MENTION.match(source, position):
            name = re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL)
            mentions.append((len(plain), len(plain) + len(name), match[2]))
            plain += name
            position = match.end()
        elif match := _TEMPLATE.match(source, position):
            tag = re.sub(r"\\(.)", r"\1", match[2], flags=re.DOTALL)
            hashtags.append((len(plain), len(plain) + 1 + len(tag), tag))
            plain += match[1].removeprefix("\\") + tag
            position = match.end()
        elif character == "\\":
            if source[position + 1] not in RESERVED:
                raise ValueError(f"a backslash before {source[position + 1]!r}")
            plain += source[position + 1]
            position += 2
        elif character in RESERVED:
            raise ValueError(f"a bare {character!r} at {position}")
        else:
            plain += character
            position += 1
    return plain, mentions, hashtags


@st.composite
def marked_texts(draw: st.DrawFn) -> Text:
    """Texts with mentions whose names hold any characters, and whatever hashtags they happen to have."""
    plain, mentions = "", []
    for _ in range(draw(st.integers(0, 4))):
        plain += draw(texts)
        if draw(st.booleans()):
            name = draw(texts.filter(bool))
            urn = draw(st.sampled_from(["urn:li:person:a_B-1", "urn:li:organization:42"]))
            mentions.append(Mention(len(plain), len(plain) + len(name), urn))
            plain += name
    return Text(plain, tuple(mentions), find_hashtags(plain, [(m.start, m.end) for m in mentions]))


@given(texts)
@settings(deadline=None)
def test_every_string_survives(plain: str) -> None:
    assert decode(encode_little(Text(plain))) == (plain, [], [])
    assert decode(escape(plain)) == (plain, [], [])


@given(marked_texts())
@settings(deadline=None)
def test_every_marked_text_survives(text: Text) -> None:
    plain, mentions, hashtags = decode(encode_little(text))
    assert plain == text.plain
    assert mentions == [(m.start, m.end, m.urn) for m in text.mentions]
    assert hashtags == [(h.start, h.end, h.tag) for h in text.hashtags]


@given(marked_texts())
@settings(deadline=None)
def test_the_sandbox_reads_the_same_text(text: Text) -> None:
    names = {m.urn: tuple(text.plain[o.start : o.end] for o in text.mentions) for m in text.mentions}
    reading = little_text.read(encode_little(text), lambda urn: names.get(urn, ()))
    assert reading.cut_at is None
    assert reading.text.replace("＃", "#") == text.plain.replace("＃", "#")
    assert [attribute.urn for attribute in reading.attributes] == [m.urn for m in text.mentions]
    units = reading.text.encode("utf-16-le", "surrogatepass")
    for attribute, mention in zip(reading.attributes, text.mentions, strict=True):
        shown = units[attribute.start * 2 : (attribute.start + attribute.length) * 2]
        assert shown == reading.text[mention.start : mention.end].encode("utf-16-le", "surrogatepass")


def test_each_reserved_character_gets_one_backslash() -> None:
    assert len(RESERVED) == 15
    assert escape(RESERVED) == "".join(f"\\{character}" for character in RESERVED)


@given(texts)
@settings(deadline=None)
def test_the_escaped_length_is_that_of_the_escaped_text(plain: str) -> None:
    assert escaped_length(Text(plain)) == Text(escape(plain)).utf16_length
