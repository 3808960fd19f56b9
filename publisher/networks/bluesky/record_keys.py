"""Record keys: a TID that is derived from the time of the first attempt and from the post's key."""

import hashlib
from datetime import datetime

_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"


def record_key(moment: datetime, identity: str) -> str:
    """Return the TID of a copy: 53 bits of microseconds above 10 bits of a hash of ``identity``.

    The hash stands for the clock's id. It also gives the last three digits of the microseconds, because many
    posts may be frozen in one millisecond.
    """
    digest = int.from_bytes(hashlib.sha256(identity.encode()).digest()[:8])
    microseconds = int(moment.timestamp() * 1_000) * 1_000 + digest % 1_000
    # A TID has 53 bits of microseconds above a clock id of 10 bits (atproto.com, TID).
    number = microseconds << 10 | digest >> 32 & 1_023
    # 13 characters of 5 bits each, the highest first.
    return "".join(_SORTABLE[number >> shift & 31] for shift in range(60, -1, -5))
