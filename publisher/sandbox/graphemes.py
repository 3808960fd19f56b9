"""Count what readers see as one character (Unicode UAX #29), with the standard library only.

Bluesky and Mastodon count grapheme clusters. The tests compare these rules with the `regex` package's ``\\X``.
"""

import unicodedata
from functools import lru_cache

# Rule GB11: the zero-width joiner keeps an emoji sequence together.
_ZWJ = 0x200D
# Extended_Pictographic of emoji-data.txt, Unicode 15.1
_PICTOGRAPHS = (
    "a9 ae 203c 2049 2122 2139 2194-2199 21a9-21aa 231a-231b 2328 2388 23cf 23e9-23f3 23f8-23fa 24c2 25aa-25ab "
    "25b6 25c0 25fb-25fe 2600-2605 2607-2612 2614-2685 2690-2705 2708-2712 2714 2716 271d 2721 2728 2733-2734 "
    "2744 2747 274c 274e 2753-2755 2757 2763-2767 2795-2797 27a1 27b0 27bf 2934-2935 2b05-2b07 2b1b-2b1c 2b50 "
    "2b55 3030 303d 3297 3299 1f000-1f0ff 1f10d-1f10f 1f12f 1f16c-1f171 1f17e-1f17f 1f18e 1f191-1f19a "
    "1f1ad-1f1e5 1f201-1f20f 1f21a 1f22f 1f232-1f23a 1f23c-1f23f 1f249-1f3fa 1f400-1f53d 1f546-1f64f "
    "1f680-1f6ff 1f774-1f77f 1f7d5-1f7ff 1f80c-1f80f 1f848-1f84f 1f85a-1f85f 1f888-1f88f 1f8ae-1f8ff "
    "1f90c-1f93a 1f93c-1f945 1f947-1faff 1fc00-1fffd"
)
# Grapheme_Cluster_Break=Prepend and the spacing marks that count as Extend (GraphemeBreakProperty.txt, 15.1)
_PREPENDED = (
    "600-605 6dd 70f 890-891 8e2 d4e 110bd 110cd 111c2-111c3 1193f 11941 11a3a 11a84-11a89 11d46 11f02"
)
_EXTENDING = (
    "9be 9d7 b3e b57 bbe bd7 cc2 cd5-cd6 d3e d57 dcf ddf 1b35 200c 302e-302f ff9e-ff9f 1133e 11357 114b0 114bd "
    "115af 11930 1d165 1d16e-1d172 1f3fb-1f3ff e0020-e007f"
)


def _ranges(text: str) -> tuple[tuple[int, int], ...]:
    bounds = (part.partition("-") for part in text.split())
    return tuple((int(first, 16), int(last or first, 16)) for first, _, last in bounds)


_TABLES = (
    ("pictograph", _ranges(_PICTOGRAPHS)),
    ("prepend", _ranges(_PREPENDED)),
    ("extend", _ranges(_EXTENDING)),
    ("flag", ((0x1F1E6, 0x1F1FF),)),
    ("L", ((0x1100, 0x115F), (0xA960, 0xA97C))),
    ("V", ((0x1160, 0x11A7), (0xD7B0, 0xD7C6))),
    ("T", ((0x11A8, 0x11FF), (0xD7CB, 0xD7FB))),
    ("spacing", ((0xE33, 0xE33), (0xEB3, 0xEB3))),
)
# Rules GB6 to GB8: the parts of a Hangul syllable are not separated.
_HANGUL = {"L": {"L", "V", "LV", "LVT"}, "V": {"V", "T"}, "LV": {"V", "T"}, "T": {"T"}, "LVT": {"T"}}
_CATEGORIES = {"Mn": "extend", "Me": "extend", "Mc": "spacing"} | dict.fromkeys(
    ("Cc", "Cf", "Zl", "Zp", "Cs"), "control"
)


# A text repeats few characters, and the table search is slow.
@lru_cache(maxsize=8192)
def _kind(character: str) -> str:
    """Return the character's Grapheme_Cluster_Break class."""
    code = ord(character)
    if character in "\r\n":
        return {"\r": "CR", "\n": "LF"}[character]
    if code == _ZWJ:
        return "joiner"
    # Hangul syllables come in groups of 28; the first of a group has no final consonant (Unicode Standard,
    # section 3.12).
    if 0xAC00 <= code <= 0xD7A3:
        return "LV" if (code - 0xAC00) % 28 == 0 else "LVT"
    for name, ranges in _TABLES:
        if any(first <= code <= last for first, last in ranges):
            return name
    return _CATEGORIES.get(unicodedata.category(character), "other")


def count_graphemes(text: str) -> int:
    """Return the number of extended grapheme clusters in ``text``."""
    count, previous, flags, emoji = 0, "", 0, ""
    for character in text:
        kind = _kind(character)
        if not _joined(previous, kind, flags, emoji):
            count += 1
        flags = flags + 1 if kind == "flag" and previous == "flag" else int(kind == "flag")
        # "emoji" is what GB11 needs to know: a pictograph, extended by anything, then joined
        if kind == "pictograph":
            emoji = "base"
        elif not (emoji and kind == "extend"):
            emoji = "joined" if emoji and kind == "joiner" else ""
        previous = kind
    return count


def _joined(previous: str, kind: str, flags: int, emoji: str) -> bool:
    """Tell whether no boundary lies between two characters (GB3 to GB13)."""
    if previous == "CR":
        return kind == "LF"
    if not previous or "control" in {previous, kind} or previous == "LF" or kind in {"CR", "LF"}:
        return False
    if kind in {"extend", "joiner", "spacing"} or previous == "prepend":
        return True
    if kind == "pictograph" and previous == "joiner":
        return emoji == "joined"
    if kind == "flag" and previous == "flag":
        return flags % 2 == 1
    return kind in _HANGUL.get(previous, ())
