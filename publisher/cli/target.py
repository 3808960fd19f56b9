"""Where a run publishes to: LinkedIn with the user's tokens, or the embedded sandbox with its own."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from publisher.errors import UsageError
from publisher.model.config import Config
from publisher.model.post import Author
from publisher.networks.linkedin.permalinks import permalink

if TYPE_CHECKING:
    from publisher.networks.gateway import CopyGateway, Created, Gateway
    from publisher.networks.wire import WireRuntime
    from publisher.publishing.due import Guard, Services
    from publisher.publishing.run_context import Observer

Tokens = Callable[[Author], str]

SANDBOX_STATE = ".publisher/sandbox.state.json"
SANDBOX_DB = ".publisher/sandbox.sqlite"
FEED_URL = "http://127.0.0.1:8642"
"""Where `publisher sandbox --db .publisher/sandbox.sqlite` shows what was rehearsed."""


@dataclass(frozen=True, slots=True)
class Target:
    """How the settings are adapted to the target, who gives the secrets for it, and where its posts are seen.

    ``copy`` opens the gateway of an author on another network than LinkedIn, and ``link`` is the link of its posts.
    """

    adapt: Callable[[Config], Config]
    tokens: Callable[[Config], Tokens]
    copy: "Callable[[Author, WireRuntime], CopyGateway]"
    permalink: Callable[[str], str] = permalink
    link: "Callable[[str, Created], str]" = lambda network, created: created.permalink  # noqa: ARG005

    def services(
        self, config: Config, root: Path, observer: "Observer", stop: Callable[[], bool]
    ) -> "Services":
        """What `publisher.publishing.due.publish_due` needs to publish a project to this target."""
        from publisher.publishing.due import Services

        def connect(tokens: Tokens, guard: "Guard") -> "Gateway":
            # here, because a run with nothing to send needs no HTTP client
            from publisher.networks.linkedin.open_gateway import open_gateway
            from publisher.networks.linkedin.transport import Runtime

            runtime = Runtime(sending=guard.sending, leaving=guard.leaving)
            return open_gateway(config, root, tokens, link=self.permalink, runtime=runtime)

        def connect_copy(author: Author, guard: "Guard") -> "CopyGateway":
            from publisher.networks.wire import WireRuntime

            return self.copy(author, WireRuntime(sending=guard.sending, leaving=guard.leaving))

        tokens = cache(lambda: self.tokens(config))
        return Services(
            lambda author: tokens()(author),
            connect,
            self.permalink,
            stop,
            observer,
            marks=root,
            root=root,
            connect_copy=connect_copy,
            link=self.link,
        )


@contextmanager
def open_target(
    root: Path, *, sandbox: bool, environ: Mapping[str, str] = os.environ, keep: bool = True
) -> Iterator[Target]:
    """Open the real LinkedIn (or what the environment puts in its place), or the embedded sandbox.

    Without ``keep`` a sandbox that has no file yet gets none: what only looks writes nothing.
    """
    if not sandbox:
        yield Target(
            lambda config: config,
            lambda config: _tokens(config, environ),
            lambda author, runtime: _copy(author, environ, runtime),
        )
        return
    with _rehearsal(root, keep=keep) as target:
        yield target


def _tokens(config: Config, environ: Mapping[str, str]) -> Tokens:
    # here, because a run with nothing to send needs no HTTP client
    from publisher.auth.tokens import TokenSource

    return TokenSource(config, environ)


def _copy(author: Author, environ: Mapping[str, str], runtime: "WireRuntime") -> "CopyGateway":
    from publisher.auth.copies import open_copy
    from publisher.auth.vault import Vault, config_directory

    return open_copy(author, environ, Vault(config_directory(environ)), runtime)


def _feed_link(network: str, created: "Created") -> str:
    """Return the page of the feed that shows a post."""
    if network == "linkedin":
        return created.permalink
    name = created.urn if network == "bluesky" else f"{network}:{created.ids.get('id', created.urn)}"
    return f"{FEED_URL}/feed/update/{quote(name, safe=':')}/"


@contextmanager
def _rehearsal(root: Path, *, keep: bool) -> Iterator[Target]:
    """A sandbox of this project's own: it remembers, with a state of its own, what was rehearsed before."""
    from publisher.sandbox.database import FileInUse, ForeignFile
    from publisher.sandbox.server import Sandbox
    from publisher.state.durable import private_dir

    file = root / SANDBOX_DB
    if keep:
        private_dir(root)
    try:
        opened = Sandbox(db=file if keep or file.exists() else None, member_quota=None, app_quota=None)
    except (FileInUse, ForeignFile) as error:
        remedy = "Wait for the other run, or delete the file to begin a new rehearsal."
        raise UsageError(f"{error}.", remedy) from None
    with opened as sandbox:
        default = Author(sandbox.member.urn, "sandbox")

        def adapt(config: Config) -> Config:
            authors = dict(config.authors) or {default.alias: default}
            return replace(
                config,
                state=SANDBOX_STATE,
                authors=authors,
                limits=replace(config.limits, requests_per_member=sys.maxsize, requests_per_app=sys.maxsize),
                linkedin=replace(config.linkedin, api_url=sandbox.url, oauth_url=sandbox.url),
            )

        def copy(author: Author, runtime: "WireRuntime") -> "CopyGateway":
            from publisher.networks.account import Account
            from publisher.networks.opening import network_of

            name = author.handle or author.account or author.alias
            identity = "" if author.provisional else author.urn
            secret = sandbox.secret_for(author.network, name, identity, author.platform)
            return network_of(author.network).open(Account(author, secret, sandbox.places, runtime=runtime))

        yield Target(
            adapt,
            lambda _config: lambda author: sandbox.token_for(author.urn),
            copy,
            lambda urn: permalink(urn, FEED_URL),
            lambda network, created: _feed_link(network, created),
        )
