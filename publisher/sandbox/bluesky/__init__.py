"""Bluesky: the posting API of a PDS (XRPC), as measured on `@atproto/pds` 0.4.217 on 2026-11-24.

The tests in ``tests/sandbox/bluesky`` run the same requests against this emulator and against that server.
"""
