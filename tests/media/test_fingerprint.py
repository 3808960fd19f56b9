"""When a file has come to rest, so that its facts may be remembered."""

import pytest

from publisher.media.fingerprint import SETTLED_NS, Fingerprint, is_settled

BEGAN = 10**18


@pytest.mark.parametrize("old", [0, BEGAN - SETTLED_NS - 1])
def test_a_file_is_settled_by_both_of_its_times(old: int) -> None:
    """`cp -p` and `touch -d` set the modification time back, and can't set back the time of the change."""
    recent = BEGAN - SETTLED_NS
    assert is_settled(Fingerprint("a", 1, old, old, 1), BEGAN)
    assert not is_settled(Fingerprint("a", 1, old, recent, 1), BEGAN)
    assert not is_settled(Fingerprint("a", 1, recent, old, 1), BEGAN)
