"""Answers that are not success, as errors of `publisher.errors`.

The string code counts first, then the message, then the number.
"""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from publisher.errors import (
    ApiError,
    Duplicate,
    Forbidden,
    RateLimited,
    Rejected,
    Unauthorized,
    Unavailable,
    VersionInactive,
)
from publisher.model.usage import next_utc_midnight
from publisher.networks.backoff import retry_after
from publisher.networks.linkedin.remedies import remedy
from publisher.networks.messages import Answer, Failure, Request
from publisher.networks.redaction import redact

# never a person's URN: those turn up in such messages, too
_POST_URN = re.compile(r"urn:li:(?:share|ugcPost|activity):\d+")
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
NO_ACCESS = re.compile(r"no virtual resource|resource \S+ does not exist", re.IGNORECASE)
"""How a 404 speaks of a path that leads nowhere: then nothing was done, and the post may be live."""

# A message fits in a few lines of a terminal.
_LONGEST = 500
# The numbers of a 401 (observed: RudderStack's fixtures and ten public logs, 2025).
_TOKEN_CODES = {
    401: "EMPTY_ACCESS_TOKEN",
    65600: "INVALID_ACCESS_TOKEN",
    65601: "REVOKED_ACCESS_TOKEN",
    65602: "EXPIRED_ACCESS_TOKEN",
}
_TOKEN_WORDS = (
    (re.compile(r"expired", re.IGNORECASE), "EXPIRED_ACCESS_TOKEN"),
    (re.compile(r"revoked", re.IGNORECASE), "REVOKED_ACCESS_TOKEN"),
    (re.compile(r"empty oauth2", re.IGNORECASE), "EMPTY_ACCESS_TOKEN"),
    (re.compile(r"invalid access token|authentication schem", re.IGNORECASE), "INVALID_ACCESS_TOKEN"),
)


@dataclass(frozen=True, slots=True)
class Reason:
    """The reason that an answer states.

    ``code`` is a string code if one is given, else a number, else empty.
    """

    code: str
    message: str


def refusal(answer: Answer, now: datetime, secrets: Iterable[str | None] = ()) -> ApiError:
    """Return the error for an answer that is not a success. Its message is LinkedIn's own, redacted."""
    reason = read_reason(answer)
    status = answer.status
    message = redact(reason.message, secrets)
    code = _token_code(answer, reason) if status == 401 else reason.code
    facts: dict[str, Any] = {"status": status, "code": code, "request_id": redact(answer.request_id, secrets)}
    text = f"LinkedIn: {message}"
    advice = remedy(code, reason.message, status)
    # the string code is believed before the number, with which projects saw different meanings
    if status == 401 or code in _TOKEN_CODES.values():
        return Unauthorized(text, advice, **facts)
    if status == 403:
        return Forbidden(text, advice, **facts)
    if status == 426 or code == "NONEXISTENT_VERSION":
        return VersionInactive(text, advice, **facts)
    if status == 429:
        retry_at = _retry_at(answer, message, now)
        advice = f"Wait: publishing can continue at {retry_at:%Y-%m-%d %H:%M} UTC."
        # LinkedIn names the counter in its message only: "Resource level throttle APPLICATION DAY limit ..."
        scope: Literal["member", "application"] = (
            "application" if "APPLICATION" in message.upper() else "member"
        )
        return RateLimited(text, advice, retry_at=retry_at, scope=scope, **facts)
    if _is_duplicate(answer, reason):
        named = _POST_URN.search(reason.message)
        facts["code"] = "DUPLICATE_POST"
        advice = remedy("DUPLICATE_POST", "", status)
        return Duplicate(text, advice, urn=named[0] if named else None, **facts)
    if 400 <= status < 500 and not in_doubt(status):
        return Rejected(text, advice, **facts)
    return Unavailable(text, advice, **facts)


def in_doubt(status: int) -> bool:
    """Return whether a create with this answer may have happened.

    This holds for timeouts, write conflicts, 5xx, redirects and the 999 of LinkedIn's edge.
    """
    # LinkedIn's edge answers 999 to some automated clients (observed).
    return status in {408, 409} or not 400 <= status < 500


def unreachable(request: Request, failure: Failure) -> Unavailable:
    """Return the error for a call that failed without an answer, with nothing in doubt."""
    host = request.log_url.split("/", 3)
    where = "/".join(host[:3])
    return Unavailable(
        f"No answer from {where}: {failure.reason}.",
        "Check the network, the proxy settings and `linkedin.api_url`; `publisher doctor` tests each of them.",
    )


def read_reason(answer: Answer) -> Reason:
    """Return the reason of an answer in any of LinkedIn's shapes, an HTML page or nothing at all."""
    document = answer.document
    if not document:
        return Reason("", _plain(answer))
    details = _input_errors(document)
    strings = [document.get("code"), document.get("error"), *(item.get("code") for item in details)]
    code = next((item for item in strings if isinstance(item, str) and item), "")
    number = document.get("serviceErrorCode")
    if not code and isinstance(number, int | str):
        code = str(number)
    texts = [document.get("error_description"), document.get("message"), document.get("error")]
    message = next((item for item in texts if isinstance(item, str) and item.strip()), "")
    # LinkedIn's general message often says less than the description of the field
    described = [item["description"] for item in details if isinstance(item.get("description"), str)]
    parts = [message.strip(), *(text for text in described if text not in message)]
    joined = ". ".join(part.rstrip(".") for part in parts if part)
    return Reason(
        code, _short(html.unescape(joined)) if joined else f"status {answer.status} without a reason."
    )


def _input_errors(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    details = document.get("errorDetails")
    if not isinstance(details, Mapping):
        return []
    found: list[Mapping[str, Any]] = []
    for name in ("inputErrors", "conditionalInputErrors"):
        items = details.get(name)
        found += [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
    return found


def _plain(answer: Answer) -> str:
    text = answer.body.decode("utf-8", "replace").strip()
    if not text:
        return f"status {answer.status} with an empty answer."
    title = _TITLE.search(text)
    if title or text.startswith("<"):
        name = " ".join(html.unescape(title[1]).split()) if title else "no title"
        return _short(f"status {answer.status} with a web page ({name})")
    return _short(f"status {answer.status}: {text}")


def _short(text: str) -> str:
    """Return a message as one line.

    Control characters are removed, long text is cut, and a full stop ends the line.
    """
    # an answer must not move the cursor of the terminal that shows it
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    text = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return text if text.endswith((".", "…", "!", "?")) else text + "."


def _token_code(answer: Answer, reason: Reason) -> str:
    if reason.code and not reason.code.isdigit():
        return reason.code
    for pattern, code in _TOKEN_WORDS:
        if pattern.search(reason.message):
            return code
    number = answer.document.get("serviceErrorCode")
    return _TOKEN_CODES.get(number, reason.code) if isinstance(number, int) else reason.code


def _is_duplicate(answer: Answer, reason: Reason) -> bool:
    if answer.status not in {400, 409, 422}:
        return False
    codes = {item.get("code") for item in _input_errors(answer.document)}
    # not every gateway in between keeps the details, but the sentence stays
    said = re.search(r"content is a duplicate of|duplicate post", reason.message, re.IGNORECASE)
    named = "duplicate" in reason.message.lower() and _POST_URN.search(reason.message)
    return "DUPLICATE_POST" in codes | {reason.code} or bool(said or named)


def _retry_at(answer: Answer, message: str, now: datetime) -> datetime:
    stated = retry_after(answer.headers.get("retry-after"), now)
    if stated is not None:
        return now + timedelta(seconds=stated)
    if "creation rate limit" in message.lower():
        return now + timedelta(minutes=1)  # comments are throttled by the minute
    return next_utc_midnight(now)
