"""Deletes: safe to repeat, and done when the post is gone, by us or before."""

import re
from collections.abc import Mapping

from publisher.errors import Rejected
from publisher.networks.linkedin.messages import Request
from publisher.networks.linkedin.transport import Transport

# LinkedIn answers 404 for a wrong path, too, and then the post may be live
_NO_ACCESS = re.compile(r"no virtual resource|resource \S+ does not exist", re.IGNORECASE)


def delete_post(transport: Transport, path: str, headers: Mapping[str, str], token: str) -> None:
    """DELETE a post. A 404 that speaks of the entity, not of the path, says that it was gone already."""
    request = Request("DELETE", transport.url + path, {"X-RestLi-Method": "DELETE", **headers}, token=token)
    try:
        transport.safe(request)
    except Rejected as error:
        if error.status not in {404, 410} or _NO_ACCESS.search(error.message):
            raise
