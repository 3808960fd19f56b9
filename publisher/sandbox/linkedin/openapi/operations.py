"""LinkedIn's operations, as the OpenAPI document lists them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from publisher.sandbox.linkedin.api import (
    assets,
    comments,
    rest_posts_schema,
    shares,
    social,
    ugc_posts_schema,
    versioned_media,
)
from publisher.sandbox.linkedin.schema import Type


@dataclass(frozen=True, slots=True)
class Operation:
    """One verb of one path.

    ``answers`` maps a success status to the schema of its body, None for an empty one. ``bodies`` are the
    schemas of the body, one for each of ``actions`` where there are any. ``query`` names optional parameters,
    ``method`` is the Rest.li method that must be named in a header, ``makes`` says that a success names what
    was made in a header.
    """

    verb: str
    path: str
    name: str
    summary: str
    answers: dict[int, dict[str, Any] | None]
    bodies: tuple[Type, ...] = ()
    actions: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    method: str = ""
    makes: bool = False

    @property
    def versioned(self) -> bool:
        """Return whether ``Linkedin-Version`` is needed."""
        return self.path.startswith("/rest/")

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the names of the keys in the path."""
        return tuple(re.findall(r"\{(\w+)\}", self.path))


_STRING = {"type": "string"}
_ANY = {"type": "object"}


def _object(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {**required, **optional}, "required": list(required)}


def _urn(*kinds: str) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^urn:li:({'|'.join(kinds)}):.+$"}


_ACTOR = _urn("person", "organization")
_POST = _object({"id": _urn("share", "ugcPost")})
_VALUE = _object({"value": _ANY})
_LIST = _object({}, elements={"type": "array", "items": _ANY}, paging=_ANY, results=_ANY, statuses=_ANY)
_COMMENT = _object({"id": _STRING, "actor": _ACTOR, "object": _urn("activity"), "$URN": _STRING})
_UPLOAD = _object({"id": _STRING, "owner": _ACTOR, "status": _STRING})
_ME = _object({"id": _STRING}, firstName=_ANY, lastName=_ANY)
_USERINFO = _object({"sub": _STRING}, name=_STRING, locale=_ANY, email=_STRING)


def _posts() -> Iterator[Operation]:
    ugc, posts = "/v2/ugcPosts", "/rest/posts"
    yield Operation(
        "post",
        ugc,
        "createUgcPost",
        "Publish a post.",
        {201: _POST},
        (ugc_posts_schema.UGC_POST,),
        makes=True,
    )
    yield Operation("get", ugc, "getUgcPosts", "Several posts.", {200: _LIST}, query=("ids", "q", "authors"))
    yield Operation("get", f"{ugc}/{{urn}}", "getUgcPost", "One post.", {200: _POST})
    yield Operation("delete", f"{ugc}/{{urn}}", "deleteUgcPost", "Delete a post.", {204: None})
    yield Operation(
        "post", posts, "createPost", "Publish a post.", {201: None}, (rest_posts_schema.POST,), makes=True
    )
    query = ("ids", "q", "author", "start", "count")
    yield Operation("get", posts, "findPosts", "Several posts, or an author's.", {200: _LIST}, query=query)
    yield Operation("get", f"{posts}/{{urn}}", "getPost", "One post.", {200: _POST})
    yield Operation("delete", f"{posts}/{{urn}}", "deletePost", "Delete a post.", {204: None})
    yield Operation(
        "post",
        f"{posts}/{{urn}}",
        "updatePost",
        "Change a post's text.",
        {204: None},
        (rest_posts_schema.PATCH,),
        method="PARTIAL_UPDATE",
    )


def _shares() -> Iterator[Operation]:
    answer = _object({"id": _STRING, "activity": _urn("activity")})
    body = (shares.SHARE,)
    yield Operation("post", "/v2/shares", "createShare", "Publish a share.", {201: answer}, body, makes=True)


def _uploads() -> Iterator[Operation]:
    yield Operation(
        "post",
        "/v2/assets",
        "reserveAsset",
        "Reserve an asset, or complete it.",
        {200: _VALUE},
        (assets.REGISTER, assets.COMPLETE),
        ("registerUpload", "completeMultiPartUpload"),
    )
    yield Operation(
        "get", "/v2/assets/{urn}", "getAsset", "An asset's state.", {200: _ANY}, query=("fields",)
    )
    for kind, bodies, actions in (
        ("image", (versioned_media.INITIALIZE_IMAGE,), ("initializeUpload",)),
        ("document", (versioned_media.INITIALIZE_DOCUMENT,), ("initializeUpload",)),
        (
            "video",
            (versioned_media.INITIALIZE_VIDEO, versioned_media.FINALIZE_VIDEO),
            ("initializeUpload", "finalizeUpload"),
        ),
    ):
        base, name = f"/rest/{kind}s", kind.capitalize()
        yield Operation("post", base, f"reserve{name}", f"Reserve a {kind}.", {200: _VALUE}, bodies, actions)
        yield Operation("get", base, f"get{name}s", f"Several {kind}s' states.", {200: _LIST}, query=("ids",))
        yield Operation("get", f"{base}/{{urn}}", f"get{name}", f"A {kind}'s state.", {200: _UPLOAD})


def _comments(family: str) -> Iterator[Operation]:
    path, name = f"/{family}/socialActions/{{urn}}/comments", family.capitalize()
    body = (comments.COMMENT,)
    yield Operation("post", path, f"comment{name}", "Comment on a post.", {201: _COMMENT}, body, makes=True)
    yield Operation("get", path, f"getComments{name}", "A post's comments.", {200: _LIST})
    yield Operation("delete", f"{path}/{{id}}", f"deleteComment{name}", "Delete a comment.", {204: None})


def _social(family: str) -> Iterator[Operation]:
    base, name = f"/{family}", family.capitalize()
    for resource, shown in (("socialActions", "Summary"), ("socialMetadata", "Metadata")):
        path = f"{base}/{resource}/{{urn}}"
        yield Operation("get", path, f"get{shown}{name}", "Reactions and comments, counted.", {200: _ANY})
    path = f"{base}/reactions"
    body = (social.REACTION,)
    query = ("q", "entity", "actor")
    yield Operation(
        "post", path, f"react{name}", "React to a post.", {201: _ANY}, body, query=("actor",), makes=True
    )
    yield Operation("get", path, f"getReactions{name}", "Who reacted how.", {200: _LIST}, query=query)
    yield Operation("delete", f"{path}/{{urn}}", f"unreact{name}", "Take a reaction back.", {204: None})


def _organizations(family: str) -> Iterator[Operation]:
    base, name = f"/{family}", family.capitalize()
    for resource in ("organizationAcls", "organizationalEntityAcls"):
        query = ("q", "role", "state", "organization", "organizationalTarget", "start", "count")
        shown = f"get{resource[0].upper()}{resource[1:]}{name}"
        yield Operation("get", f"{base}/{resource}", shown, "Roles on pages.", {200: _LIST}, query=query)
    path = f"{base}/organizations"
    found = ("q", "vanityName", "ids", "start", "count")
    yield Operation("get", path, f"findOrganizations{name}", "Several pages.", {200: _LIST}, query=found)
    yield Operation("get", f"{path}/{{urn}}", f"getOrganization{name}", "One page.", {200: _ANY})
    yield Operation(
        "get",
        f"{base}/networkSizes/{{urn}}",
        f"getNetworkSize{name}",
        "How many follow a page.",
        {200: _object({"firstDegreeSize": {"type": "integer"}})},
        query=("edgeType",),
    )


OPERATIONS: tuple[Operation, ...] = (
    Operation("get", "/v2/userinfo", "getUserinfo", "The token's member.", {200: _USERINFO}),
    Operation("get", "/v2/me", "getMe", "The member's profile, for tokens with an older scope.", {200: _ME}),
    Operation("get", "/rest/me", "getMeVersioned", "The same, versioned.", {200: _ME}),
    Operation("get", "/v2/emailAddress", "getEmail", "The member's address.", {200: _LIST}, query=("q",)),
    *_posts(),
    *_shares(),
    *_uploads(),
    *_comments("v2"),
    *_comments("rest"),
    *_social("v2"),
    *_social("rest"),
    *_organizations("v2"),
    *_organizations("rest"),
    Operation(
        "get",
        "/rest/memberCreatorPostAnalytics",
        "getPostAnalytics",
        "Made-up numbers of a post.",
        {200: _LIST},
        query=("q", "entity", "queryType", "aggregation"),
    ),
)
"""Every operation of ``/v2`` and ``/rest``."""
