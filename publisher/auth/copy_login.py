"""Log in at Bluesky, Mastodon and Zernio.

The network checks the secret. It is kept for exactly that address.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack

from publisher.auth.callback import CallbackServer
from publisher.auth.copies import Secret, labels_of, open_with, place_of, session_of
from publisher.auth.grant import Grant
from publisher.auth.login import new_state
from publisher.auth.redirect import read_redirect
from publisher.auth.vault import Vault
from publisher.errors import Unauthorized
from publisher.model.post import Author
from publisher.networks.hosts import require_host
from publisher.networks.mastodon.oauth import OUT_OF_BAND, authorization_url, exchange_code, register
from publisher.networks.opening import network_of
from publisher.networks.wire import Wire

CALLBACK = "http://127.0.0.1:0/auth/mastodon/callback"
"""The redirect URI of a login.

Port 0 is any free one, because the program registers itself for each login.
"""


def check_secret(
    author: Author, secret: str, environ: Mapping[str, str], vault: Vault, *, bound: bool = False
) -> str:
    """Return the account that a secret belongs to.

    Raise `ApiError`; `UntrustedHost` before anything is sent.
    """
    session_of(author, environ, vault).remove()  # the secret is to be checked, not an old session
    identity = open_with(author, Secret(secret, bound), environ, vault).identity
    if not author.provisional and identity != author.urn:
        raise Unauthorized(
            f"That is the account {identity}, and publisher.yaml says {author.urn} for {author.alias}.",
            "Log in with the other account, or correct publisher.yaml.",
            code="OTHER_ACCOUNT",
        )
    return identity


def keep(author: Author, secret: str, identity: str, environ: Mapping[str, str], vault: Vault) -> str:
    """Keep a secret for the address that it was checked at. Return where it is kept, in words."""
    grant = Grant(author.urn, secret, name=identity)
    return vault.put(place_of(author, environ), grant)


def forget(author: Author, environ: Mapping[str, str], vault: Vault) -> bool:
    """Forget an author's secret and session. Return whether there was a secret."""
    session_of(author, environ, vault).remove()
    place = place_of(author, environ)
    gone = [vault.remove(place, label) for label in labels_of(author)]
    return any(gone)


def mastodon_token(
    author: Author,
    environ: Mapping[str, str],
    show: Callable[[str], None],
    ask: Callable[[], str] | None,
    timeout: float,
) -> str:
    """Register at the author's server, send a person to its page, and return the token.

    ``show`` shows the link (and opens it). ``ask`` returns the code that the page shows; without it, the
    browser is awaited on this machine.
    """
    server = network_of("mastodon").address(author, environ)

    def guard(url: str) -> None:
        # what is sent there (the client's secret, the code) came from that server itself
        require_host(url, (), environ, bound=url.startswith(f"{server}/"))

    wire, state = Wire(guard), new_state()
    with ExitStack() as stack:
        waiting = None if ask else stack.enter_context(CallbackServer(CALLBACK, state, "Mastodon"))
        client = register(wire, server, waiting.redirect_uri if waiting else OUT_OF_BAND)
        show(authorization_url(client, state if waiting else ""))
        if ask is None:
            assert waiting is not None  # noqa: S101 - one of the two
            code = waiting.wait(timeout)
        else:
            answer = ask().strip()
            code = read_redirect(answer, state) if "state=" in answer else answer
        return exchange_code(wire, client, code)
