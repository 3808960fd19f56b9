"""little text, read as LinkedIn reads it: up to the first reserved character that is not escaped."""

import re

RESERVED = r"|{}@[]()<>#\*_~"
_CLASS = re.escape(RESERVED)
_PLAIN = re.compile(rf"[^{_CLASS}]+|\\[{_CLASS}]")
_MENTION = re.compile(
    rf"@(?:\[((?:[^{_CLASS}]|\\[{_CLASS}])*)\])?\((urn:li:(?:person|organization):[A-Za-z0-9_-]+)\)"
)
_TEMPLATE = re.compile(rf"\{{hashtag\|(?:\\?#|＃)\|((?:[^{_CLASS}]|\\[{_CLASS}])+)\}}")
_HASHTAG = re.compile(r"#(\w+)")


def unescaped(text: str) -> str:
    """Without the backslashes."""
    return re.sub(rf"\\([{_CLASS}])", r"\1", text)


def read(text: str) -> tuple[str, list[tuple[str, str]], bool]:
    """What readers see, the marks in it as (kind, value), and whether all of the text was valid."""
    seen, marks, at = "", [], 0
    while at < len(text):
        if found := _TEMPLATE.match(text, at) or _HASHTAG.match(text, at):
            tag = unescaped(found[1])
            seen, at = f"{seen}#{tag}", found.end()
            marks.append(("hashtag", tag))
        elif found := _MENTION.match(text, at):
            seen, at = seen + unescaped(found[1] or ""), found.end()
            marks.append(("mention", found[2]))
        elif found := _PLAIN.match(text, at):
            seen, at = seen + unescaped(found[0]), found.end()
        else:
            return seen, marks, False
    return seen, marks, True
