"""Find merge conflicts that somebody committed."""

import re

from publisher.content.files import place_of
from publisher.model.diagnostic import Diagnostic

# git writes seven signs. All three markers must follow in order: a line of seven `=` alone underlines a
# heading.
_CONFLICT = re.compile(r"^(?:(<)<{6} |(=)={6}$|(>)>{6} )", re.MULTILINE)


def merge_conflict(text: str, name: str) -> Diagnostic | None:
    """Return a diagnostic for a merge that was never resolved; None if there is none.

    Markdown would publish the markers as quotations and headings.
    """
    if "<<<<<<< " not in text:
        return None
    begun, parted = None, False
    for match in _CONFLICT.finditer(text):
        if match[1]:
            begun, parted = match.start(), False
        elif match[2]:
            parted = begun is not None
        elif begun is not None and parted:
            message = "The file has merge conflict markers."
            remedy = "Keep one version and delete the markers; to show such lines to readers, indent them."
            return Diagnostic("merge-conflict", message, name, place_of(text, begun), remedy)
    return None
