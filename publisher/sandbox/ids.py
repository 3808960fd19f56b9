"""Identifiers as LinkedIn's look, reproducible by seed: post ids carry the time, the rest is seeded noise."""

import random
import string

from publisher.sandbox.clock import Clock

_URL_SAFE = string.ascii_letters + string.digits + "-_"
# Inferred: nine dated ids of LinkedIn fit 22 bits below the milliseconds (2026-09).
_TAIL_BITS = 22


class Ids:
    """Makes every identifier of one store; the same seed and the same calls give the same ones."""

    def __init__(self, seed: int | str, clock: Clock) -> None:
        self._random = random.Random(seed)  # noqa: S311 - ids must be reproducible, not secret
        self._clock = clock
        self._given: set[int] = set()

    def snowflake(self) -> int:
        """Return a post's unique number: epoch milliseconds shifted left by 22 bits, plus a random tail."""
        while True:
            # with a frozen clock the tail alone keeps ids apart, and it is short
            number = self._clock.milliseconds() << _TAIL_BITS | self._random.getrandbits(_TAIL_BITS)
            if number not in self._given:
                self._given.add(number)
                return number

    def text(self, length: int) -> str:
        """Return letters, digits, ``-`` and ``_``: the alphabet of LinkedIn's opaque ids."""
        return "".join(self._random.choices(_URL_SAFE, k=length))

    def digits(self, length: int) -> str:
        """Return a decimal id that doesn't begin with zero."""
        return str(self._random.randrange(10 ** (length - 1), 10**length))

    def person(self) -> str:
        """Return the app-specific member id: ten characters that begin with a letter."""
        return self._random.choice(string.ascii_letters) + self.text(9)

    def asset(self) -> str:
        """Return an id of an asset, image, video or document: ``D5622AQ`` and more."""
        # The prefix as in public logs (observed, 2024 and 2025).
        return "D5622AQ" + self.text(16)

    def token(self) -> str:
        """Return an access token as long as LinkedIn's usually are."""
        # Observed, inferred. The documentation says about 500 characters and advises room for 1,000
        # (learn.microsoft.com, Authorization Code Flow, read 2025-11).
        return "AQ" + self.text(348)
