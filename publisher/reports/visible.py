"""Show foreign text safely.

No character of it stays invisible, changes the direction of reading, or commands a terminal.
"""

import re

# controls, blanks without width, and what turns the direction of reading around
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
_JOINED_EMOJI = re.compile("(?<=[^\x00-\u01ff])\u200d(?=[^\x00-\u01ff])")


def visible(text: str) -> str:
    r"""Return the text with characters that nobody sees shown as ``\u202e``.

    LF, TAB and the joiners in emoji stay.
    """
    if text.isprintable():
        return text  # the usual case; what is hidden is nothing that Python calls printable
    # U+200D joins emoji into one picture (UTS #51) and is needed there; between ASCII letters it hides.
    kept = {found.start() for found in _JOINED_EMOJI.finditer(text)}
    return _HIDDEN.sub(lambda found: found[0] if found.start() in kept else f"\\u{ord(found[0]):04x}", text)


def one_line(text: str) -> str:
    """Return the visible text with a blank for each line break.

    GitHub reads a line of its own as a workflow command if it begins so.
    """
    return text if text.isprintable() else visible(text.replace("\n", " "))
