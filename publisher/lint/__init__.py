"""Lints: advice about posts."""
