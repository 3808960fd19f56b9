"""``postgresql://…`` as users write it: where the server is, and which project of the database is meant."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import version

from publisher.environment import HOSTS_VARIABLE, words
from publisher.errors import UsageError

_PATIENCE = {
    # a machine that vanishes must not be waited for: the server and the client both give up within a minute
    "connect_timeout": "10",
    "keepalives_idle": "20",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}

_IN_URL = frozenset({"host", "port", "user", "dbname", "password"})
"""What a URL may say. All else decides where a password goes or what is checked, and belongs to the environment."""

_VARIABLES = {
    "hostaddr": "PGHOSTADDR",
    "options": "PGOPTIONS",
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
}

_SCRAM = "scram-sha-256,gss,sspi,none"
"""Ways to log in that show the server no password, and nothing that can be replayed to another one."""

_LIBPQ = 160_000  # the first libpq that can insist on them (2023)

_PASSWORD = re.compile(r"(//[^/@:]*):[^/]*@")


@dataclass(frozen=True, slots=True)
class Location:
    """A database and a project in it. ``conninfo`` is libpq's and may hold a password; ``shown`` never does."""

    conninfo: str = field(repr=False)
    project: str
    shown: str


def read_location(url: str, project: str = "", environ: Mapping[str, str] = os.environ) -> Location:
    """The place that a URL names; ``project`` is the configured name, which ``?project=`` in the URL overrides.

    The URL comes from publisher.yaml, so it may not turn checks off, nor send a password in clear or to a host that
    the environment excludes: `PGHOST` pins the server, and so does a list in `PUBLISHER_HOSTS`.
    Raises `UsageError` where the URL can't be understood or says too much, or no project is named.
    """
    try:
        place, _, text = url.partition("?")
        query = dict(parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text)))
        name = query.pop("project", "") or project
        plain = f"{place}?{urlencode(query)}"
        given = conninfo_to_dict(plain)
    except (ProgrammingError, ValueError):
        # libpq's own words would repeat the URL, and with it a password
        raise UsageError(
            "state: the database's URL can't be understood.",
            "Write it like postgresql://user@host/database; the password goes to PGPASSWORD or ~/.pgpass.",
        ) from None
    _require_plain(given)
    _require_pinned(given, environ)
    settings = {**_PATIENCE, "application_name": "publisher", **given}
    if "PGREQUIREAUTH" not in environ:
        settings["require_auth"] = _SCRAM
    if not name:
        raise UsageError(
            "state: a database can keep several projects, and this one has no name.",
            "Set `project: NAME` in publisher.yaml, or add ?project=NAME to the URL.",
        )
    return Location(make_conninfo("", **settings), name, _shown(url))


def _require_plain(given: Mapping[str, object]) -> None:
    for name in given:
        if name not in _IN_URL:
            variable = _VARIABLES.get(name, f"PG{name.upper()}")
            raise UsageError(
                f"state: the database's URL must not set {name}: a pull request can change it.",
                f"Set {variable} in the environment, if it is needed.",
            )
    if version() < _LIBPQ:
        raise UsageError(
            "The installed libpq is older than 16 and can't insist on SCRAM.", "Install psycopg[binary]."
        )


def _require_pinned(given: Mapping[str, object], environ: Mapping[str, str]) -> None:
    hosts = str(given.get("host") or environ.get("PGHOST", "")).split(",")
    pinned = environ.get("PGHOST", "")
    if pinned and hosts != pinned.split(","):
        raise UsageError(
            f"state: the URL names {', '.join(hosts)}, but PGHOST pins {pinned}.",
            "Correct the URL, or leave the host out.",
        )
    listed = environ.get(HOSTS_VARIABLE)
    if listed is None:
        return
    for host in hosts:
        local = host in ("", "localhost", "127.0.0.1", "::1") or host.startswith("/")
        if not local and host not in words(listed):
            raise UsageError(f"state: {host} is not in {HOSTS_VARIABLE}.", "Add it if the server is yours.")


def _shown(url: str) -> str:
    place, _, text = url.partition("?")
    query = urlencode([pair for pair in parse_qsl(text) if "password" not in pair[0].lower()], safe="/:")
    return _PASSWORD.sub(r"\1@", place) + (f"?{query}" if query else "")
