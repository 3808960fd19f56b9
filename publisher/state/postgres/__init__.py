"""The state in PostgreSQL: several projects and any number of machines, sharing the work key by key."""

from publisher.state.postgres.store import PostgresStore

__all__ = ["PostgresStore"]
