"""Lengths of texts: UTF-16 units, and where LinkedIn folds a post."""

FOLD = 210
FOLD_LINES = 3
"""What readers see of a text before "…see more": about 210 characters or three lines."""


def utf16_cut(text: str, limit: int) -> int:
    """Return how many code points of a text fit into ``limit`` UTF-16 code units."""
    # most texts have no astral characters, and each post is cut twice
    head = text[:limit]
    if head.isascii() or max(head) <= "\uffff":
        return len(head)
    units = 0
    for index, character in enumerate(text):
        units += 2 if character > "\uffff" else 1
        if units > limit:
            return index
    return len(text)


def fold_end(text: str) -> int:
    """Return how many code points stand before the fold: the text's length if there is none."""
    cut = utf16_cut(text, FOLD)
    lines = text.split("\n", FOLD_LINES)
    if len(lines) > FOLD_LINES:
        cut = min(cut, len(text) - len(lines[-1]) - 1)
    return cut
