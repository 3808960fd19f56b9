"""Text that needs no Markdown parser: plain text with mentions."""

from publisher.model.post import Mention
from publisher.text.findings import Finding
from publisher.text.mentions import MENTION, Resolve, mention_name, unresolved
from publisher.text.prose import Prose


def verbatim(source: str, resolve: Resolve) -> Prose:
    """Plain text: as written, save for mentions; ``\\@[`` is a literal ``@[``."""
    source = source.lstrip("\n")
    if "@[" not in source:
        return Prose(source.rstrip())
    parts: list[str] = []
    mentions: list[Mention] = []
    findings: list[Finding] = []
    length = done = 0

    def put(text: str) -> None:
        nonlocal length
        parts.append(text)
        length += len(text)

    for match in MENTION.finditer(source):
        before = source[done : match.start()]
        done = match.end()
        # the backslash is the author's way to show the marks themselves
        if before.endswith("\\"):
            put(before[:-1] + match.group())
            continue
        put(before)
        name, urn = mention_name(match[1]), resolve(match[2])
        if before[-1:].isalnum():
            put(match.group())
            continue
        if urn is None:
            findings.append(unresolved(match[1], match[2]))
        else:
            mentions.append(Mention(length, length + len(name), urn))
        put(name)
    put(source[done:])
    return Prose("".join(parts).rstrip(), tuple(mentions), (), (), tuple(findings))
