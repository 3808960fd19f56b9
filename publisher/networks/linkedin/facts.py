"""What LinkedIn takes and shows, offline."""

from typing import Any

from publisher.model.config import Config
from publisher.model.post import Post, utf16_length
from publisher.networks.facts import Facts
from publisher.networks.gateway import Traits
from publisher.networks.linkedin.checks import check_post
from publisher.networks.linkedin.payloads import encode_post, placeholders

# UTF-16 units (inferred: ten projects saw it in LinkedIn's composer, and Rest.li counts String.length()).
TEXT_LIMIT = 3000
"""LinkedIn's limit in UTF-16 code units."""

TRAITS = Traits(
    network="linkedin",
    # nothing can be read back with an ordinary token, and no key makes a create repeatable
    repeat_within=None,
    atomic=False,
    readable=False,
    editable=True,
    deletable=True,
    replies=True,
    unit="UTF-16 units",
    limit=TEXT_LIMIT,
    media_steps=("register", "PUT", "status"),
)


def _payload(post: Post, config: Config, _parent: str) -> dict[str, Any]:
    return encode_post(post, config.api, placeholders(post))


FACTS = Facts(
    "linkedin",
    label=lambda _: "LinkedIn",
    traits=lambda _: TRAITS,
    length=lambda _, text: utf16_length(text),
    sent=lambda post: post.text.plain,
    check=check_post,
    payload=_payload,
    threads=lambda _: False,
)
