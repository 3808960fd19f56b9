"""A second LinkedIn, written from its documentation alone, without a look at the client or at the sandbox.

The product's own emulator and its client could share a wrong belief; this one can't. It is strict (what LinkedIn is
known to refuse is refused), and everything that the documentation leaves open, or any lawful server may do, is a field
of `Variant`. It counts what was really created.
"""

from tests.support.otherlinkedin.answers import Answer
from tests.support.otherlinkedin.server import OtherLinkedIn
from tests.support.otherlinkedin.variant import Variant

__all__ = ["Answer", "OtherLinkedIn", "Variant"]
