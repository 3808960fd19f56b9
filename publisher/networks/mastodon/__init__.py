"""Mastodon and servers with its API: statuses with an idempotency key, looked up before they are repeated."""
