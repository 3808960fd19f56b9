"""Attributes of plain text: mentions by position, in posts of the unversioned API and in comments."""

from typing import Any

from publisher.sandbox.linkedin.schema import List, Text, Type, Union, Urn, Whole, record
from publisher.sandbox.values import Attribute

_ENTITIES: dict[str, Type] = {
    "com.linkedin.common.CompanyAttributedEntity": record({"company": Urn(("organization", "company"))}, {}),
    "com.linkedin.common.MemberAttributedEntity": record({"member": Urn(("person", "member"))}, {}),
    "com.linkedin.common.HashtagAttributedEntity": record({"hashtag": Urn(("hashtag",))}, {}),
    "com.linkedin.common.HyperlinkAttributedEntity": record({"url": Text()}, {}),
}

ATTRIBUTES = List(record({"start": Whole(), "length": Whole(), "value": Union(_ENTITIES)}, {}))


def mentions(attributes: list[dict[str, Any]]) -> tuple[Attribute, ...]:
    """The attributes that point to a person or page; hashtags and links are found in the text itself."""
    found = []
    for attribute in attributes:
        ((_, entity),) = attribute["value"].items()
        if urn := entity.get("company") or entity.get("member"):
            found.append(Attribute(attribute["start"], attribute["length"], urn))
    return tuple(found)
