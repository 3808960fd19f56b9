"""``postgresql://…`` as users write it: where the server is, and which project of the database is meant."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from publisher.errors import UsageError

_PATIENCE = {
    # a machine that vanishes must not be waited for: the server and the client both give up within a minute
    "connect_timeout": "10",
    "keepalives_idle": "20",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}

_PASSWORD = re.compile(r"(//[^/@:]*):[^/]*@")


@dataclass(frozen=True, slots=True)
class Location:
    """A database and a project in it. ``conninfo`` is libpq's and may hold a password; ``shown`` never does."""

    conninfo: str = field(repr=False)
    project: str
    shown: str


def read_location(url: str, project: str = "") -> Location:
    """The place that a URL names; ``project`` is the configured name, which ``?project=`` in the URL overrides.

    Raises `UsageError` where the URL can't be understood, or no project is named.
    """
    try:
        place, _, text = url.partition("?")
        query = dict(parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text)))
        name = query.pop("project", "") or project
        plain = f"{place}?{urlencode(query)}"
        settings = {**_PATIENCE, "application_name": "publisher", **conninfo_to_dict(plain)}
    except (ProgrammingError, ValueError):
        # libpq's own words would repeat the URL, and with it a password
        raise UsageError(
            "state: the database's URL can't be understood.",
            "Write it like postgresql://user@host/database; the password goes to PGPASSWORD or ~/.pgpass.",
        ) from None
    if not name:
        raise UsageError(
            "state: a database can keep several projects, and this one has no name.",
            "Set `project: NAME` in publisher.yaml, or add ?project=NAME to the URL.",
        )
    return Location(make_conninfo("", **settings), name, _shown(url))


def _shown(url: str) -> str:
    place, _, text = url.partition("?")
    query = urlencode([pair for pair in parse_qsl(text) if "password" not in pair[0].lower()], safe="/:")
    return _PASSWORD.sub(r"\1@", place) + (f"?{query}" if query else "")
