"""Log as lines for people or as JSON objects for programs, with one line for each post."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from publisher.errors import PublisherError
from publisher.publishing.receipts import Outcome, Receipt
from publisher.reports.visible import one_line
from publisher.worker.retry import Again, NotDone

LOG = logging.getLogger("publisher.worker")


class JsonLines(logging.Formatter):
    """One JSON object for each record: time, level, logger, message, and the record's ``facts``."""

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter.format`."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "time": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class TextLines(logging.Formatter):
    """One line for each record; what a network says can't begin another one, nor command a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter.format`."""
        said = one_line(record.getMessage())
        line = f"{self.formatTime(record)} {record.levelname} {said}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def start_logging(form: str, *, quiet: bool) -> None:
    """Write to stderr in that form, ``text`` or ``json``."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    LOG.setLevel(logging.WARNING if quiet else logging.INFO)
    logging.getLogger("procrastinate.worker").addFilter(_expected)


def log_receipt(project: str, receipt: Receipt) -> None:
    """Say what came of one change of a post."""
    good = receipt.outcome in (Outcome.DONE, Outcome.ADOPTED)
    words = f"{receipt.key}: {receipt.outcome}"
    if good:
        words = f"{receipt.key}: {receipt.action} done: {receipt.permalink or receipt.urn or ''}".rstrip(": ")
    elif receipt.message:
        words = f"{words}: {receipt.message} {receipt.remedy}".rstrip()
    facts: dict[str, Any] = {
        "event": "post",
        "project": project,
        "key": receipt.key,
        "author": receipt.author,
        "action": receipt.action.value,
        "outcome": receipt.outcome.value,
    }
    more = {
        "urn": receipt.urn,
        "permalink": receipt.permalink,
        "status": receipt.status,
        "code": receipt.code,
        "request_id": receipt.request_id,
        "retry_at": receipt.retry_at.isoformat() if receipt.retry_at else None,
    }
    facts |= {name: value for name, value in more.items() if value}
    level = logging.INFO if good or receipt.outcome is Outcome.TAKEN else logging.WARNING
    LOG.log(level, "%s", words, extra={"facts": facts})


def _expected(record: logging.LogRecord) -> bool:
    """Remove the traceback of expected errors, and leave out what the post's own line has said."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, NotDone | Again):
        return False
    if isinstance(error, PublisherError):
        record.exc_info = None
        record.msg = f"{record.msg}: {error}"
    return True
