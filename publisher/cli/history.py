"""``publisher history``: who did what to which key, when, and what came of it."""

import json
import os
from typing import Any

import click

from publisher.cli.console import print_json
from publisher.cli.main import Options
from publisher.cli.project import format_option
from publisher.content.times import TimeProblem, parse_publish_at
from publisher.errors import UsageError
from publisher.settings.config import load_config
from publisher.state import open_store
from publisher.state.history import Audited, Record, Wanted, records_of
from publisher.state.records import format_time


@click.command()
@click.option("--key", metavar="K", help="Only this key.")
@click.option("--since", metavar="DATE", help="Only from this date or date-time on.")
@click.option("--action", metavar="A", help="Only this action, such as published, refused or unknown.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the newest N.")
@format_option("text", "json", "jsonl")
@click.pass_obj
def command(
    options: Options,
    key: str | None,
    since: str | None,
    action: str | None,
    limit: int | None,
    output_format: str,
) -> None:
    """Show the audit log, oldest first.

    A database records every action, its actor and LinkedIn's answer. A state file or branch records when
    posts were published and which `state` commands were run; git's log has the rest.

    \b
    publisher history --key 2026-11-hello
    publisher history --since 2026-11-01 --action refused
    publisher history --format jsonl > audit.jsonl
    """
    config = load_config(options.root, os.environ)
    store = open_store(config.state, options.root, project=config.project)
    wanted = Wanted(key, _time(since, config.timezone) if since else None, action, limit)
    found = store.audit(wanted) if isinstance(store, Audited) else records_of(store.read(), wanted)
    if output_format == "json":
        print_json({"format_version": 1, "history": [_to_json(record) for record in found]})
        return
    for record in found:
        if output_format == "jsonl":
            click.echo(json.dumps(_to_json(record), ensure_ascii=False))
        else:
            click.echo(_line(record))


def _to_json(record: Record) -> dict[str, Any]:
    facts = {
        "at": format_time(record.at),
        "who": record.who,
        "role": record.role,
        "action": record.action,
        "key": record.key,
        "digest": record.digest,
        "urn": record.urn,
        "answer": record.answer,
        "detail": record.detail,
    }
    return {name: value for name, value in facts.items() if value}


def _line(record: Record) -> str:
    rest = (record.urn, record.answer, record.detail, record.who and f"by {record.who}")
    return "  ".join(
        (f"{format_time(record.at):<24}", f"{record.action:<9}", record.key, *(item for item in rest if item))
    )


def _time(text: str, timezone: str | None) -> Any:
    at = parse_publish_at(text if "T" in text else f"{text}T00:00", timezone or "UTC")
    if isinstance(at, TimeProblem):
        raise UsageError(at.message, at.remedy)
    return at
