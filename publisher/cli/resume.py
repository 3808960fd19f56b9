"""``publisher resume``."""

from publisher.cli.pause import resume as command

__all__ = ["command"]
