"""``postgresql://…`` as users write it: where the server is, and which project of the database is meant."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

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
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        name = query.pop("project", "") or project
        plain = urlunsplit(parts._replace(query=urlencode(query)))
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
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    query = [(key, value) for key, value in parse_qsl(parts.query) if "password" not in key.lower()]
    netloc = user.partition(":")[0] + at + host
    return urlunsplit(parts._replace(netloc=netloc, query=urlencode(query, safe="/:")))
