"""Classes of characters that more than one rule asks about: East Asian ones, invisible ones, bullets."""

import re
import unicodedata

INVISIBLE = "\u200b\u2060\ufeff\u00ad\u180e"
"""Characters without width that no script needs (some scripts need the joiners U+200C and U+200D)."""

BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Characters that change the direction of the text after them, as the inside of a regular
expression's class.
"""

# Signs that begin a line of a hand-made list: bullets, arrows, ticks, stars, circled digits, keycaps, emoji.
# Dashes are left out, because a wrapped sentence may go on with one.
_BULLET = re.compile(
    "[•‣⁃∙●○◦◉◎■□▪▫◆◇◈►▶▷▸▹◂◀→⇒⇨➔➙➜➝➞➡➤➢➣➥➨↳↪⟶⟹✓✔✅☑☐☒✗✘❌❎★☆✦✧✨❖❑❒"
    "\u2460-\u249b\u2776-\u2793\U0001f000-\U0001faff\u2600-\u27bf]"
    "|[0-9#*]\ufe0f?\u20e3"
)

_DASH_ITEM = re.compile(r"(?:[–—·*+-]|\(?[0-9a-zA-Z][.)])\s")


def begins_item(text: str) -> bool:
    """Return whether a line that begins with ``text`` looks like an item of a hand-made list."""
    return _BULLET.match(text) is not None


def may_begin_item(text: str) -> bool:
    """Return whether a line may be an item of a list (a dash, a number), where a wrapped sentence could look
    the same.
    """
    return _DASH_ITEM.match(text) is not None


def is_cjk(character: str) -> bool:
    """Return whether a character is East Asian and wide: ideographs, kana, Hangul and their punctuation, but
    no emoji.

    https://github.com/tats-u/markdown-cjk-friendly (2025-01) uses the same class for emphasis.
    """
    return (
        character >= "\u1100"
        # Below U+1100 no character is wide, so this comparison saves most look-ups. Category S holds the
        # emoji.
        and unicodedata.east_asian_width(character) in "WFH"
        and not unicodedata.category(character).startswith("S")
    )


def is_spaceless(character: str) -> bool:
    """Return whether a character belongs to an East Asian script that puts no spaces between words (Hangul
    does).
    """
    return is_cjk(character) and not ("\uac00" <= character <= "\ud7af" or "\u1100" <= character <= "\u11ff")


def is_punctuation(character: str) -> bool:
    """Return whether CommonMark counts a character as punctuation: Unicode's categories P and S (version
    0.31.2).
    """
    return unicodedata.category(character)[0] in "PS"


def joins_words(character: str) -> bool:
    """Return whether a letter or digit makes one word with a letter after it, so that a name there needs a
    space before it.

    Thai, Lao, Tibetan, Burmese, Khmer, Chinese, Japanese and Korean write names without one.
    """
    if not character.isalnum():
        return False
    # U+0E00-U+109F is Thai, Lao, Tibetan and Burmese; U+1780-U+17FF is Khmer (Unicode 16, blocks).
    return not (
        "\u0e00" <= character <= "\u109f"
        or "\u1780" <= character <= "\u17ff"
        or (character >= "\u1100" and is_cjk(character))
    )
