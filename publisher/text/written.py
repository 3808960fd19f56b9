"""A text for networks that show plain characters only: addresses written out, hashtags appended, letters
styled.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar

from publisher.model.config import TextConfig
from publisher.model.post import Hashtag, Link, Text
from publisher.text.emphasis import styled
from publisher.text.hashtags import missing_tags
from publisher.text.inline import same_address, without_query
from publisher.text.places import Edit, Places

_Span = TypeVar("_Span", bound=Any)
_VISIBLE = ("http://", "https://", "www.", "mailto:")
# Signs that a network's search for links takes as part of the address before them.
_WORD_GOES_ON = "-_/#&=%+~$"


class Written(NamedTuple):
    """A text as a network shows it, and where its characters come from."""

    text: Text
    places: Places


@dataclass(frozen=True, slots=True)
class TextStyle:
    """What a network's texts have: links behind words, or mentions that are written as the account's name."""

    links_behind_words: bool = False
    names_accounts: bool = False


PLAIN = TextStyle()
"""Plain characters: addresses and names are written out."""


def write_out(
    text: Text,
    places: Places,
    config: TextConfig,
    hashtags: Sequence[str],
    style: TextStyle = PLAIN,
) -> Written:
    """Return the text as plain characters can show it, with the ``hashtags`` that it lacks as its last line.

    No address is written out on networks with links behind words; there, the text keeps its links.
    """
    # Names before links, links before hashtags, styled letters last: each step needs the final places of
    # the step before, and styled letters would hide addresses and hashtags from a search.
    if style.names_accounts and text.mentions:
        named = [Edit(one.start, one.end - one.start, one.urn) for one in text.mentions]
        text, places = _moved(text, named), places.edited(named)
    if not style.links_behind_words:
        text, edits = write_links(text, config.links)
        places = places.edited(edits) if edits else places
    text = append_hashtags(text, hashtags)
    if config.emphasis == "unicode":
        text = styled(text)
    return Written(replace(text, styles=()), places)


def write_links(text: Text, how: str) -> tuple[Text, list[Edit]]:
    """Write the address of every link into the text, and what that changed.

    ``how`` is ``inline``, ``bare`` or ``footnotes``. Words that are the address already stay as they are, but
    get their scheme, without which a network may not see an address. Afterwards the links are those
    addresses.
    """
    edits: list[Edit] = []
    notes: dict[str, str] = {}  # the addresses at the end, and what they lead to
    for link in text.links:
        words, address = text.plain[link.start : link.end], without_query(link.url)
        if same_address(words, link.url):
            short = not words.lower().startswith(_VISIBLE) and "@" not in words
            edits += [Edit(link.start, len(words), address)] if short else []
        elif how == "footnotes":
            notes.setdefault(address, link.url)
            edits.append(Edit(link.end, 0, f" [{text.notes + list(notes).index(address) + 1}]"))
        else:
            edits.append(Edit(link.end, 0, _address(address, how, text.plain[link.end : link.end + 1])))
    if notes:
        lines = [f"[{text.notes + number}] {address}" for number, address in enumerate(notes, 1)]
        edits.append(Edit(len(text.plain), 0, ("\n" if text.notes else "\n\n") + "\n".join(lines)))
    return (_edited(text, edits, list(notes.values())) if edits else text), edits


def _address(address: str, how: str, following: str) -> str:
    if how == "inline":
        return f" ({address})"
    # the word that follows must not become part of the address
    room = " " if following and (following.isalnum() or following in _WORD_GOES_ON) else ""
    return f" {address}{room}"


def append_hashtags(text: Text, wanted: Sequence[str]) -> Text:
    """Return the text with the wanted hashtags it lacks as its last line."""
    missing = missing_tags(wanted, text.hashtags)
    if not missing:
        return text
    plain = f"{text.plain}\n\n" if text.plain else ""
    added: list[Hashtag] = []
    for tag in missing:
        if added:
            plain += " "
        added.append(Hashtag(len(plain), len(plain) + 1 + len(tag), tag))
        plain += f"#{tag}"
    return replace(text, plain=plain, hashtags=(*text.hashtags, *added))


def _edited(text: Text, edits: Sequence[Edit], noted: Sequence[str]) -> Text:
    """Return the text after ``edits``, which are in order and write out the address of each link.

    The last one holds the
    addresses ``noted``, if there are any.
    """
    moved = _moved(text, edits)
    plain, links = moved.plain, []
    for before, link in zip(text.links, moved.links, strict=True):
        address = without_query(link.url)
        if same_address(text.plain[before.start : before.end], link.url):
            links.append(link)
        elif not noted:
            start = plain.index(address, link.end)
            links.append(Link(start, start + len(address), link.url))
    end = len(plain)
    for url in reversed(noted):
        start = plain.rindex(without_query(url), 0, end)
        links.append(Link(start, start + len(without_query(url)), url))
        end = start
    return replace(moved, links=tuple(sorted(links, key=lambda link: link.start)))


def _moved(text: Text, edits: Sequence[Edit]) -> Text:
    """Return the text after ``edits``, which are in order. Every span is where its characters are."""
    parts, done = [], 0
    for edit in edits:
        parts += [text.plain[done : edit.at], edit.inserted]
        done = edit.at + edit.removed
    plain = "".join([*parts, text.plain[done:]])
    # what was written into the middle of a hashtag ends it there
    hashtags = (tag for tag in move_spans(text.hashtags, edits) if plain[tag.start + 1 : tag.end] == tag.tag)
    return replace(
        text,
        plain=plain,
        mentions=move_spans(text.mentions, edits),
        hashtags=tuple(hashtags),
        styles=move_spans(text.styles, edits),
        links=move_spans(text.links, edits),
    )


def move_spans(spans: Iterable[_Span], edits: Sequence[Edit]) -> tuple[_Span, ...]:
    """Return the spans where they are after the edits.

    One that ends where something was inserted does not grow.
    """
    moved = []
    index = shift = 0
    for span in spans:
        while index < len(edits) and edits[index].at + edits[index].removed <= span.start:
            shift += len(edits[index].inserted) - edits[index].removed
            index += 1
        grown = 0
        ahead = index
        while ahead < len(edits) and edits[ahead].at < span.end:
            grown += len(edits[ahead].inserted) - edits[ahead].removed
            ahead += 1
        start, end = span.start + shift, span.end + shift + grown
        moved.append(replace(span, start=start, end=end) if shift or grown else span)
    return tuple(moved)
