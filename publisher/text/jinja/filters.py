"""The filters of templates: Jinja's harmless ones with limits, and filters for posts."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from jinja2 import Undefined
from jinja2.exceptions import TemplateRuntimeError
from jinja2.filters import FILTERS, do_indent
from jinja2.tests import TESTS

from publisher.model.post import utf16_length
from publisher.text.hashtags import is_tag
from publisher.text.jinja.work_budget import charge, check_size, each, weigh
from publisher.text.lengths import utf16_cut
from publisher.text.urls import url_spans

_JINJAS = (
    "abs capitalize count d default dictsort first float groupby int items last length list lower map max min "
    "reject rejectattr reverse select selectattr sort title trim unique upper urlencode wordcount"
)

# Codes without width, flags or locale's own forms; %-d is glibc's and drops the zero.
_DATE_FORMAT = re.compile(r"(?:[^%]|%-?[aAbBdeHIjmMpSyYzZ]|%%)*")
_UTM = ("source", "medium", "campaign", "term", "content")
_MARKS = re.compile(r"[\\`*_\[\]<>&~{}@]")
_LINE_START = re.compile(r"^(\s*\d{0,9})([#+.)=-])")
_PLAIN = (str, int, float, date, Undefined)  # an undefined name says so itself


class FilterError(TemplateRuntimeError):
    """A filter or an output got a value it can't work with."""


def bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function with its arguments and result charged.

    A lazy result is made at once, and each step of it is charged.
    """

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        charge()
        # what a filter looks at costs as well: `in` and `sort` walk their arguments
        for argument in (*args, *kwargs.values()):
            weigh(argument)
        result = function(*args, **kwargs)
        return weigh(list(each(result)) if isinstance(result, Iterator) else result)

    return call


def printed(value: object) -> str:
    """Return a value as text. Raise `FilterError` for what would be printed as Python writes it."""
    if isinstance(value, _PLAIN):
        return str(value)
    if value is None:
        raise FilterError("a value is null, and would be printed as None; add | default('', true)")
    if isinstance(value, list | tuple | set | dict):
        raise FilterError("a list or mapping can't be printed as such; add | join(', ')")
    raise FilterError(f"a value of type {type(value).__name__} can't be printed")


def join(values: Iterable[object], separator: str = "", attribute: str | None = None) -> str:
    """Return the values as one text."""
    if attribute is not None:
        values = [value.get(attribute) if isinstance(value, dict) else None for value in values]
    parts = [printed(value) for value in each(values)]
    separator = printed(separator)
    # computed before the text is made: that is the point
    check_size(sum(map(len, parts)) + len(separator) * len(parts))
    return separator.join(parts)


def concat(*values: object) -> str:
    """Return what ``~`` makes: the values as one text."""
    return weigh(join(values))


def replace(text: str, old: str, new: str, count: int = -1) -> str:
    """Return ``text`` with ``old`` replaced by ``new``, at most ``count`` times."""
    text, old, new = printed(text), printed(old), printed(new)
    check_size(len(text) + text.count(old) * len(new))
    return text.replace(old, new, count)


def rounded(value: float, precision: int = 0) -> float:
    """Return the number rounded to ``precision`` decimal places."""
    # Python computes 10 to the power of the precision, so a huge one is slow.
    if not -10 <= precision <= 10:
        raise FilterError("round takes a precision from -10 to 10")
    return round(value, precision)


def total(values: Iterable[float], start: float = 0) -> float:
    """Return the sum of numbers."""
    numbers = list(values)
    if not all(isinstance(number, int | float) for number in (*numbers, start)):
        raise FilterError("sum adds numbers only")
    return sum(numbers, start)


def indent(text: str, width: int = 4, first: bool = False) -> str:
    """Return all lines but the first indented by ``width`` spaces."""
    # Each line grows by the width, before the result is weighed.
    if not 0 <= width <= 40:
        raise FilterError("indent takes a width from 0 to 40")
    return do_indent(printed(text), width, first)


def format_date(value: object, form: str = "%Y-%m-%d") -> str:
    """Return a date, date-time or ISO text in another form, such as ``%-d %B %Y``."""
    # the C library takes widths of any size (%9999999d), and formats that read the locale or clock
    if not _DATE_FORMAT.fullmatch(form):
        raise FilterError(f"date knows no format {form!r}; use %Y %m %d %H %M %B %b %A %a and the like")
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise FilterError(f"{value!r} is not a date; write it as 2026-11-23") from None
    if not isinstance(value, date):
        raise FilterError(f"{str(value)[:40]!r} is not a date")
    return value.strftime(form)


def utm(url: str, **parameters: str) -> str:
    """Return the URL with campaign parameters: ``source``, ``medium``, ``campaign``,
    ``term``, ``content``.
    """
    unknown = [name for name in parameters if name not in _UTM]
    if unknown:
        raise FilterError(f"utm knows no {unknown[0]!r}; it takes {', '.join(_UTM)}")
    parts = urlsplit(printed(url))
    added = {f"utm_{name}": printed(value) for name, value in parameters.items()}
    query = [(name, value) for name, value in parse_qsl(parts.query, True) if name not in added]
    return urlunsplit(parts._replace(query=urlencode([*query, *added.items()])))


def truncate(text: str, length: int = 210, end: str = "…") -> str:
    """Return the text cut to ``length`` UTF-16 code units, ``end`` included, between words where there are
    some.
    """
    text, end = printed(text), printed(end)
    if utf16_length(text) <= length:
        return text
    kept = text[: utf16_cut(text, max(length - utf16_length(end), 0))]
    if not text[len(kept)].isspace() and " " in kept:
        kept = kept[: kept.rindex(" ")]
    return kept.rstrip() + end


def hashtag(text: str) -> str:
    """Return words as one hashtag: ``machine learning`` becomes ``#MachineLearning``."""
    # a single word keeps the capitals it has
    words = re.findall(r"\w+", printed(text).lstrip("#"))
    tag = words[0] if len(words) == 1 else "".join(word[:1].upper() + word[1:] for word in words)
    if not is_tag(tag):
        raise FilterError(f"{text!r} can't be a hashtag")
    return f"#{tag}"


def plain(text: str) -> str:
    """Return the text as it stands in Markdown, without a meaning there: on one line, marks escaped, bare
    URLs as they are.
    """
    line = " ".join(printed(text).split())
    parts, done = [], 0
    for start, end in [*url_spans(line), (len(line), len(line))]:
        parts += [_MARKS.sub(r"\\\g<0>", line[done:start]), line[start:end]]
        done = end
    return _LINE_START.sub(r"\g<1>\\\g<2>", "".join(parts))


def all_filters() -> dict[str, Any]:
    """Return every filter by name, bounded.

    Those of Jinja that repeat, pad or format without bound are left out.
    """
    own: dict[str, Any] = {
        "date": format_date,
        "hashtag": hashtag,
        "indent": indent,
        "join": join,
        "plain": plain,
        "replace": replace,
        "round": rounded,
        "string": printed,
        "sum": total,
        "truncate": truncate,
        "utm": utm,
    }
    jinjas = {name: FILTERS[name] for name in _JINJAS.split()}
    functions: dict[str, Any] = {**jinjas, **own}
    return {name: bounded(function) for name, function in functions.items()}


def all_tests() -> dict[str, Any]:
    """Return Jinja's tests by name, bounded."""
    tests: dict[str, Any] = {**TESTS}
    return {name: bounded(function) for name, function in tests.items()}
