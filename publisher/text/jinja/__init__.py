"""Jinja for content from strangers: sandboxed, strict, and bounded in time, room and loops."""
