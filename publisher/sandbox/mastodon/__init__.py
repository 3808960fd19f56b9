"""Mastodon: the posting API of one server.

Rules and messages: docs.joinmastodon.org at 2903485d (2026-07-02), and Mastodon's `PostStatusService`,
`StatusLengthValidator` and rate limits as read in public code on 2026-11-24.
"""
