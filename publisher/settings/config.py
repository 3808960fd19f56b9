"""``publisher.yaml`` and the environment to one settings value; all problems at once."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from publisher.content.articles import url_problem
from publisher.content.conflicts import merge_conflict
from publisher.content.files import SourceFile, read_text
from publisher.content.formats import is_uri
from publisher.content.schemas import fast_check, subschema
from publisher.content.yamltree import Tree, parse_yaml
from publisher.errors import ConfigError, UsageError
from publisher.model.config import (
    Cards,
    Config,
    Defaults,
    FrontMatter,
    Late,
    Limits,
    LinkedIn,
    Links,
    MediaConfig,
    Slot,
    Source,
    TextConfig,
)
from publisher.model.diagnostic import Diagnostic, Position, Severity, few, sort_diagnostics
from publisher.model.document import FieldPath
from publisher.model.post import Visibility
from publisher.networks.linkedin.variables import API_URL_VARIABLE, OAUTH_URL_VARIABLE
from publisher.roots import leaves
from publisher.rules import LINTS, RULES
from publisher.settings.authors import author_problems, read_author
from publisher.settings.durations import parse_duration
from publisher.settings.zones import zone_remedy
from publisher.wording import closest, field_name, shorten

if TYPE_CHECKING:
    from publisher.content.violations import Violation

CONFIG_NAME = "publisher.yaml"
_MISNAMED = "publisher.yml"

_NEEDS: Mapping[object, str] = {"defaults": "authors", "slots": "timezone"}
"""The settings that another setting needs."""

_SECRET = re.compile(r"secret|password|^token$|access_token|refresh_token|client_id", re.IGNORECASE)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def load_config(root: Path, environ: Mapping[str, str]) -> Config:
    """Return the settings of the project at ``root``; defaults if it has no publisher.yaml.

    Raise `ConfigError` with every diagnostic.
    """
    tree = _read(root)
    violations = () if tree.diagnostics else _violations(tree.value)
    problems = [*tree.diagnostics, *_schema_problems(tree, violations)]
    if not tree.diagnostics:
        problems += _author_problems(tree, violations)
        problems += _meaning_problems(tree, violations)
    if problems:
        count = f"{len(problems)} error{'s' if len(problems) > 1 else ''}"
        raise ConfigError(
            f"{CONFIG_NAME} has {count}.", diagnostics=sort_diagnostics(few(problems, CONFIG_NAME))
        )
    return _with_environment(_build(tree.value), environ)


def _read(root: Path) -> Tree:
    path = root / CONFIG_NAME
    if not os.path.lexists(path):
        if (root / _MISNAMED).exists():
            raise ConfigError(
                f"The settings are in {_MISNAMED}, which is not read.", f"Rename it {CONFIG_NAME}."
            )
        return Tree({})
    if not path.is_file():
        raise ConfigError(f"{CONFIG_NAME} isn't a regular file.", "Replace the link with the file.")
    away = leaves(path, root)
    if away:
        raise ConfigError(
            f"{CONFIG_NAME} is a link that {away} the project.", "Replace the link with the file."
        )
    text = read_text(SourceFile(path, CONFIG_NAME))
    if isinstance(text, Diagnostic):
        return Tree({}) if text.code == "file-empty" else Tree({}, diagnostics=(text,))
    if conflict := merge_conflict(text, CONFIG_NAME):
        return Tree({}, diagnostics=(conflict,))
    trees = parse_yaml(text, CONFIG_NAME)
    if len(trees) > 1 and not trees[0].diagnostics:
        at = trees[1].positions.get((), Position())
        message = "The settings are one YAML document; a second one begins here."
        return Tree(
            {}, diagnostics=(Diagnostic("yaml-syntax", message, CONFIG_NAME, at, "Remove the --- line."),)
        )
    if not trees or (trees[0].value is None and not trees[0].diagnostics):
        return Tree({})  # only comments
    return trees[0]


def _violations(settings: Any) -> "Sequence[Violation]":
    if fast_check("config")(settings):
        return ()
    from publisher.content.violations import find_violations

    return find_violations(settings, "config")


def _schema_problems(tree: Tree, violations: "Sequence[Violation]") -> Iterator[Diagnostic]:
    for found in violations:
        places = tree.keys if found.about_name else tree.positions
        message, remedy, last = found.message, found.remedy, found.path[-1] if found.path else ""
        if found.code == "unknown-field" and _SECRET.search(str(last)):
            message = f"{shorten(last)}: don't put secrets in {CONFIG_NAME}."
            remedy = "Set the environment variable instead (see `token_env`), or use `publisher auth login`."
        elif last == "token_env":
            # what stands here by mistake may be the token itself
            message = f"{field_name(found.path)} must be the name of an environment variable, not its value."
            remedy = "Write it like ACME_TOKEN; if this was a token, revoke it."
        at = places.get(found.path) or tree.positions.get(found.path, Position())
        yield Diagnostic(found.code, message, CONFIG_NAME, at, remedy)


def _author_problems(tree: Tree, violations: "Sequence[Violation]") -> Iterator[Diagnostic]:
    """Yield what the schema cannot know of authors with which nothing else is wrong."""
    authors = _sound(tree.value, violations).get("authors", {})
    for code, message, remedy, path in author_problems(authors):
        yield Diagnostic(code, message, CONFIG_NAME, tree.positions.get(path, Position()), remedy)


def _meaning_problems(tree: Tree, violations: "Sequence[Violation]") -> Iterator[Diagnostic]:
    """Find what the schema can't know: zones that exist, aliases that are defined, folders inside the project.

    What violates the schema is left out, and so are conclusions from its absence.
    """
    wrong = {found.path[0] if found.path else "" for found in violations}
    for message, remedy, path in _meanings(_sound(tree.value, violations)):
        if _NEEDS.get(path[0]) in wrong:
            continue
        yield Diagnostic("wrong-value", message, CONFIG_NAME, tree.positions.get(path, Position()), remedy)


def _sound(settings: Any, violations: "Sequence[Violation]") -> Mapping[str, Any]:
    """Return the settings without those that violate the schema; of the authors, without the wrong ones."""
    sound = dict(settings) if isinstance(settings, dict) else {}
    for found in violations:
        top, *below = found.path or ("",)
        if top == "authors" and below and isinstance(sound.get("authors"), dict):
            sound["authors"] = {alias: one for alias, one in sound["authors"].items() if alias != below[0]}
        else:
            sound.pop(top, None)
    return sound


def _meanings(settings: Mapping[str, Any]) -> Iterator[tuple[str, str, FieldPath]]:
    for name in ("content", "templates"):
        folder = PurePosixPath(settings.get(name, name))
        if folder.is_absolute() or ".." in folder.parts or not folder.parts or "\0" in str(folder):
            remedy = "Write it relative to publisher.yaml."
            yield f"{name} must be a folder inside the project.", remedy, (name,)
    yield from _state_outside(str(settings.get("state", "")))
    for path, zone in _zones(settings):
        if not _zone_exists(zone):
            yield f"{shorten(zone)} isn't a known time zone.", zone_remedy(zone), path
    authors = settings.get("authors", {})
    yield from _default_authors(settings.get("defaults", {}).get("author"), authors)
    for alias, known_author in authors.items():
        avatar = PurePosixPath(known_author.get("avatar", "x"))
        if avatar.is_absolute() or ".." in avatar.parts or "\0" in str(avatar):
            remedy = "Write the image's path relative to publisher.yaml."
            yield f"The avatar of {alias} must be inside the project.", remedy, ("authors", alias, "avatar")
    for code in settings.get("lints", {}):
        if code not in LINTS:
            why = "; errors can't be switched off" if code in RULES else ""
            remedy = closest(code, list(LINTS)) or "See docs/diagnostics.md."
            yield f"{shorten(code)} isn't a lint{why}.", remedy, ("lints", code)
    yield from _foreign_fields(settings.get("front_matter", {}))
    yield from _link_problems(settings)
    yield from _sources(settings.get("sources", {}), authors)
    if any("timezone" not in slot for slot in settings.get("slots", ())) and "timezone" not in settings:
        yield "Slots without `timezone` need the project's `timezone`.", "Set `timezone`.", ("slots",)
    if re.match(r"\w+://[^/@]*:[^/@]+@", settings.get("state", "")):
        remedy = "Leave it out of the URL, and set PGPASSWORD or use ~/.pgpass."
        yield f"state: don't put a password in {CONFIG_NAME}.", remedy, ("state",)


def _default_authors(
    written: str | list[str] | None, authors: Mapping[str, Any]
) -> Iterator[tuple[str, str, FieldPath]]:
    for index, author in enumerate([written] if isinstance(written, str) else written or ()):
        if not author.startswith("urn:") and author not in authors:
            remedy = closest(author, list(authors)) or "Add it under `authors`."
            known = ", ".join(authors) or "none"
            path = ("defaults", "author", index) if isinstance(written, list) else ("defaults", "author")
            yield f"{shorten(author)} isn't an author; defined: {known}.", remedy, path


def _link_problems(settings: Mapping[str, Any]) -> Iterator[tuple[str, str, FieldPath]]:
    utm = settings.get("links", {}).get("utm", {})
    for name, value in utm.items():
        if set("{}") & set(value.replace("{network}", "").replace("{key}", "")):
            message = f"links.utm.{name} has a placeholder that is neither {{network}} nor {{key}}."
            yield message, "Remove it.", ("links", "utm", name)
    if utm and not settings["links"].get("domains") and not settings.get("sources"):
        remedy = "Add `domains: [acme.dev]` to `links`."
        yield "links.utm needs the project's own domains.", remedy, ("links",)


def _sources(sources: Mapping[str, Any], authors: Mapping[str, Any]) -> Iterator[tuple[str, str, FieldPath]]:
    for name, source in sources.items():
        at: FieldPath = ("sources", name)
        path = source["path"].replace("\\", "/")
        hidden = any(part.startswith(".") and part not in ("..", ".") for part in path.split("/"))
        if PurePosixPath(path).is_absolute() or hidden or "\0" in path:
            remedy = "Write it relative to publisher.yaml, such as ../site/content/posts."
            yield (
                f"sources.{name}.path must be a folder of this git repository, and not hidden.",
                remedy,
                (*at, "path"),
            )
        problem = url_problem(source["url"])
        if problem:
            yield (
                f"sources.{name}.url: {problem}.",
                'Write it like "https://acme.dev/blog/{slug}/".',
                (*at, "url"),
            )
        written = source.get("author", [])
        for author in written if isinstance(written, list) else [written]:
            if author not in authors and not author.startswith("urn:"):
                remedy = closest(author, list(authors)) or "Add it under `authors`."
                yield f"{shorten(author)} is not an author.", remedy, (*at, "author")


def _foreign_fields(settings: Mapping[str, Any]) -> Iterator[tuple[str, str, FieldPath]]:
    own = sorted(subschema("post")["properties"])
    mapped = settings.get("map", {})
    for index, name in enumerate(settings.get("ignore", ())):
        if name in own and name not in mapped:
            message = f"front_matter.ignore: {name!r} is a field of posts and can't be ignored."
            remedy = (
                f"Take it out of the list; if it means something else in these files, map it to an ignored name: "
                f"{{ignore: [site_{name}], map: {{{name}: site_{name}}}}}."
            )
            yield message, remedy, ("front_matter", "ignore", index)
    for name, target in mapped.items():
        if target not in own and target not in settings.get("ignore", ()):
            remedy = closest(target, own) or f"Known fields: {', '.join(own)}."
            yield (
                f"front_matter.map: {shorten(target)} isn't a field of posts.",
                remedy,
                ("front_matter", "map", name),
            )


def _state_outside(state: str) -> Iterator[tuple[str, str, FieldPath]]:
    if state and not re.match(r"[\w+]+:", state) and not _is_inside(state):
        message = "state must be a file inside the project, in no hidden folder."
        yield message, "Write it like publisher.state.json.", ("state",)


def _is_inside(path: str) -> bool:
    """Return whether a path relative to the project stays inside, in no folder whose name begins with a dot."""
    parts = PurePosixPath(path.replace("\\", "/")).parts
    return (
        bool(parts)
        and not path.startswith("/")
        and not any(part.startswith(".") or "\0" in part for part in parts)
    )


def _zones(settings: Mapping[str, Any]) -> list[tuple[FieldPath, str]]:
    zones: list[tuple[FieldPath, str]] = []
    if "timezone" in settings:
        zones.append((("timezone",), settings["timezone"]))
    for index, slot in enumerate(settings.get("slots", ())):
        if "timezone" in slot:
            zones.append((("slots", index, "timezone"), slot["timezone"]))
    return zones


def _zone_exists(name: str) -> bool:
    from zoneinfo import ZoneInfo  # here, because most projects never need it

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _build(settings: Mapping[str, Any]) -> Config:
    folders: dict[str, Any] = {
        name: PurePosixPath(settings[name]).as_posix()
        for name in ("content", "templates")
        if name in settings
    }
    plain = ("state", "project", "api", "timezone", "vars", "on_change")
    mentions = {
        alias: {"linkedin": names} if isinstance(names, str) else names
        for alias, names in settings.get("mentions", {}).items()
    }
    lints = {
        code: severity if severity == "off" else Severity(severity)
        for code, severity in settings.get("lints", {}).items()
    }
    return Config(
        **folders,
        **{name: settings[name] for name in plain if name in settings},
        authors={alias: read_author(alias, author) for alias, author in settings.get("authors", {}).items()},
        mentions=mentions,
        defaults=_defaults(settings.get("defaults", {})),
        text=TextConfig(**settings.get("text", {})),
        front_matter=_front_matter(settings.get("front_matter", {})),
        limits=_limits(settings.get("limits", {})),
        late=_late(settings.get("late", {})),
        slots=tuple(_slot(slot, settings.get("timezone", "UTC")) for slot in settings.get("slots", ())),
        lints=lints,
        cards=Cards(**settings.get("cards", {})),
        links=_links(settings.get("links", {})),
        media=MediaConfig(**settings.get("media", {})),
        sources={name: Source(name, **source) for name, source in settings.get("sources", {}).items()},
        linkedin=LinkedIn(**settings.get("linkedin", {})),
    )


def _defaults(settings: Mapping[str, Any]) -> Defaults:
    author = settings.get("author", ())
    return Defaults(
        (author,) if isinstance(author, str) else tuple(author),
        Visibility(settings.get("visibility", "public").upper()),
        tuple(settings.get("hashtags", ())),
    )


def _front_matter(settings: Mapping[str, Any]) -> FrontMatter:
    return FrontMatter(
        tuple(settings.get("ignore", ())), settings.get("map", {}), settings.get("toml", False)
    )


def _links(settings: Mapping[str, Any]) -> Links:
    return Links(settings.get("utm", {}), tuple(settings.get("domains", ())))


def _limits(settings: Mapping[str, Any]) -> Limits:
    spacing = parse_duration(settings["spacing"]) if "spacing" in settings else timedelta(0)
    return Limits(**{**settings, "spacing": spacing})


def _late(settings: Mapping[str, Any]) -> Late:
    return Late(parse_duration(settings.get("grace", "24h")), settings.get("policy", "hold"))


def _slot(settings: Mapping[str, Any], zone: str) -> Slot:
    return Slot(_WEEKDAYS.index(settings["weekday"]), settings["time"], settings.get("timezone", zone))


def _with_environment(config: Config, environ: Mapping[str, str]) -> Config:
    linkedin = config.linkedin
    for variable, field in ((API_URL_VARIABLE, "api_url"), (OAUTH_URL_VARIABLE, "oauth_url")):
        url = environ.get(variable)
        if url:
            if not is_uri(url):
                raise UsageError(f"{variable} isn't a full URL.", "Write it like http://127.0.0.1:8080.")
            linkedin = replace(linkedin, **{field: url})
    stripped = replace(
        linkedin, api_url=linkedin.api_url.rstrip("/"), oauth_url=linkedin.oauth_url.rstrip("/")
    )
    return replace(config, linkedin=stripped)
