"""Differences word by word: true to both texts, and short."""

from hypothesis import given
from hypothesis import strategies as st

from publisher.planning.diff import text_diff
from publisher.preview.word_diff import Piece, compare_words, word_diff

TEXT = st.text(alphabet="ab. \n-+@é😀", max_size=80)


@given(TEXT, TEXT)
def test_the_pieces_make_both_texts(before: str, after: str) -> None:
    pieces = compare_words(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == after


@given(TEXT, TEXT)
def test_a_plans_diff_holds_every_changed_word(before: str, after: str) -> None:
    diff = text_diff(before, after)
    if diff is None:
        assert before == after
        return
    pieces = word_diff(diff)
    kept = [piece.text for piece in pieces if piece.kind != "gone"]
    # what is left out is unchanged, so what is shown of the new text stands in it line by line
    assert set("".join(kept).split("\n")) <= {*after.split("\n"), ""}
    assert any(piece.kind in ("gone", "new") for piece in pieces)


def test_only_the_words_that_differ_are_marked() -> None:
    assert compare_words("We ship on Mondays, always.", "We ship on Fridays, always.") == (
        Piece("same", "We ship on "),
        Piece("gone", "Mondays"),
        Piece("new", "Fridays"),
        Piece("same", ", always."),
    )


def test_words_that_change_in_a_row_are_one_change() -> None:
    assert compare_words("a red old car", "a blue new car") == (
        Piece("same", "a "),
        Piece("gone", "red old"),
        Piece("new", "blue new"),
        Piece("same", " car"),
    )


def test_far_changes_have_a_gap_between_them() -> None:
    lines = [f"Line {number}" for number in range(20)]
    changed = ["First", *lines[1:19], "Last"]
    pieces = word_diff(text_diff("\n".join(lines), "\n".join(changed)) or "")
    assert [piece.kind for piece in pieces].count("gap") == 1


def test_invisible_characters_stand_by_their_names() -> None:
    assert Piece("new", "\u27e8RLO\u27e9") in compare_words("a b", "a b\u202e")
