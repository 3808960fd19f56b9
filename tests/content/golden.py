"""Golden folders of broken projects: what is said about each stands in its ``expected.json``."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from publisher.errors import ConfigError
from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic
from publisher.model.post import Author
from publisher.project import load

ROOT = Path(__file__).parents[1] / "golden" / "diagnostics"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))


def cases() -> list[Path]:
    return sorted(path for path in ROOT.iterdir() if path.is_dir())


def problems(case: Path) -> tuple[Diagnostic, ...]:
    """Everything that is said about a project. Without a publisher.yaml it has one author."""

    def adapt(config: Config) -> Config:
        if (case / "publisher.yaml").exists():
            return config
        return Config(authors={"me": Author("urn:li:person:AbC_123", "me")})

    try:
        return load(case, {}, NOW, adapt=adapt).diagnostics
    except ConfigError as error:
        return error.diagnostics


def as_json(diagnostics: tuple[Diagnostic, ...]) -> list[dict[str, Any]]:
    """Errors and warnings as they are kept; infos are advice about good posts, which these are not."""
    return [
        {
            "code": found.code,
            "severity": found.severity.value,
            "path": found.path,
            "line": found.position.line,
            "column": found.position.column,
            "message": found.message,
            "remedy": found.remedy,
        }
        for found in diagnostics
        if found.severity != "info"
    ]


def compare(case: Path, found: tuple[Diagnostic, ...]) -> None:
    """Compare what is said with ``expected.json``; with UPDATE_GOLDEN set, write that instead."""
    actual = as_json(found)
    path = case / "expected.json"
    if UPDATE:
        path.write_text(json.dumps(actual, indent=2, ensure_ascii=False) + "\n", "utf-8")
    assert actual == json.loads(path.read_text("utf-8")), f"{path} differs; UPDATE_GOLDEN=1 writes it anew"
