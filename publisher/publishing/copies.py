"""Open each account of another network once, and check that it is the account in the plan."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

from publisher.errors import ApiError, Rejected, Unauthorized, UsageError
from publisher.model.post import Author
from publisher.networks.gateway import CopyGateway

Connect = Callable[[Author], CopyGateway]
"""Open an author's gateway. Raise `ApiError` if there is no secret, or if it must not be sent."""


class Copies:
    """Open gateways. Compare their accounts with those of the plan and of the state before they are used."""

    def __init__(self, authors: Mapping[str, Author], connect: Connect) -> None:
        self._authors = authors
        self._connect = connect
        self._open: dict[str, CopyGateway] = {}

    def of(self, author: Author, identity: str) -> CopyGateway:
        """Return an author's gateway. Raise `Unauthorized` if its account is not ``identity``."""
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
        """Return the gateway of the configured author with this account.

        Raise `Rejected` if there is none.
        """
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
        """Return alias -> identity of authors whose identity is not configured.

        Leave out an author who cannot log in. Only the changes of that author fail then.
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
