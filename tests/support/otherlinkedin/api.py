"""The resources and their methods: who may call them, with which headers, and what they do."""

import json
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from tests.support.otherlinkedin import littletext, posts, ugcposts
from tests.support.otherlinkedin.answers import (
    Answer,
    bad_request,
    bad_value,
    duplicate,
    json_answer,
    no_permission,
    refuse,
    throttled,
    unauthorized,
)
from tests.support.otherlinkedin.media import Media, check_owner, known_person
from tests.support.otherlinkedin.shapes import listing, record, text, urn
from tests.support.otherlinkedin.variant import Variant
from tests.support.otherlinkedin.wire import Arrived
from tests.support.otherlinkedin.world import Commented, Posted, Token, World

SEGMENT = re.compile(r"(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})+")
DUPLICATE_WINDOW = 600
COMMENT = record(
    {
        "actor": urn("person", "organization"),
        "object": urn("share", "ugcPost", "activity"),
        "message": record({"text": text(1250, blank=False)}, {"attributes": listing(lambda *_: None)}),
    },
    {"parentComment": urn("comment")},
    forbidden=("content",),
)


class Api:
    """What is behind api.linkedin.com."""

    def __init__(self, world: World, variant: Variant, media: Media) -> None:
        self.world, self.variant, self.media = world, variant, media

    # who calls, and how

    def authorize(self, request: Arrived) -> Token:
        """The token of a request. Raises the 401s."""
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if not value:
            raise unauthorized("empty")
        token = self.world.tokens.get(value)
        if token is None or scheme != "Bearer":
            raise unauthorized("invalid")
        if token.status != "active":
            raise unauthorized(token.status)
        return token

    def enter(self, request: Arrived, resource: str, method: str, *, versioned: bool) -> Token:
        """All that is checked before the resource itself; returns whose request it is."""
        token = self.authorize(request)
        self._version(request, versioned, f"{resource}.{method}")
        self._quota(token)
        if request.headers.get("x-restli-protocol-version") != "2.0.0":
            raise refuse(400, "X-RestLi-Protocol-Version 2.0.0 is wanted here")
        asked = request.headers.get("x-restli-method")
        if (method == "PARTIAL_UPDATE" and asked != method) or (asked or method).upper() != method:
            raise refuse(400, f"X-RestLi-Method {asked} is not {method}")
        if request.method == "POST":
            if "content-length" not in request.headers:
                raise refuse(411, "Length Required")
            kind, _, charset = request.headers.get("content-type", "").partition(";")
            if kind.strip() != "application/json" or "utf-16" in charset.lower():
                raise refuse(415, f"Content-Type {kind!r} is not application/json", "UNSUPPORTED_MEDIA_TYPE")
        elif request.body:
            raise refuse(400, f"A {request.method} has no body")
        return token

    def _version(self, request: Arrived, versioned: bool, what: str) -> None:
        version = request.headers.get("linkedin-version")
        if not versioned:
            if version is not None:
                raise no_permission(f"{what}.NO_VERSION")
            return
        if version is None:
            raise bad_request(
                "VERSION_MISSING",
                "A version must be present. Please specify a version by adding the Linkedin-Version header.",
            )
        if version.partition(".")[0] not in self.variant.versions:
            raise refuse(426, f"Requested version {version}01 is not active", "NONEXISTENT_VERSION")

    def _quota(self, token: Token) -> None:
        self.world.calls[token.member] += 1
        self.world.calls["app"] += 1
        for owner, name, quota in (
            (token.member, "MEMBER", self.variant.member_quota),
            ("app", "APPLICATION", self.variant.app_quota),
        ):
            if quota is not None and self.world.calls[owner] > quota:
                raise throttled(name)

    def _stamp(self, request: Arrived, resource: str, method: str) -> str:
        version = request.headers.get("linkedin-version")
        return f"{resource}.{method}.{version + '01' if version else 'NO_VERSION'}"

    def urn_of(self, segment: str) -> str:
        """The URN of a path segment. Refuses one that isn't encoded whole."""
        if not SEGMENT.fullmatch(segment) or ":" not in unquote(segment):
            raise refuse(400, "Syntax exception in path variables")
        return unquote(segment)

    def _speaks(self, token: Token, author: Any, path: str, scope: str, what: str) -> None:
        """The scopes of a create, and whether the token may speak as ``author``."""
        page = str(author).startswith("urn:li:organization:")
        if (f"w_organization_{scope}" if page else f"w_member_{scope}") not in token.scopes:
            raise no_permission(what)
        if str(author).startswith("urn:li:person:"):
            known_person(author, self.world.people)
        if str(author).startswith(("urn:li:person:", "urn:li:organization:")):
            check_owner(author, token.member, token.pages, path)
        else:
            raise bad_value(path)

    # posts

    def create(self, request: Arrived, *, versioned: bool) -> Answer:
        """A new post."""
        resource = "partnerApiPostsExternal" if versioned else "ugcPosts"
        token = self.enter(request, resource, "CREATE", versioned=versioned)
        body, rules = json_body(request), posts if versioned else ugcposts
        author = body.get("author") if isinstance(body, dict) else None
        self._speaks(token, author, "/author", "social", self._stamp(request, resource, "CREATE"))
        rules.check(body)
        files = rules.files_of(body)
        self._check_names([] if versioned else ugcposts.marks_of(body))
        early = self.media.check_use(files, body["author"], versioned=versioned)
        if "reshareContext" in body and self.world.post(body["reshareContext"]["parent"]) is None:
            raise bad_request("INVALID_URN_ID", "The URN ID provided is invalid")
        words = body["commentary"] if versioned else ugcposts.text_of(body)
        seen = littletext.read(words)[0] if versioned else words
        self._check_duplicate(body["author"], seen, versioned)
        made = Posted(
            f"urn:li:{self._kind(rules.kind_of(body))}:{self.world.number()}",
            body["author"],
            words,
            seen,
            body,
            "posts" if versioned else "ugcPosts",
            files,
            early,
        )
        self.world.posts.append(made)
        return self.named(self.variant.created_status, made.urn, {} if versioned else {"id": made.urn})

    def _kind(self, documented: str) -> str:
        kind = self.variant.created_kind
        return kind if kind in ("share", "ugcPost") else documented

    def _check_names(self, marks: list[tuple[str, str]]) -> None:
        names = self.world.people | self.world.pages
        for words, named in marks:
            if named in names and words not in (names[named], *names[named].split()):
                raise bad_value("/specificContent")

    def _check_duplicate(self, author: str, seen: str, versioned: bool) -> None:
        since = time.time() - DUPLICATE_WINDOW
        for post in self.world.posts if self.variant.duplicates else ():
            if (post.author, post.stored) == (author, seen) and post.at >= since:
                raise duplicate(post.urn, versioned=versioned)

    def named(self, status: int, urn: str, body: Mapping[str, Any]) -> Answer:
        """The answer to a create, in the variant's form; a documented body is given, which may be empty."""
        variant = self.variant
        where = variant.created_id
        name = urn.rpartition(":")[2] if variant.created_kind == "number" else urn
        named = name.replace(":", "%3A") if variant.created_encoded else name
        full = {**body, "id": name} if where in ("body", "both") or body else {}
        if where in ("header", "neither"):
            full.pop("id", None)
        raw = json.dumps(full, ensure_ascii=False).encode() if full else b""
        typed = variant.content_type and (raw or variant.created_body is not None)
        headers = [("Content-Type", variant.content_type)] if typed else []
        if where in ("documented", "header", "both"):
            headers.append((variant.created_header, named))
        shown = raw if variant.created_body is None else variant.created_body
        return Answer(status, tuple(headers), shown)

    def update(self, request: Arrived, segment: str) -> Answer:
        """PARTIAL_UPDATE of a post's commentary."""
        token = self.enter(request, "partnerApiPostsExternal", "PARTIAL_UPDATE", versioned=True)
        post = self.world.post(self.urn_of(segment))
        if post is None or post.deleted:
            raise refuse(404, "Could not find entity", "NOT_FOUND")
        check_owner(post.author, token.member, token.pages, "/author")
        post.text = posts.check_update(json_body(request))
        post.stored = littletext.read(post.text)[0]
        return Answer(204)

    def delete(self, request: Arrived, segment: str, *, versioned: bool) -> Answer:
        """DELETE of a post, once more too."""
        resource = "partnerApiPostsExternal" if versioned else "ugcPosts"
        token = self.enter(request, resource, "DELETE", versioned=versioned)
        post = self.world.post(self.urn_of(segment))
        if post is not None:
            check_owner(post.author, token.member, token.pages, "/author")
            post.deleted = True
        return Answer(self.variant.delete_status)

    def read(self, request: Arrived, resource: str, *, versioned: bool) -> Answer:
        """Every read of posts and comments: closed to ordinary apps."""
        query = unquote(request.target.partition("?")[2])
        if ("List(" in query or "ids=" in query) and "List(" not in request.target:
            raise bad_request("PARAM_INVALID", "Invalid query parameters passed to request")
        self.enter(request, resource, "GET", versioned=versioned)
        raise no_permission(self._stamp(request, resource, "GET"))

    # files

    def media_call(self, request: Arrived, kind: str, call: str) -> Answer:
        """An action on files; ``kind`` is asset, image, video or document."""
        versioned = kind != "asset"
        token = self.enter(request, f"{kind}s", "ACTION", versioned=versioned)
        body = json_body(request)
        actions = {
            "registerUpload": self.media.register,
            "completeMultiPartUpload": self.media.complete,
            "finalizeUpload": self.media.finalize,
        }
        known = len(self.world.files)
        owner, answer = (
            self.media.initialize(kind, body) if call == "initializeUpload" else actions[call](body)
        )
        try:
            self._speaks(token, owner, "/owner", "social", self._stamp(request, f"{kind}s", "ACTION"))
        except Exception:
            for made in list(self.world.files)[known:]:
                del self.world.files[made]
            raise
        return answer

    def asset_status(self, request: Arrived, segment: str) -> Answer:
        """GET /v2/assets/{id}."""
        query = request.target.partition("?")[2]
        if query and not re.fullmatch(r"fields=[A-Za-z]+(,[A-Za-z]+)*", query):
            raise bad_request("PARAM_INVALID", query)
        self.enter(request, "assets", "GET", versioned=False)
        if not SEGMENT.fullmatch(segment) or ":" in unquote(segment):
            raise refuse(400, "Syntax exception in path variables")
        return self.media.asset_status(segment)

    def file_status(self, request: Arrived, kind: str, segment: str) -> Answer:
        """GET /rest/images/{urn} and its like."""
        self.enter(request, f"{kind}s", "GET", versioned=True)
        return self.media.status(kind, self.urn_of(segment))

    # comments

    def comment(self, request: Arrived, segment: str, *, versioned: bool) -> Answer:
        """A new comment."""
        resource = "partnerApiSocialActions" if versioned else "socialActions"
        token = self.enter(request, resource, "CREATE", versioned=versioned)
        stamp = self._stamp(request, resource, "CREATE")
        if versioned and not token.scopes & {"w_member_social_feed", "w_organization_social_feed"}:
            raise no_permission(stamp)
        target, body = self.urn_of(segment), json_body(request)
        if not isinstance(body, dict):
            raise bad_value("/")
        self._speaks(token, body.get("actor"), "/actor", "social", stamp)
        COMMENT(body, "")
        if body["object"] != target:
            raise bad_value("/object")
        post = self.world.post(target)
        if post is None or post.deleted or self._too_early():
            raise refuse(404, "Could not find entity", "NOT_FOUND")
        return self._commented(target, body)

    def _too_early(self) -> bool:
        self.world.calls["comments"] += 1
        return self.world.calls["comments"] <= self.variant.comment_wait

    def _commented(self, target: str, body: Mapping[str, Any]) -> Answer:
        number, activity = self.world.number(), f"urn:li:activity:{self.world.number()}"
        made = Commented(
            number, f"urn:li:comment:({activity},{number})", target, body["actor"], body["message"]["text"]
        )
        self.world.comments.append(made)
        now = int(time.time() * 1000)
        document = {
            "actor": body["actor"],
            "object": activity,
            "message": {"attributes": [], "text": made.text},
            "created": {"actor": body["actor"], "time": now},
            "lastModified": {"actor": body["actor"], "time": now},
            "id": number,
            "$URN": made.urn,
            "commentUrn": made.urn,
        }
        where = self.variant.comment_id
        if where == "header":
            document = {}
        elif where == "urn":
            del document["id"]
        answer = json_answer(201, document)
        return answer if where in ("body", "urn") else answer.having((self.variant.created_header, number))


def json_body(request: Arrived) -> Any:
    """The body as strict JSON: UTF-8, no repeated keys, no NaN."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in pairs}) != len(pairs):
            raise ValueError("a key is repeated")
        return dict(pairs)

    def never(constant: str) -> None:
        raise ValueError(constant)

    try:
        return json.loads(request.body.decode("utf-8"), object_pairs_hook=once, parse_constant=never)
    except ValueError as error:
        raise bad_request("", f"Could not parse the body as JSON: {error}") from error


def not_found(path: str) -> Answer:
    """404 for a path that leads nowhere."""
    raise refuse(404, f"No virtual resource found for {path}", "NOT_FOUND")
