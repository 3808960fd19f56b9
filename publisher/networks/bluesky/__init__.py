"""Bluesky (AT Protocol): app password, session, records with a key of our own choice."""
