"""Describe every network offline: how copies are written, counted, checked and encoded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic
from publisher.model.document import Document
from publisher.model.post import Author, Network, Post
from publisher.networks.gateway import Traits
from publisher.text.body import Body
from publisher.text.written import PLAIN, TextStyle

Check = Callable[[Post, Document, Config, Body | None], list[Diagnostic]]


@dataclass(frozen=True, slots=True)
class Facts:
    """One network.

    ``length`` counts a text in the unit of the author's ``traits``; ``sent`` is the text as it is counted.
    ``check`` returns every way in which the network would refuse a post, or show it otherwise than it reads.
    ``payload`` is the body of a create, with visible placeholders for what only the network can give; its
    last argument is the name of the post that is replied to. ``threads`` tells whether a long text can become
    a chain of posts.
    """

    network: Network
    label: Callable[[Author], str]
    traits: Callable[[Author], Traits]
    length: Callable[[Author, str], int]
    sent: Callable[[Post], str]
    check: Check
    payload: Callable[[Post, Config, str], Mapping[str, Any]]
    threads: Callable[[Author], bool]
    style: TextStyle = PLAIN

    def fits(self, author: Author, text: str) -> bool:
        """Return whether a text is short enough for one post of an author."""
        traits = self.traits(author)
        bytes_left = traits.byte_limit is None or len(text.encode()) <= traits.byte_limit
        return bytes_left and self.length(author, text) <= traits.limit
