"""``memberCreatorPostAnalytics`` with made-up numbers.

The numbers stay the same for a post, a metric and a day.
"""

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

from publisher.sandbox.linkedin import api_errors
from publisher.sandbox.linkedin.call import Call, Route
from publisher.sandbox.linkedin.restli import read_compound
from publisher.sandbox.messages import Response, json_response

QUERY_TYPES = ("IMPRESSION", "MEMBERS_REACHED", "RESHARE", "REACTION", "COMMENT", "POST_SAVE", "POST_SEND")
_METRIC = "com.linkedin.adsexternalapi.memberanalytics.v1.CreatorPostAnalyticsMetricTypeV1"
_DAYS_KEPT = 30


def by_entity(call: Call) -> Response:
    """Return one metric of one post: ``entity=(share:urn)`` or ``(ugc:urn)``."""
    given = call.request.parameters.get("entity", "")
    kind = "share" if given.startswith("(share:") else "ugc"
    urn = read_compound(given, kind)[kind]
    post = call.store.post(urn)
    if post is None or not post.shown or post.author != call.bearer.member:
        raise api_errors.not_found()
    target = {"targetEntity": {kind: post.urn}}
    return _elements(call, [(post.urn, post.created_at)], target)


def mine(call: Call) -> Response:
    """Return one metric of all posts of the token's member."""
    own = [post for post in call.store.posts_newest_first() if post.author == call.bearer.member]
    return _elements(call, [(post.urn, post.created_at) for post in own], {})


def _elements(call: Call, posts: list[tuple[str, int]], target: dict[str, Any]) -> Response:
    parameters = call.request.parameters
    query, aggregation = parameters.get("queryType", ""), parameters.get("aggregation", "TOTAL")
    if query not in QUERY_TYPES:
        raise api_errors.input_error(400, "PARAM_INVALID", "queryType is invalid", "queryType")
    if aggregation not in {"TOTAL", "DAILY"}:
        raise api_errors.input_error(400, "PARAM_INVALID", "aggregation is invalid", "aggregation")
    today = datetime.fromtimestamp(call.store.clock.now(), UTC).date()
    counts: dict[date, int] = {}
    for urn, created_at in posts:
        first = datetime.fromtimestamp(created_at / 1000, UTC).date()
        for age in range(min((today - first).days, _DAYS_KEPT) + 1):
            day = first + timedelta(age)
            counts[day] = counts.get(day, 0) + _made_up(urn, query, day, age)
    metric = {"metricType": {_METRIC: query}, **target}
    if aggregation == "TOTAL":
        elements = [{**metric, "count": sum(counts.values())}]
    else:
        elements = [{**metric, "count": counts[day], "dateRange": _range(day)} for day in sorted(counts)]
    paging = {"start": 0, "count": len(elements), "links": []}
    return json_response(200, {"elements": elements, "paging": paging})


def _made_up(urn: str, query: str, day: date, age: int) -> int:
    """Return a number that fades with the post's age; impressions are the largest."""
    digest = hashlib.sha256(f"{urn} {query} {day}".encode()).digest()
    # Made-up magnitudes: impressions exceed reach, and reach exceeds reactions.
    scale = {"IMPRESSION": 900, "MEMBERS_REACHED": 600}.get(query, 20)
    return int.from_bytes(digest[:4], "big") % scale // (1 + age)


def _range(day: date) -> dict[str, Any]:
    def parts(value: date) -> dict[str, int]:
        return {"year": value.year, "month": value.month, "day": value.day}

    return {"start": parts(day), "end": parts(day + timedelta(1))}


_READ = frozenset({"r_member_postAnalytics"})
_GATE = "memberCreatorPostAnalytics"
VERSIONED = (
    Route(_GATE, "FINDER-entity", by_entity, _GATE, _READ, versioned=True),
    Route(_GATE, "FINDER-me", mine, _GATE, _READ, versioned=True),
)
