"""XRPC: how calls are written and what their errors mean."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from publisher.errors import ApiError
from publisher.networks.messages import Answer, Request
from publisher.networks.wire import body, refused

EXPIRED = "ExpiredToken"


def xrpc(
    host: str, method: str, document: Mapping[str, Any] | None = None, *, token: str | None = None
) -> Request:
    """Return a procedure call."""
    if document is None:
        return Request("POST", f"{host}/xrpc/{method}", {}, body(b""), token)
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return Request(
        "POST", f"{host}/xrpc/{method}", {"Content-Type": "application/json"}, body(content), token
    )


def query(host: str, method: str, token: str | None = None, **parameters: str) -> Request:
    """Return a query."""
    return Request("GET", f"{host}/xrpc/{method}?{urlencode(parameters)}", {}, None, token)


def error_name(answer: Answer) -> str:
    """Return an error's name, such as ``InvalidSwap``."""
    return str(answer.document.get("error", ""))


def failure(answer: Answer, now: datetime) -> ApiError:
    """Return the error of a refusal. A 429 states an epoch second in ``RateLimit-Reset``."""
    reset = answer.headers.get("ratelimit-reset", "")
    # The shortest window of Bluesky's limits has five minutes (docs.bsky.app, rate limits, read 2026-07).
    retry_at = now + timedelta(minutes=5)
    # Twelve digits are beyond every date that Python can express.
    if reset.isascii() and reset.isdigit() and len(reset) < 12:
        retry_at = datetime.fromtimestamp(int(reset), UTC)
    name = error_name(answer)
    message = f"Bluesky: {name} {answer.document.get('message', '')}".strip()
    return refused(answer, message, name, retry_at)
