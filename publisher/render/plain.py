"""Text that needs no Markdown parser: verbatim text, and Markdown that is plain paragraphs."""

import re

from publisher.model.post import Mention
from publisher.render.findings import Finding
from publisher.render.markdown import Prose
from publisher.render.mentions import MENTION, Resolve, mention_name, unresolved
from publisher.render.writer import Span

# Whatever could begin a construct of CommonMark or of our extensions, and white space with a meaning
# of its own. Too much caution here costs time, too little would publish markup: a property test holds it.
_MARKUP = re.compile(
    r"""[\\`*_\[\]<>|~&\x00]
    | [^\S\n ]                      # tabs, no-break spaces and the like
    | ^[ ]                          # indented
    | [ ]{2}$ | [ ]{2}\n            # hard breaks
    | ^[-+=:]                       # lists, rules, underlines, table rows
    | ^\#{1,6}(?:[ ]|$)             # headings
    | ^[0-9]{1,9}[.)](?:[ ]|$)      # numbered lists
    """,
    re.MULTILINE | re.VERBOSE,
)
_IDEOGRAPHS = re.compile("[\u2e80-\U0003ffff]\n")
_BLANKS = re.compile(r"\n(?: *\n)+")


def plain_paragraphs(source: str) -> str | None:
    """The text of a Markdown body that is nothing but paragraphs, None where only the parser can tell."""
    if _MARKUP.search(source) or (not source.isascii() and _IDEOGRAPHS.search(source)):
        return None
    paragraphs = _BLANKS.split(source.strip("\n"))
    return "\n\n".join([re.sub(r" ?\n", " ", paragraph).rstrip() for paragraph in paragraphs])


def verbatim(source: str, resolve: Resolve) -> Prose:
    """Plain text: as written, save for mentions; ``\\@[`` is a literal ``@[``."""
    if "@[" not in source:
        return Prose(source.rstrip())
    parts: list[str] = []
    mentions: list[Mention] = []
    literals: list[Span] = []
    findings: list[Finding] = []
    length = done = 0

    def put(text: str) -> None:
        nonlocal length
        parts.append(text)
        length += len(text)

    for match in MENTION.finditer(source):
        before = source[done : match.start()]
        done = match.end()
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
    return Prose("".join(parts).rstrip(), tuple(mentions), tuple(literals), (), tuple(findings))
