"""The state in PostgreSQL: several projects and any number of machines, sharing the work key by key."""
