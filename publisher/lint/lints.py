"""Lints: advice about a post, each with a code that ``lints:`` in the configuration can turn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from publisher.lint.content import lint_content
from publisher.lint.similar import Sketch, lint_similar
from publisher.lint.text import lint_text
from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic, Severity
from publisher.model.document import Document
from publisher.model.post import Post
from publisher.model.state import State


def lint_post(post: Post, document: Document, config: Config, now: datetime) -> tuple[Diagnostic, ...]:
    """Advice about one post. ``now`` is aware; drafts are judged like all others."""
    return switched([*lint_text(post, document, config), *lint_content(post, document, config, now)], config)


def lint_posts(
    posts: Sequence[Post],
    published: State,
    config: Config,
    sketches: Mapping[str, Sketch] = MappingProxyType({}),
    now: datetime | None = None,
) -> tuple[Diagnostic, ...]:
    """Advice that needs the other posts, and the texts that were published.

    ``sketches`` holds what `publisher.lint.similar.sketch_of` gave for posts already, by key; ``now`` narrows
    it to posts that are due then.
    """
    if config.lints.get("near-duplicate") == "off":
        return ()
    return switched(lint_similar(posts, published, sketches, now), config)


def switched(diagnostics: Iterable[Diagnostic], config: Config) -> tuple[Diagnostic, ...]:
    """The diagnostics with the severities the configuration gives them; those it turns off left out."""
    # the usual case, and every post comes through here
    if not config.lints:
        return tuple(diagnostics)
    kept = []
    for diagnostic in diagnostics:
        wanted = config.lints.get(diagnostic.code, diagnostic.severity)
        if wanted != "off":
            kept.append(replace(diagnostic, severity=Severity(wanted)))
    return tuple(kept)
