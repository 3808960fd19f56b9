"""The sandbox counts graphemes as the `regex` package does, with other code."""

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from publisher.sandbox.graphemes import count_graphemes

SAMPLES = {
    "": 0,
    "abc": 3,
    "e\u0301": 1,
    "\r\n": 1,
    "\n\r": 2,
    "\U0001f1e9\U0001f1ea\U0001f1eb": 2,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466": 1,
    "\U0001f44d\U0001f3fd": 1,
    "\u2764\ufe0f\u200d\U0001f525": 1,
    "1\ufe0f\u20e3": 1,
    "\u1100\u1161\u11a8": 1,
    "\uac00\u11a8": 1,
    "a\u200d\U0001f525": 2,
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f": 1,
}


@pytest.mark.parametrize("text", SAMPLES)
def test_known_texts(text: str) -> None:
    assert count_graphemes(text) == SAMPLES[text]


_PARTS = ["a", " ", "\n", "\r", "e\u0301", "\u200d", "\ufe0f", "\U0001f468", "\U0001f3fd", "\u2764", "\u1100"]
_MORE = [
    "\u1161",
    "\u11a8",
    "\uac00",
    "\uac01",
    "\U0001f1e9",
    "\U0001f1ea",
    "\u0e33",
    "\u0903",
    "\u0600",
    "\u20e3",
]


@given(st.lists(st.sampled_from([*_PARTS, *_MORE]), max_size=12).map("".join))
def test_the_same_as_regex(text: str) -> None:
    assert count_graphemes(text) == len(regex.findall(r"\X", text))
