"""A document's text: template, then Markdown or verbatim text with mentions, then hashtags."""

from collections.abc import Sequence
from typing import NamedTuple

from publisher.model.config import Config, TextConfig
from publisher.model.diagnostic import Diagnostic
from publisher.model.document import Document
from publisher.model.post import Hashtag, Text
from publisher.text.findings import Finding, body_position, diagnose, place
from publisher.text.hashtags import find_hashtags, is_tag, missing_tags
from publisher.text.mentions import Resolve, resolver
from publisher.text.plain import verbatim
from publisher.text.prose import Image, Prose
from publisher.text.simple import simple_text


class RenderedText(NamedTuple):
    """A document's text, the images that stood alone in it, and what is wrong with it."""

    text: Text
    images: tuple[Image, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def render_prose(source: str, markdown: bool, config: TextConfig, resolve: Resolve) -> Prose:
    """The text of a body; simple Markdown takes a short way to the same result."""
    if not markdown:
        return verbatim(source, resolve)
    simple = simple_text(source, config)
    if simple is not None:
        return Prose(simple)
    # imported here: a project of simple posts never pays for the parser
    from publisher.text.markdown import render_markdown

    return render_markdown(source, config, resolve)


def render_text(document: Document, source: str, config: Config) -> RenderedText:
    """The text of a document whose body, its template rendered, is ``source``."""
    prose = render_prose(source, document.format == "markdown", config.text, resolver(config.mentions))
    diagnostics = [place(document, finding) for finding in prose.findings]
    wanted, refused = _wanted_tags(document, config)
    text = append_hashtags(prose, wanted)
    return RenderedText(text, prose.images, (*diagnostics, *refused))


def render_comment(source: str, config: Config) -> tuple[Text, tuple[Finding, ...]]:
    """A first comment: verbatim text with mentions, and the findings of those that name nobody."""
    prose = verbatim(source, resolver(config.mentions))
    return append_hashtags(prose, ()), prose.findings


def append_hashtags(prose: Prose, wanted: Sequence[str]) -> Text:
    """The prose as a `Text`, the wanted hashtags it lacks as its last line."""
    # a name with a # in it is still a name
    names = [(mention.start, mention.end) for mention in prose.mentions]
    found = find_hashtags(prose.plain, [*prose.literals, *names])
    missing = missing_tags(wanted, found)
    if not missing:
        return Text(prose.plain, prose.mentions, found)
    plain = f"{prose.plain}\n\n" if prose.plain else ""
    added: list[Hashtag] = []
    for tag in missing:
        if added:
            plain += " "
        added.append(Hashtag(len(plain), len(plain) + 1 + len(tag), tag))
        plain += f"#{tag}"
    return Text(plain, prose.mentions, (*found, *added))


def _wanted_tags(document: Document, config: Config) -> tuple[list[str], list[Diagnostic]]:
    """The tags of ``hashtags:``, and a diagnostic for each that can't be one."""
    own = document.metadata.get("hashtags")
    words: Sequence[str] = config.defaults.hashtags if own is None else [own] if isinstance(own, str) else own
    wanted, refused = [], []
    for index, word in enumerate(words):
        # people write them with and without the sign
        tag = str(word).strip().lstrip("#＃")
        if is_tag(tag):
            wanted.append(tag)
            continue
        joined = "".join(character for character in tag.title() if character.isalnum())
        remedy = f"write it as one word, such as {joined}" if joined else "write a word"
        refused.append(
            diagnose(
                document,
                "hashtag-invalid",
                f"{word!r} can't be a hashtag: one is letters, digits and underscores, with a letter",
                remedy,
                at=document.position("hashtags", index) if own is not None else body_position(document, 0),
            )
        )
    return wanted, refused
