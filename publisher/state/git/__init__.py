"""The state on a branch of its own, in the repository that holds the content; see docs/state.md."""
