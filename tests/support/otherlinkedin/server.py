"""The server: which request goes where, what was planned to go wrong, and what was seen and created."""

import re
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from types import TracebackType

from tests.support.otherlinkedin.answers import Answer, Refusal
from tests.support.otherlinkedin.api import Api, not_found
from tests.support.otherlinkedin.media import Media
from tests.support.otherlinkedin.oauth import Authority
from tests.support.otherlinkedin.variant import Variant
from tests.support.otherlinkedin.wire import Arrived, Listener
from tests.support.otherlinkedin.world import Posted, Seen, Token, World

ROUTES = (
    ("POST", r"/v2/ugcPosts", "ugcPosts.CREATE"),
    ("POST", r"/v2/ugcPosts/([^/]+)", "ugcPosts.PARTIAL_UPDATE"),
    ("DELETE", r"/v2/ugcPosts/([^/]+)", "ugcPosts.DELETE"),
    ("GET", r"/v2/ugcPosts(?:/([^/?]+))?(?:\?.*)?", "ugcPosts.GET"),
    ("POST", r"/v2/assets\?action=(registerUpload|completeMultiPartUpload)", "assets.ACTION"),
    ("GET", r"/v2/assets/([^/?]+)(?:\?.*)?", "assets.GET"),
    ("POST", r"/v2/socialActions/([^/]+)/comments", "socialActions.CREATE"),
    ("GET", r"/v2/userinfo", "userinfo.GET"),
    ("GET", r"/v2/me(?:\?.*)?", "me.GET"),
    ("POST", r"/rest/posts", "posts.CREATE"),
    ("POST", r"/rest/posts/([^/]+)", "posts.PARTIAL_UPDATE"),
    ("DELETE", r"/rest/posts/([^/]+)", "posts.DELETE"),
    ("GET", r"/rest/posts(?:/([^/?]+))?(?:\?.*)?", "posts.GET"),
    ("POST", r"/rest/images\?action=(initializeUpload)", "images.ACTION"),
    ("POST", r"/rest/videos\?action=(initializeUpload|finalizeUpload)", "videos.ACTION"),
    ("POST", r"/rest/documents\?action=(initializeUpload)", "documents.ACTION"),
    ("GET", r"/rest/(image|video|document)s/([^/?]+)", "files.GET"),
    ("POST", r"/rest/socialActions/([^/]+)/comments", "restSocialActions.CREATE"),
    ("GET", r"/oauth/v2/authorization\?.*", "authorization"),
    ("POST", r"/oauth/v2/accessToken", "accessToken"),
    ("POST", r"/oauth/v2/introspectToken", "introspectToken"),
)
HOSTS = {"storage": "127.0.0.2", "elsewhere": "127.0.0.3"}
"""Other machines, in so far as there can be any here."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What happens to a request in place of its answer; with ``commit`` it is carried out all the same."""

    answer: Callable[[Answer], Answer]
    commit: bool


class OtherLinkedIn:
    """A running LinkedIn, with one member and one token; a context.

    ``listeners`` are the API, the site (OAuth, and uploads as a rule), a storage that takes files without a token,
    and ``elsewhere``, a host that nothing should ever reach. ``requests`` are all requests in order; ``refusals``
    are those that the strict server itself refused, reads of images
    left out.
    """

    def __init__(self, variant: Variant | None = None) -> None:
        self.variant = variant or Variant()
        self.world = World()
        self.member = self.world.person()
        self.requests: list[Seen] = []
        self.refusals: list[str] = []
        self._planned: defaultdict[str, deque[Planned]] = defaultdict(deque)
        self._lock = threading.RLock()

    def __enter__(self) -> "OtherLinkedIn":
        variant = self.variant
        self.listeners: dict[str, Listener] = {}
        self.token: Token = self.world.token(self.member)
        self.media = Media(self.world, variant, self._address)
        self.authority = Authority(self.world, variant, self.member)
        self._api = Api(self.world, variant, self.media)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for listener in self.listeners.values():
            listener.close()

    # what tests ask

    def port(self, name: str) -> int:
        """The port of a listener, which is there from now on."""
        with self._lock:
            if name not in self.listeners:
                variant = self.variant
                host = HOSTS.get(name, "127.0.0.1")
                self.listeners[name] = Listener(name, host, self._serve, variant.wire, variant.header_case)
            return self.listeners[name].port

    @property
    def url(self) -> str:
        """Where the API is."""
        return f"http://127.0.0.1:{self.port('api')}"

    @property
    def oauth_url(self) -> str:
        """Where the site is."""
        return f"http://127.0.0.1:{self.port('www')}"

    @property
    def elsewhere(self) -> str:
        """A host that is not LinkedIn."""
        return f"http://{HOSTS['elsewhere']}:{self.port('elsewhere')}"

    def plan(
        self,
        operation: str,
        answer: Answer | Callable[[Answer], Answer],
        *,
        commit: bool = False,
        times: int = 1,
    ) -> None:
        """The next requests of an operation (see `ROUTES`, and ``upload``) get this answer."""
        make = answer if callable(answer) else lambda _: answer
        with self._lock:
            self._planned[operation].extend([Planned(make, commit)] * times)

    def lose(self, operation: str, style: str, *, commit: bool, times: int = 1) -> None:
        """The next answers of an operation come in this style (see `wire.LOST`)."""
        self.plan(operation, lambda answer: replace(answer, style=style), commit=commit, times=times)

    def created(self, text: str | None = None) -> list[Posted]:
        """The posts that were really created, deleted ones too."""
        return [post for post in self.world.posts if text is None or text in (post.stored, post.text)]

    def live(self, text: str | None = None) -> list[Posted]:
        """The posts that readers see."""
        return [post for post in self.created(text) if not post.deleted]

    def seen(self, operation: str) -> list[Seen]:
        """The requests of an operation."""
        return [
            request for request in self.requests if self._name(request.method, request.target)[0] == operation
        ]

    def strangers(self) -> list[Seen]:
        """The requests that another host got."""
        return [request for request in self.requests if request.listener == "elsewhere"]

    # how it answers

    def _serve(self, request: Arrived) -> Answer:
        with self._lock:
            answer = self._answer(request)
            seen = Seen(
                request.listener, request.method, request.target, request.headers, request.body, answer.status
            )
            self.requests.append(seen)
        return answer

    def _answer(self, request: Arrived) -> Answer:
        operation, _ = self._name(request.method, request.target)
        planned = self._planned[operation].popleft() if self._planned[operation] else None
        if planned is not None and not planned.commit:
            return planned.answer(Answer(200))
        try:
            answer = self._carry_out(request)
        except Refusal as refusal:
            if "resource is forbidden" not in str(
                refusal
            ):  # who may only write asks all the same, and is told so
                self.refusals.append(f"{request.method} {request.target}: {refusal}")
            answer = refusal.answer
        return answer if planned is None else planned.answer(answer)

    def _name(self, method: str, target: str) -> tuple[str, tuple[str, ...]]:
        for wanted, path, operation in ROUTES:
            if wanted == method and (found := re.fullmatch(path, target)):
                return operation, found.groups()
        return ("upload" if target.startswith(self._upload_prefix()) else "?"), ()

    def _upload_prefix(self) -> str:
        return self.variant.upload_path.partition("{")[0]

    def _carry_out(self, request: Arrived) -> Answer:
        operation, found = self._name(request.method, request.target)
        if operation == "upload":
            keyless = request.listener == "storage"
            return self.media.upload(request, lambda: "" if keyless else self._api.authorize(request).member)
        site = request.target.startswith("/oauth/")
        if request.listener != ("www" if site else "api") or operation == "?":
            return not_found(request.target)
        return self._ways()[operation](request, *found)

    def _ways(self) -> dict[str, Callable[..., Answer]]:
        api, authority = self._api, self.authority
        return {
            "ugcPosts.CREATE": partial(api.create, versioned=False),
            "ugcPosts.PARTIAL_UPDATE": lambda request, _: not_found(request.target),
            "ugcPosts.DELETE": partial(api.delete, versioned=False),
            "ugcPosts.GET": lambda request, _: api.read(request, "ugcPosts", versioned=False),
            "assets.ACTION": lambda request, call: api.media_call(request, "asset", call),
            "assets.GET": api.asset_status,
            "socialActions.CREATE": partial(api.comment, versioned=False),
            "userinfo.GET": lambda request: authority.userinfo(api.authorize(request)),
            "me.GET": lambda request: authority.me(api.authorize(request)),
            "posts.CREATE": partial(api.create, versioned=True),
            "posts.PARTIAL_UPDATE": api.update,
            "posts.DELETE": partial(api.delete, versioned=True),
            "posts.GET": lambda request, _: api.read(request, "partnerApiPostsExternal", versioned=True),
            "images.ACTION": lambda request, call: api.media_call(request, "image", call),
            "videos.ACTION": lambda request, call: api.media_call(request, "video", call),
            "documents.ACTION": lambda request, call: api.media_call(request, "document", call),
            "files.GET": api.file_status,
            "restSocialActions.CREATE": partial(api.comment, versioned=True),
            "authorization": authority.authorize,
            "accessToken": authority.token,
            "introspectToken": authority.introspect,
        }

    def _address(self, path: str) -> str:
        name, listener = {
            "same": ("127.0.0.1", "api"),
            "www": ("127.0.0.1", "www"),
            "alias": ("localhost", "api"),
            "storage": (HOSTS["storage"], "storage"),
        }[self.variant.upload_host]
        return f"http://{name}:{self.port(listener)}{path}"
