"""Runs a sandbox until it is stopped, for ``publisher sandbox`` and ``python -m publisher.sandbox``."""

import json
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from publisher.sandbox.bluesky.network import HANDLE
from publisher.sandbox.config import BadConfig, SandboxConfig, read_config
from publisher.sandbox.database import ForeignFile
from publisher.sandbox.faults import Fault
from publisher.sandbox.mastodon.network import ACCOUNT
from publisher.sandbox.server import Sandbox, read_moment
from publisher.sandbox.tls import default_folder

DEFAULT_PORT = 8642

OPTIONS: dict[str, str] = {
    "port": "The port; 0 takes a free one.",
    "host": "The address to listen on.",
    "seed": "Another seed gives other ids and tokens.",
    "clock": "Begin at this time (ISO 8601) instead of now.",
    "freeze": "Let the clock stand still.",
    "db": "Keep everything in this file.",
    "config": "YAML or JSON with settings, members, organizations, apps and faults.",
    "fault": "A fault.",
    "set": "A setting.",
    "tls": "Answer HTTPS too, with a certificate of the sandbox's own authority.",
    "tls-dir": "The folder of that authority; it is made once.",
    "proxy": "Also be a proxy that answers for api.linkedin.com and www.linkedin.com, for clients with fixed hosts.",
    "public-url": "The URL under which clients reach it, such as that of a reverse proxy.",
    "trust-forwarded": "Believe X-Forwarded-Proto and X-Forwarded-Host.",
    "allow-host": "A further host name for the pages and control endpoints.",
    "format": "What to print at the start.",
}
"""What the options do; both command lines show these words."""


class CannotStartError(Exception):
    """The sandbox can't start; ``remedy`` says what to do, or is empty."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Launch:
    """The options of the command line."""

    # Loopback only: the sandbox has no secrets to protect and no protection.
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    seed: int | None = None
    clock: str | None = None
    freeze: bool = False
    db: Path | None = None
    config: Path | None = None
    faults: tuple[Fault, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    tls: bool = False
    tls_dir: Path | None = None
    proxy: bool = False
    public_url: str = ""
    trust_forwarded: bool = False
    allowed_hosts: tuple[str, ...] = ()
    output_format: str = "text"


def run(options: Launch) -> int:
    """Start the sandbox, print how to reach it, and wait for Ctrl-C or SIGTERM. Raise CannotStartError."""
    config = _config(options.config)
    sandbox = _sandbox(options, config)
    config.populate(sandbox.store)
    for fault in options.faults:
        sandbox.store.faults.add(fault)
    with sandbox, _until_stopped() as stopped:
        _announce(sandbox, options)
        stopped.wait()
    return 0


def _sandbox(options: Launch, config: SandboxConfig) -> Sandbox:
    named = {
        **config.settings,
        **options.settings,
        **({} if options.seed is None else {"seed": options.seed}),
    }
    if options.public_url and not options.public_url.startswith(("http://", "https://")):
        raise CannotStartError(f"--public-url {options.public_url}: not an http or https URL.")
    try:
        return Sandbox(
            host=options.host,
            port=options.port,
            now=_moment(options.clock),
            frozen=options.freeze,
            db=options.db,
            tls=options.tls,
            tls_folder=options.tls_dir,
            proxy=options.proxy,
            public_url=options.public_url,
            trust_forwarded=options.trust_forwarded,
            allowed_hosts=options.allowed_hosts,
            **named,
        )
    except (OSError, ForeignFile) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise CannotStartError(
            f"The sandbox can't start on {options.host}:{options.port}: {reason}."
        ) from None


def _config(path: Path | None) -> SandboxConfig:
    try:
        return read_config(path.read_text(encoding="utf-8")) if path else SandboxConfig()
    except (OSError, UnicodeDecodeError, BadConfig) as error:
        raise CannotStartError(f"{path} can't be read: {error}.") from None


def _moment(text: str | None) -> float | None:
    try:
        return read_moment(text)
    except ValueError:
        raise CannotStartError(f"--clock {text}: not a time.", "Write it as 2027-01-04T09:00:00Z.") from None


@contextmanager
def _until_stopped() -> Iterator[threading.Event]:
    """Provide an event that Ctrl-C or SIGTERM sets."""
    stopped = threading.Event()
    # Containers stop with SIGTERM, terminals with SIGINT.
    numbers = (signal.SIGINT, signal.SIGTERM)
    # The earlier handlers come back, because a host program may call this function.
    previous = {number: signal.signal(number, lambda _number, _frame: stopped.set()) for number in numbers}
    try:
        yield stopped
    finally:
        for number, action in previous.items():
            signal.signal(number, action)


def environment(sandbox: Sandbox, *, tls: bool, proxy: bool) -> dict[str, str]:
    """Return the environment variables that lead clients to a sandbox."""
    app = sandbox.store.apps.all()[0]
    found = {
        "PUBLISHER_LINKEDIN_API_URL": sandbox.url,
        "PUBLISHER_LINKEDIN_OAUTH_URL": sandbox.url,
        "LINKEDIN_ACCESS_TOKEN": sandbox.token(app=app.client_id),
        "LINKEDIN_CLIENT_ID": app.client_id,
        "LINKEDIN_CLIENT_SECRET": app.client_secret,
        **sandbox.places,
        "BLUESKY_APP_PASSWORD": sandbox.secret_for("bluesky", HANDLE),
        "MASTODON_TOKEN": sandbox.secret_for("mastodon", ACCOUNT),
        "ZERNIO_TOKEN": sandbox.secret_for("zernio", ""),
    }
    if proxy:
        found["HTTPS_PROXY"] = sandbox.proxy_url
    if proxy or tls:
        # each HTTP client looks for its own variable: curl, requests, Node.js, and what uses OpenSSL's
        # defaults
        names = ("CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE")
        found |= dict.fromkeys(names, str(sandbox.ca_file))
    return found


def _announce(sandbox: Sandbox, options: Launch) -> None:
    """Write the environment to stdout for a shell, and the text for people to stderr."""
    variables = environment(sandbox, tls=options.tls, proxy=options.proxy)
    member, page = sandbox.member, sandbox.organization
    if options.output_format == "json":
        document = {
            # Scripts read this document. The number changes with its form.
            "format_version": 1,
            "url": sandbox.url,
            "member": member.urn,
            "organization": page.urn,
            "organization_token": sandbox.organization_token(),
            "environment": variables,
        }
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
        sys.stdout.flush()
        return
    lines = [
        f"The sandbox answers on {sandbox.url}; Ctrl-C stops it.\n",
        f"  feed          {sandbox.url}/",
        f"  requests      {sandbox.url}/_sandbox/requests",
        f"  member        {member.urn}  {member.name}",
        f"  organization  {page.urn}  {page.name}",
    ]
    if options.proxy:
        lines.append(f"  proxy         {sandbox.proxy_url}  for api.linkedin.com and www.linkedin.com")
    if options.tls or options.proxy:
        lines.append(f"  authority     {sandbox.ca_file}  (made in {options.tls_dir or default_folder()})")
    # stdout has export lines only, so that a shell can evaluate it.
    sys.stderr.write("\n".join(lines) + "\n\n")
    sys.stderr.flush()
    for name, value in variables.items():
        sys.stdout.write(f"export {name}={value}\n")
    sys.stdout.flush()
