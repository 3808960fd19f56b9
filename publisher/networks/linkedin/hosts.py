"""Which hosts may see a bearer token: the configured origins, and LinkedIn's own over https."""

from dataclasses import dataclass

from publisher.networks.hosts import LINKEDIN, Origin, is_loopback, is_own, origin

__all__ = ["Hosts", "is_linkedin", "origin"]


@dataclass(frozen=True, slots=True)
class Hosts:
    """The trust that a configuration gives.

    ``api`` is the configured API's origin. ``site`` is the origin of the OAuth pages, where LinkedIn takes
    uploads.
    """

    api: Origin
    site: Origin | None = None

    def may_see_token(self, url: str) -> bool:
        """Return whether a bearer token may go to a URL."""
        found = origin(url)
        if found is None:
            return False
        return is_linkedin(found) or any(known and _same(found, known) for known in (self.api, self.site))

    def may_ask_for_token(self, url: str) -> bool:
        """Return whether a token may go to a URL that has asked for one.

        An emulator may spread over several ports of one machine.
        """
        found = origin(url)
        both_here = found is not None and is_loopback(found) and is_loopback(self.api)
        return both_here or self.may_see_token(url)

    def may_take_upload(self, url: str) -> bool:
        """Return whether a file may go to a URL that the API named, with or without a token.

        Storage may live on any host, where the URL itself is the credential; but once the API is spoken to
        over https, nothing goes out in clear.
        """
        found = origin(url)
        return found is not None and (found[0] == "https" or self.api[0] == "http")


def is_linkedin(found: Origin) -> bool:
    """Return whether an origin is LinkedIn's, over https and on its usual port."""
    return is_own(found, LINKEDIN)


def _same(one: Origin, other: Origin) -> bool:
    """Return whether two origins are one; all names of this machine are."""
    return one == other or (one[0::2] == other[0::2] and is_loopback(one) and is_loopback(other))
