"""Lints: advice about a post, each with a code that ``lints:`` in the configuration can turn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from publisher.lint.content import lint_content
from publisher.lint.markup import lint_markup
from publisher.lint.similar import Sketch, lint_similar
from publisher.lint.text import lint_text
from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic, Severity
from publisher.model.post import Post
from publisher.model.state import State
from publisher.render.post import Rendered
from publisher.rules import LINTS


def lint_post(rendered: Rendered, config: Config, now: datetime) -> tuple[Diagnostic, ...]:
    """Return the diagnostics of one rendered copy and advice about it, as the configuration switches them.

    ``now`` is aware. Drafts and invalid posts are judged like all others.
    """
    sketched, document = rendered.sketched, rendered.document
    advice = [
        *lint_text(sketched, document, config),
        *lint_markup(sketched, document),
        *lint_content(sketched, document, config, now),
    ]
    return switched([*rendered.diagnostics, *advice], config)


def lint_posts(
    posts: Sequence[Post],
    published: State,
    config: Config,
    sketches: Mapping[str, Sketch] = MappingProxyType({}),
    now: datetime | None = None,
) -> tuple[Diagnostic, ...]:
    """Return advice that needs the other posts, and the texts that were published.

    ``sketches`` holds what `publisher.lint.similar.sketch_of` gave already, by text digest; ``now`` narrows
    it to posts that are due then.
    """
    if config.lints.get("near-duplicate") == "off":
        return ()
    return switched(lint_similar(posts, published, sketches, now), config)


def switched(diagnostics: Iterable[Diagnostic], config: Config) -> tuple[Diagnostic, ...]:
    """Return the diagnostics with the severities the configuration gives them.

    Diagnostics that the configuration turns off are left out.
    """
    kept = []
    for diagnostic in diagnostics:
        rule = LINTS.get(diagnostic.code)
        # Errors are not lints: settings can't turn them off.
        if rule is None:
            kept.append(diagnostic)
            continue
        wanted = config.lints.get(diagnostic.code, "off" if rule.opt_in else diagnostic.severity)
        if wanted != "off":
            kept.append(replace(diagnostic, severity=Severity(wanted)))
    return tuple(kept)
