"""The difference between a text as published and as it is now, for people."""


def text_diff(before: str | None, after: str) -> str | None:
    """Return a unified diff without file names; None if the published text isn't known or is the same."""
    if before is None or before == after:
        return None
    from difflib import unified_diff  # here, because it is slow to import

    lines = unified_diff(before.split("\n"), after.split("\n"), "published", "now", lineterm="", n=2)
    return "\n".join(list(lines)[2:])
