"""The networks. A new one is one package, and one line here."""

from collections.abc import Mapping

from publisher.model.post import Author, Network
from publisher.networks.bluesky.facts import FACTS as BLUESKY
from publisher.networks.facts import Facts
from publisher.networks.linkedin.facts import FACTS as LINKEDIN
from publisher.networks.mastodon.facts import FACTS as MASTODON
from publisher.networks.zernio.facts import FACTS as ZERNIO

FACTS: Mapping[Network, Facts] = {facts.network: facts for facts in (LINKEDIN, BLUESKY, MASTODON, ZERNIO)}


def facts_of(author: Author) -> Facts:
    """Return the facts of an author's network."""
    return FACTS[author.network]


def label_of(author: Author) -> str:
    """Return the name of an author's network for people, such as Bluesky, or X for an account at Zernio."""
    return FACTS[author.network].label(author)
