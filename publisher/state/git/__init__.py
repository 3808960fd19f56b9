"""The state on a branch of its own, in the repository that holds the content; see docs/state.md."""

from publisher.state.git.store import GitStore

__all__ = ["GitStore"]
