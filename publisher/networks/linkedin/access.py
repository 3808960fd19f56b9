"""What every gateway holds: the transport and the way to an author's token."""

from collections.abc import Callable
from dataclasses import dataclass

from publisher.errors import Unauthorized
from publisher.model.post import Author
from publisher.networks.linkedin.permalinks import permalink
from publisher.networks.linkedin.remedies import LOGIN
from publisher.networks.linkedin.transport import Transport

Tokens = Callable[[Author], str]
"""An author's access token. Raises `Unauthorized` with the remedy if there is none."""


@dataclass(frozen=True, slots=True)
class Access:
    """One API, the tokens for it, and the links under which its posts are seen."""

    transport: Transport
    tokens: Tokens
    link: Callable[[str], str] = permalink

    def token(self, author: Author) -> str:
        """Return the author's token, known to fit into a header. Raise `Unauthorized`."""
        token = self.tokens(author).strip()
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise Unauthorized(
                f"The token of {author.alias or author.urn} is empty or has characters no token has.",
                LOGIN,
                status=0,
                code="INVALID_ACCESS_TOKEN",
            )
        return token
