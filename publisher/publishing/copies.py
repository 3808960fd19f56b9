"""The accounts of other networks that a run speaks to: each is opened once, and is who the plan says it is."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

from publisher.errors import ApiError, Rejected, Unauthorized, UsageError
from publisher.model.post import Author
from publisher.networks.gateway import CopyGateway

Connect = Callable[[Author], CopyGateway]
"""Opens an author's gateway. Raises `ApiError` where there is no secret, or it must not be sent."""


class Copies:
    """Opens gateways. Their accounts are compared with those of the plan and of the state before they are used."""

    def __init__(self, authors: Mapping[str, Author], connect: Connect) -> None:
        self._authors = authors
        self._connect = connect
        self._open: dict[str, CopyGateway] = {}

    def of(self, author: Author, identity: str) -> CopyGateway:
        """Return an author's gateway. Raises `Unauthorized` if its account is not ``identity``."""
        gateway = self._gateway(author)
        if gateway.identity != identity:
            raise Unauthorized(
                f"The secret of {author.alias or author.urn} belongs to {gateway.identity}, not to {identity}; nothing "
                "was sent.",
                "Log in again with the right account, or give the other account an author of its own.",
                code="OTHER_ACCOUNT",
            )
        return gateway

    def holder(self, network: str, identity: str) -> CopyGateway:
        """Return the gateway of the author of the settings that is this account. Raises `Rejected` if none is."""
        for author in self._authors.values():
            if author.network == network and (author.provisional or author.urn == identity):
                gateway = self._gateway(author)
                if gateway.identity == identity:
                    return gateway
        raise Rejected(
            f"No author in publisher.yaml is {identity} on {network}.",
            "Add the account to `authors:` again, with its secret.",
            code="NO_AUTHOR",
        )

    def identify(self, authors: Iterable[Author]) -> dict[str, str]:
        """Return alias -> identity of authors whom only their network knows.

        An author who cannot log in is left out: its own changes fail then, and no other ones.
        """
        found = {}
        for author in authors:
            with suppress(ApiError):
                found[author.alias] = self._gateway(author).identity
        return found

    def _gateway(self, author: Author) -> CopyGateway:
        # the same author is provisional in the settings and identified in the plan
        name = author.alias or author.urn
        if name not in self._open:
            try:
                self._open[name] = self._connect(author)
            except UsageError as error:  # of this author alone
                raise Unauthorized(error.message, error.remedy, code="NO_TOKEN") from error
        return self._open[name]
