"""Render a document's template. A failure gives the file and line of its cause."""

import re
from collections.abc import Mapping
from functools import lru_cache

from jinja2 import Template, TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError

from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic, Position
from publisher.model.document import Document
from publisher.text.findings import diagnose, did_you_mean
from publisher.text.jinja.sandbox import BODY, BoundedEnvironment, compile_body, write
from publisher.text.jinja.work_budget import LimitExceeded, metered, tree_size

_MARKER = re.compile(r"\{[{%#]")
_NAME = re.compile(r"'(\w+)' is undefined|has no attribute '(\w+)'")
_ATTEMPTS = 10
"""How often a template is rendered to find every name that it misses."""

_SUFFIXES = ("", ".j2", ".md.j2")


# A project has one set of templates; few remain so that a long `watch` does not keep each edited version.
@lru_cache(maxsize=4)
def _environment(templates: tuple[tuple[str, str], ...]) -> BoundedEnvironment:
    return BoundedEnvironment(dict(templates))


def render_template(
    document: Document, config: Config, templates: Mapping[str, str], *, body: bool, layout: str | None
) -> tuple[str | None, list[Diagnostic]]:
    """Return the body, rendered if ``body``, inside its layout if it has one; None if it fails.

    A name that is missing stands for itself, so that the other problems of the text are reported, too.
    """
    names, problems = template_names(document, config), list[Diagnostic]()
    for _ in range(_ATTEMPTS):
        try:
            with metered():
                return _rendered(document, names, templates, body=body, layout=layout), problems
        except Exception as error:
            problem = _diagnostic(error, document, config, names)
            stand_in = _with_stand_in(names, error)
            if problem in problems or stand_in is None:
                return None, list(dict.fromkeys([*problems, problem]))
            problems.append(problem)
            names = stand_in
    return None, problems


def _rendered(
    document: Document,
    names: Mapping[str, object],
    templates: Mapping[str, str],
    *,
    body: bool,
    layout: str | None,
) -> str:
    tree_size(names)  # aliases in YAML can make a small file a huge value
    environment = _environment(tuple(templates.items()))
    text = document.body
    if body:
        text = write(compile_body(environment, text), names)
    if layout is not None:
        text = write(_layout(environment, layout, templates), {**names, "content": text})
    return text


def _with_stand_in(names: Mapping[str, object], error: Exception) -> dict[str, object] | None:
    """Return the names with the one that ``error`` misses, so that what else is wrong is found at once; else
    None.
    """
    found = _NAME.search(str(error)) if isinstance(error, UndefinedError) else None
    if found is None:
        return None
    missing = found[1] or found[2]
    if found[1]:
        return {**names, missing: missing}
    own = {name: value for name, value in names.items() if name in ("vars", "post", "config")}
    return {**names, **{name: {missing: missing, **value} for name, value in own.items()}}  # type: ignore[dict-item]


def template_names(document: Document, config: Config) -> dict[str, object]:
    """Return what templates see: variables by name, and ``vars``, ``post`` and ``config`` as mappings.

    The values are plain, and none is secret: no token, and no location of the state.
    """
    variables = {**config.vars, **document.metadata.get("vars", {})}
    # chosen by hand: a new setting must not reach strangers' templates by itself
    public = {
        "api": config.api,
        "timezone": config.timezone,
        "authors": {alias: author.urn for alias, author in config.authors.items()},
        "defaults": {
            "author": _one_or_all(config.defaults.author),
            "visibility": config.defaults.visibility.value,
            "hashtags": list(config.defaults.hashtags),
        },
        "mentions": {
            alias: names["linkedin"] if names.keys() == {"linkedin"} else dict(names)
            for alias, names in config.mentions.items()
        },
        "vars": dict(config.vars),
    }
    post = {**document.metadata, "key": document.key, "path": document.path}
    return {**variables, "vars": variables, "post": post, "config": public}


def _one_or_all(authors: tuple[str, ...]) -> str | list[str] | None:
    """Return what the settings say: nothing, one author, or a list."""
    return list(authors) if len(authors) > 1 else next(iter(authors), None)


def _layout(environment: BoundedEnvironment, name: str, templates: Mapping[str, str]) -> Template:
    for suffix in _SUFFIXES:
        if name + suffix in templates:
            return environment.get_template(name + suffix)
    raise TemplateNotFound(name)


def _diagnostic(
    error: Exception, document: Document, config: Config, names: Mapping[str, object]
) -> Diagnostic:
    code, message, remedy = _explain(error, names, config)
    in_body, template, line = _origin(error)
    if template is not None:
        # the fault is in a layout or a macro: name its file, for there it is repaired
        message = f"{message} (in {config.templates}/{template}, line {line})"
    if in_body is not None:
        at = _place(document, in_body, message)
    else:
        at = document.body_start if template is None else document.position("layout")
    return diagnose(document, code, message, remedy, at=at)


def _explain(error: Exception, names: Mapping[str, object], config: Config) -> tuple[str, str, str]:
    match error:
        case TemplateSyntaxError():
            return (
                "template-syntax",
                f"the template can't be parsed: {error.message}",
                "fix the template; to publish the characters as they are, write jinja: false or {% raw %}…{% endraw %}",
            )
        case TemplateNotFound():
            return (
                "template-missing",
                f"template not found: {error.name!r}",
                f"templates are files under {config.templates}/; nothing else can be included",
            )
        case SecurityError():
            return (
                "template-unsafe",
                f"the sandbox doesn't allow this: {error}",
                "use plain values and the filters",
            )
        case UndefinedError():
            return (
                "template-undefined",
                f"{error.message}{_suggest(str(error.message), names)}",
                "define it under vars: in the post or in publisher.yaml, or give it a | default(…)",
            )
        case LimitExceeded() | RecursionError() | MemoryError() | OverflowError():
            reason = (
                str(error) if isinstance(error, LimitExceeded) else "it is nested too deeply or too large"
            )
            return (
                "template-limit",
                f"the template does too much work: {reason}",
                "a post has 3,000 characters at most: make the loop, the list or the text shorter",
            )
        case _:
            return (
                "template-failed",
                f"the template fails: {error or type(error).__name__}",
                "fix the template",
            )


def _suggest(message: str, names: Mapping[str, object]) -> str:
    match = _NAME.search(message)
    return did_you_mean(match[1] or match[2], names) if match else ""


def _origin(error: Exception) -> tuple[int | None, str | None, int]:
    """Return the body's line that failed or called the failing template; that template's name; its line."""
    in_body, name, line = None, None, 1
    traceback = error.__traceback__
    while traceback is not None:
        # compiled templates carry themselves in their globals, and know the source line of each of theirs
        template = traceback.tb_frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template):
            name, line = template.name, template.get_corresponding_lineno(traceback.tb_lineno)
            in_body = line if name is None else in_body
        traceback = traceback.tb_next
    if isinstance(error, TemplateSyntaxError):
        name, line = None if error.name == BODY else error.name, error.lineno
        in_body = line if name is None else in_body
    return in_body, name, line


def _place(document: Document, line: int, message: str) -> Position:
    """Return where in the file a line of the body is: at the name the message is about, else at its first
    marker.
    """
    lines = document.body.split("\n")
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    match = _NAME.search(message)
    # the word in question, where the message has one, is a better place than the line's first tag
    named = re.search(rf"\b{re.escape(match[1] or match[2])}\b", text) if match else None
    found = named or _MARKER.search(text)
    column = (found.start() if found else 0) + (document.body_start.column if line == 1 else 1)
    return Position(document.body_start.line + line - 1, column)
