"""``Shares.csv`` of a LinkedIn member's data export.

It is the only list of posts that an ordinary member can read.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from publisher.errors import UsageError
from publisher.networks.linkedin.permalinks import urn_of

MAX_BYTES = 100_000_000
"""More than 30,000 posts of full length."""

_REMEDY = (
    "Give the file Shares.csv of LinkedIn's data export (Settings > Data privacy > Get a copy of your data)."
)
_LINK, _TEXT = "ShareLink", "ShareCommentary"


class Share(NamedTuple):
    """One post of the export, with its first line in the file. ``urn`` is None if the link names no post."""

    line: int
    urn: str | None
    link: str
    text: str


def read_shares(path: Path) -> list[Share]:
    """Return the posts of an export, in the file's order.

    Raise `UsageError` if the file can't be read, is too large, or is no such list.
    """
    try:
        if not path.is_file():
            raise UsageError(f"{path} isn't a regular file.", _REMEDY)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}.", _REMEDY) from None
    if len(data) > MAX_BYTES:
        raise UsageError(f"{path} has more than {MAX_BYTES:,} bytes.", _REMEDY)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 (byte {error.start}).", _REMEDY) from None
    return list(_shares(path.name, text))


def _shares(name: str, text: str) -> Iterator[Share]:
    # by the header's names, because LinkedIn has left columns out and added some (exports seen 2022 to 2026)
    rows = csv.DictReader(text.splitlines(keepends=True), strict=True)
    try:
        columns = rows.fieldnames or ()
        missing = [column for column in (_LINK, _TEXT) if column not in columns]
        if missing:
            raise UsageError(f"{name}:1 has no column {' and no column '.join(missing)}.", _REMEDY)
        first = rows.line_num + 1
        for row in rows:
            link = (row[_LINK] or "").strip()
            yield Share(first, urn_of(link), link, row[_TEXT] or "")
            first = rows.line_num + 1
    except csv.Error as error:
        raise UsageError(f"{name}:{rows.reader.line_num} is not valid CSV: {error}.", _REMEDY) from None
