"""The documentation as a site: what builds it."""
