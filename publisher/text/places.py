"""Where the characters of a rendered text come from: offsets in a text to offsets in its source."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple


class Edit(NamedTuple):
    """A change of a text: ``removed`` characters at ``at`` give way to ``inserted``."""

    at: int
    removed: int
    inserted: str


class _Shift(NamedTuple):
    """From ``start`` on (after an edit), offsets are ``behind`` what they were; up to ``end`` they are
    inserted text, which stands for the character at ``at``.
    """

    start: int
    end: int
    at: int
    behind: int


class Places:
    """A map from a text to its source. Both are counted in code points."""

    def __init__(
        self, pieces: Sequence[tuple[int, int, int]] = (), shifts: Sequence[list[_Shift]] = ()
    ) -> None:
        """``pieces`` are (offset in the text, offset in the source, length), in order; a piece that does not
        stand in the source as it is has the length 0.
        """
        self._pieces = pieces
        self._shifts = shifts

    def source(self, at: int) -> int:
        """Return the offset in the source of the character at ``at`` of the text."""
        # The last edits were made to the newest text, so they are undone first.
        for shifts in reversed(self._shifts):
            index = bisect_right(shifts, at, key=lambda shift: shift.start) - 1
            if index >= 0:
                at = shifts[index].at if at < shifts[index].end else at - shifts[index].behind
        index = bisect_right(self._pieces, at, key=lambda piece: piece[0]) - 1
        if index < 0:
            return self._pieces[0][1] if self._pieces else 0
        out, source, length = self._pieces[index]
        return source + min(at - out, length)

    def edited(self, edits: Sequence[Edit]) -> "Places":
        """Return the map of the text after ``edits``, which are in order and don't overlap."""
        behind, shifts = 0, []
        for edit in edits:
            start = edit.at + behind
            behind += len(edit.inserted) - edit.removed
            # the place of inserted text is that of the last character before it
            at = edit.at if edit.removed else max(edit.at - 1, 0)
            shifts.append(_Shift(start, start + len(edit.inserted), at, behind))
        return Places(self._pieces, [*self._shifts, shifts])
