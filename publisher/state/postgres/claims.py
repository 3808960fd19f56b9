"""Claims: which run works on which key. They save work; that nothing is sent twice is the intents' doing."""

import psycopg
from psycopg.rows import TupleRow

Connection = psycopg.Connection[TupleRow]

LEASE = "5 minutes"
"""How long a claim outlives its last sign of life: the claim itself, or a write since."""

RENEWED_AFTER = 60.0
"""Seconds after which a write renews the claim."""

_OTHERS = "DELETE FROM publisher.claims WHERE holder = %s AND NOT (project = %s AND key = %s)"
_ADD = """
INSERT INTO publisher.claims (project, key, holder, until) VALUES (%s, %s, %s, now() + %s::interval)
ON CONFLICT DO NOTHING
"""
# a row that is locked is being claimed at this moment: there is other work, so nobody waits for it
_TAKE = """
UPDATE publisher.claims SET holder = %(holder)s, until = now() + %(lease)s::interval
WHERE (project, key) IN (
    SELECT project, key FROM publisher.claims
    WHERE project = %(project)s AND key = %(key)s AND (holder = %(holder)s OR until < now())
    FOR UPDATE SKIP LOCKED)
"""


def take_claim(connection: Connection, project: int, key: str, holder: str) -> bool:
    """Claim a key, and let go of every other key this holder has; whether that worked."""
    with connection.pipeline():
        connection.execute(_OTHERS, [holder, project, key])
        added = connection.execute(_ADD, [project, key, holder, LEASE])
        parameters = {"project": project, "key": key, "holder": holder, "lease": LEASE}
        taken = connection.execute(_TAKE, parameters)
    return added.rowcount == 1 or taken.rowcount == 1


def release_claims(connection: Connection, holder: str) -> None:
    """Let go of everything this holder has."""
    old = "until < now() - interval '1 day'"  # of machines that vanished
    connection.execute(f"DELETE FROM publisher.claims WHERE holder = %s OR {old}", [holder])  # noqa: S608


def renew_claims(connection: Connection, holder: str) -> None:
    """Go on holding what this holder has."""
    query = "UPDATE publisher.claims SET until = now() + %s::interval WHERE holder = %s"
    connection.execute(query, [LEASE, holder])
