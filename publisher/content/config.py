"""``publisher.yaml`` and the environment to one settings value; all problems at once."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from publisher.content.durations import parse_duration
from publisher.content.files import SourceFile, read_text
from publisher.content.formats import is_uri
from publisher.content.schemas import fast_check
from publisher.content.yamltree import Tree, parse_yaml
from publisher.errors import ConfigError, UsageError
from publisher.model.config import Config, Defaults, Late, Limits, LinkedIn, Slot, TextConfig
from publisher.model.diagnostic import Diagnostic, Position, Severity
from publisher.model.document import FieldPath
from publisher.model.post import Author, Visibility

CONFIG_NAME = "publisher.yaml"
API_URL_VARIABLE = "PUBLISHER_LINKEDIN_API_URL"
OAUTH_URL_VARIABLE = "PUBLISHER_LINKEDIN_OAUTH_URL"

_SECRET = re.compile(r"secret|password|^token$|access_token|refresh_token|client_id", re.IGNORECASE)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def load_config(root: Path, environ: Mapping[str, str]) -> Config:
    """The settings of the project at ``root``; defaults where it has no publisher.yaml.

    Raises `ConfigError` with every diagnostic.
    """
    tree = _read(root)
    problems = [*tree.diagnostics, *_schema_problems(tree)]
    if not problems:
        problems = _meaning_problems(tree)
    if problems:
        count = f"{len(problems)} error{'s' if len(problems) > 1 else ''}"
        raise ConfigError(f"{CONFIG_NAME} has {count}.", diagnostics=problems)
    return _with_environment(_build(tree.value), environ)


def _read(root: Path) -> Tree:
    path = root / CONFIG_NAME
    if not path.exists():
        return Tree({})
    text = read_text(SourceFile(path, CONFIG_NAME))
    if isinstance(text, Diagnostic):
        return Tree({}) if text.code == "file-empty" else Tree({}, diagnostics=(text,))
    trees = parse_yaml(text, CONFIG_NAME)
    if len(trees) > 1 and not trees[0].diagnostics:
        at = trees[1].positions.get((), Position())
        message = "The settings are one YAML document; here a second one begins."
        return Tree(
            {}, diagnostics=(Diagnostic("yaml-syntax", message, CONFIG_NAME, at, "Remove the --- line."),)
        )
    if not trees or (trees[0].value is None and not trees[0].diagnostics):
        return Tree({})  # only comments
    return trees[0]


def _schema_problems(tree: Tree) -> list[Diagnostic]:
    if tree.diagnostics or fast_check("config")(tree.value):
        return []
    from publisher.content.violations import find_violations

    problems = []
    for found in find_violations(tree.value, "config"):
        places = tree.keys if found.about_name else tree.positions
        message, remedy = found.message, found.remedy
        if found.code == "unknown-field" and _SECRET.search(str(found.path[-1])):
            message = f"{found.path[-1]!r}: secrets never belong into {CONFIG_NAME}."
            remedy = "Set the environment variable instead (see `token_env`), or use `publisher auth login`."
        at = places.get(found.path) or tree.positions.get(found.path, Position())
        problems.append(Diagnostic(found.code, message, CONFIG_NAME, at, remedy))
    return problems


def _meaning_problems(tree: Tree) -> list[Diagnostic]:
    """What the schema can't know: zones that exist, aliases that are defined, folders inside the project."""
    settings, problems = tree.value, []

    def problem(message: str, remedy: str, *path: str | int) -> None:
        at = tree.positions.get(path, Position())
        problems.append(Diagnostic("wrong-value", message, CONFIG_NAME, at, remedy))

    for name in ("content", "templates"):
        folder = PurePosixPath(settings.get(name, name))
        if folder.is_absolute() or ".." in folder.parts or not folder.parts:
            problem(
                f"{name} must be a folder inside the project.", "Write it relative to publisher.yaml.", name
            )
    for path, zone in _zones(settings):
        if not _zone_exists(zone):
            problem(f"{zone!r} is no known time zone.", "Use an IANA name, such as Europe/Berlin.", *path)
    author = settings.get("defaults", {}).get("author")
    if author is not None and not author.startswith("urn:") and author not in settings.get("authors", {}):
        known = ", ".join(settings.get("authors", {})) or "none"
        problem(
            f"{author!r} is no author; defined: {known}.", "Add it under `authors`.", "defaults", "author"
        )
    if any("timezone" not in slot for slot in settings.get("slots", ())) and "timezone" not in settings:
        problem("Slots without `timezone` need the project's `timezone`.", "Set `timezone`.", "slots")
    return problems


def _zones(settings: Mapping[str, Any]) -> list[tuple[FieldPath, str]]:
    zones: list[tuple[FieldPath, str]] = []
    if "timezone" in settings:
        zones.append((("timezone",), settings["timezone"]))
    for index, slot in enumerate(settings.get("slots", ())):
        if "timezone" in slot:
            zones.append((("slots", index, "timezone"), slot["timezone"]))
    return zones


def _zone_exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _build(settings: Mapping[str, Any]) -> Config:
    plain = ("content", "templates", "state", "project", "api", "timezone", "mentions", "vars", "on_change")
    authors = {
        alias: Author(author["urn"], alias, author.get("token_env", "LINKEDIN_ACCESS_TOKEN"))
        for alias, author in settings.get("authors", {}).items()
    }
    lints = {
        code: severity if severity == "off" else Severity(severity)
        for code, severity in settings.get("lints", {}).items()
    }
    return Config(
        **{name: settings[name] for name in plain if name in settings},
        authors=authors,
        defaults=_defaults(settings.get("defaults", {})),
        text=TextConfig(**settings.get("text", {})),
        limits=_limits(settings.get("limits", {})),
        late=_late(settings.get("late", {})),
        slots=tuple(_slot(slot, settings.get("timezone", "UTC")) for slot in settings.get("slots", ())),
        lints=lints,
        linkedin=LinkedIn(**settings.get("linkedin", {})),
    )


def _defaults(settings: Mapping[str, Any]) -> Defaults:
    return Defaults(
        settings.get("author"),
        Visibility(settings.get("visibility", "public").upper()),
        tuple(settings.get("hashtags", ())),
    )


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
                raise UsageError(f"{variable} is no URL.", "Write it like http://127.0.0.1:8080.")
            linkedin = replace(linkedin, **{field: url})
    stripped = replace(
        linkedin, api_url=linkedin.api_url.rstrip("/"), oauth_url=linkedin.oauth_url.rstrip("/")
    )
    return replace(config, linkedin=stripped)
