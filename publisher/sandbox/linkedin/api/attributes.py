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

# ``start`` and ``length`` count UTF-16 units (inferred: Rest.li runs on Java).
ATTRIBUTES = List(record({"start": Whole(), "length": Whole(), "value": Union(_ENTITIES)}, {}))


def mentions(attributes: list[dict[str, Any]]) -> tuple[Attribute, ...]:
    """Return the attributes that point to a person or page. The text itself shows hashtags and links."""
    found = []
    for attribute in attributes:
        ((_, entity),) = attribute["value"].items()
        if urn := entity.get("company") or entity.get("member"):
            found.append(Attribute(attribute["start"], attribute["length"], urn))
    return tuple(found)
