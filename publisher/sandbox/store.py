"""The store of the sandbox: everything it remembers, and the few ways in which that changes."""

import re
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from publisher.sandbox.clock import Clock
from publisher.sandbox.collection import Collection
from publisher.sandbox.database import Database
from publisher.sandbox.events import Events, Subscription
from publisher.sandbox.faults import Faults
from publisher.sandbox.ids import Ids
from publisher.sandbox.linkedin.identity import drawn_picture
from publisher.sandbox.linkedin.quota import Quota
from publisher.sandbox.request_log import LoggedRequest, RequestLog
from publisher.sandbox.settings import Settings
from publisher.sandbox.values import (
    App,
    AuthorizationCode,
    Comment,
    MediaStatus,
    Member,
    Organization,
    Post,
    StoredMedia,
    Token,
)


class FeedSource(Protocol):
    """A network beside LinkedIn, as the feed page asks it."""

    def feed_posts(self) -> list[Post]:
        """Return what readers see, oldest first.

        ``api`` is the network's name, and attributes may be links.
        """

    def feed_author(self, urn: str) -> Member | None:
        """Return who posted."""

    def feed_media(self, urn: str) -> StoredMedia | None:
        """Return a file of a post."""


BEGINNING = "beginning"
"""The name of the snapshot that a reset goes back to."""


class Store:
    """Members, organizations, apps, tokens, posts, media and comments, with clock, quota, faults and record.

    ``lock`` is held while something is checked and changed together, such as "no duplicate, so create".
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        database: Database | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.starts = database.starts if database else 1
        # a kept store must not give the ids of its first start again
        self.ids = Ids(f"{settings.seed}/{self.starts}" if self.starts > 1 else settings.seed, clock)
        # Reentrant: a create holds it and calls methods that take it again.
        self.lock = threading.RLock()
        self.events = Events()
        self.faults = Faults()
        self.quota = Quota(settings, clock)
        self.request_log = RequestLog(settings.recorded, self._tell)
        self.members: Collection[Member] = Collection("members", database)
        self.organizations: Collection[Organization] = Collection("organizations", database)
        self.apps: Collection[App] = Collection("apps", database)
        self.tokens: Collection[Token] = Collection("tokens", database)
        self.posts: Collection[Post] = Collection("posts", database)
        self.uploads: Collection[StoredMedia] = Collection("uploads", database)
        self.comments_by_post: Collection[tuple[Comment, ...]] = Collection("comments_by_post", database)
        self.recent_texts: dict[tuple[str, str, str], tuple[int, str]] = {}
        # Codes live minutes, so they are not kept on disk.
        self.codes: dict[str, AuthorizationCode] = {}
        self.used_codes: set[str] = set()
        self.comment_times: dict[str, tuple[float, ...]] = {}
        self.snapshots: dict[str, dict[str, dict[str, Any]]] = {}
        self._activities: dict[str, str] = {}
        self._upload_keys: dict[str, str] = {}
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._media_folder = database.media_folder if database else None
        self._database = database
        self._further: dict[str, Collection[Any]] = {}
        self.feed_sources: list[FeedSource] = []
        self._restored: list[Callable[[], None]] = []
        self.staying = {"members", "organizations", "apps", "tokens"}
        if database:
            for collection in self.collections():
                collection.load(database.read(collection.name))
            self.index()

    def collection(self, name: str, *, stays: bool = False) -> Collection[Any]:
        """Return a further collection, for another network's emulator: made when first asked for.

        It is part of every snapshot, and of the database. Its values are JSON objects. A reset empties it,
        unless it ``stays``.
        """
        with self.lock:
            if stays:
                self.staying.add(name)
            if name not in self._further:
                self._further[name] = Collection(name, self._database)
                if self._database:
                    self._further[name].load(self._database.read(name))
            return self._further[name]

    # reading

    def posts_newest_first(self, limit: int | None = None) -> list[Post]:
        """Return the posts that readers see, newest first, at most ``limit``."""
        return list(islice(filter(self.visible, self.posts.newest_first()), limit))

    def visible(self, post: Post) -> bool:
        """Return whether readers see it: published, not deleted, and all its media processed."""
        attached = post.content.get("media", ())
        return post.shown and all(self._available(item["urn"]) for item in attached)

    def invisibility(self, post: Post) -> str:
        """Return why readers don't see a post, as words. It is empty if they do."""
        if self.visible(post):
            return ""
        if post.deleted_at is not None:
            return "It was deleted."
        if post.invisible:
            return 'The fault "invisible" hides it.'
        for item in post.content.get("media", ()):
            upload = self.uploads.get(item["urn"])
            status = upload.status(self.clock.now()) if upload else None
            if status is MediaStatus.PROCESSING_FAILED:
                return f"LinkedIn can't process {item['urn']}: {upload.failure if upload else ''}"
            if status is not MediaStatus.AVAILABLE:
                return f"{item['urn']} is still being processed, or its bytes never came."
        return f"Its state is {post.lifecycle}."

    def _available(self, urn: str) -> bool:
        upload = self.uploads.get(urn)
        return upload is not None and upload.status(self.clock.now()) is MediaStatus.AVAILABLE

    def post(self, urn: str) -> Post | None:
        """Return a post by its share, ugcPost or activity URN; deleted and invisible ones too."""
        return self.posts.get(self._activities.get(urn, urn))

    def member(self, urn: str) -> Member | None:
        """Return a person by URN."""
        return self.members.get(urn)

    def organization(self, urn: str) -> Organization | None:
        """Return a page by URN."""
        return self.organizations.get(urn)

    def author(self, urn: str) -> Member | Organization | None:
        """Return who posts under this URN."""
        return self.members.get(urn) or self.organizations.get(urn)

    def media(self, urn: str) -> StoredMedia | None:
        """Return an upload by its URN (asset, image, video or document)."""
        return self.uploads.get(urn)

    def upload(self, key: str) -> StoredMedia | None:
        """Return an upload by the opaque key in its upload URL."""
        return self.uploads.get(self._upload_keys.get(key, ""))

    def comments(self, post_urn: str) -> tuple[Comment, ...]:
        """Return the comments under a post, oldest first."""
        return self.comments_by_post.get(self._activities.get(post_urn, post_urn)) or ()

    def subscribe(self) -> Subscription:
        """Return a subscription to later events. It is iterable and a context manager."""
        return self.events.subscribe()

    @property
    def media_folder(self) -> Path:
        """Return where uploaded bytes are kept; a temporary folder unless the store is kept in a database."""
        with self.lock:
            if self._media_folder is None:
                # Uploads may be larger than memory, so they are files even in a short test.
                self._temporary = tempfile.TemporaryDirectory(prefix="sandbox-media-")
                self._media_folder = Path(self._temporary.name)
            self._media_folder.mkdir(parents=True, exist_ok=True)
            return self._media_folder

    def reactions(self, post_urn: str) -> list[dict[str, Any]]:
        """Return the reactions to a post, oldest first: ``actor``, ``reactionType`` and ``time`` in ms."""
        return [item for item in self.collection("reactions").all() if item["post"] == post_urn]

    def votes(self, post_urn: str) -> dict[str, int]:
        """Return the votes in a post's poll: member -> option."""
        found = (item for item in self.collection("votes").all() if item["post"] == post_urn)
        return {item["member"]: item["option"] for item in found}

    # changing

    def react(self, post_urn: str, actor: str, kind: str) -> None:
        """Set an actor's reaction to a post."""
        value = {"post": post_urn, "actor": actor, "reactionType": kind, "time": self.clock.milliseconds()}
        with self.lock:
            self.collection("reactions").put(f"{post_urn} {actor}", value)
        self.events.publish("update", post_urn)

    def unreact(self, post_urn: str, actor: str) -> None:
        """Remove an actor's reaction from a post."""
        with self.lock:
            self.collection("reactions").remove(f"{post_urn} {actor}")
        self.events.publish("update", post_urn)

    def vote(self, post_urn: str, member: str, option: int) -> None:
        """Vote in a post's poll. A member's first vote stays."""
        with self.lock:
            votes = self.collection("votes")
            # LinkedIn's polls are SINGLE_VOTE (learn.microsoft.com, Posts API, Poll, read 2026-09).
            if f"{post_urn} {member}" not in votes:
                votes.put(f"{post_urn} {member}", {"post": post_urn, "member": member, "option": option})
        self.events.publish("update", post_urn)

    def add_member(self, **fields: Any) -> Member:
        """Return a new person; ``id`` and names are made up where they are missing."""
        with self.lock:
            number = len(self.members) + 1
            identity = fields.pop("id", None) or self.ids.person()
            given = {
                "given_name": "Member",
                "family_name": str(number),
                "email": f"member{number}@example.com",
            }
            given["picture"] = drawn_picture(identity)
            member = Member(id=identity, **{**given, **fields})
            return self.members.put(member.urn, member)

    def add_organization(self, **fields: Any) -> Organization:
        """Return a new page; ``id`` is made up where it is missing."""
        with self.lock:
            # The ids of pages are numbers (learn.microsoft.com, Organization Lookup, read 2026-09).
            identity = str(fields.pop("id", None) or self.ids.digits(8))
            given = {"name": f"Organization {identity}", **fields}
            vanity_name = re.sub(r"[^a-z0-9]+", "-", str(given["name"]).lower()).strip("-")
            organization = Organization(id=identity, **{"vanity_name": vanity_name, **given})
            return self.organizations.put(organization.urn, organization)

    def add_app(self, **fields: Any) -> App:
        """Return a new app; client id and secret are made up where they are missing."""
        with self.lock:
            given = {"client_id": self.ids.text(14), "client_secret": self.ids.text(16), "name": "App"}
            for name in ("scopes", "redirect_uris", "products"):
                if name in fields:
                    fields[name] = tuple(fields[name])
            app = App(**{**given, **fields})
            return self.apps.put(app.client_id, app)

    def issue_token(
        self, member: str, client_id: str, scopes: Iterable[str], lifetime: float | None = None
    ) -> Token:
        """Return a new access token. Other tokens stay: ``oauth`` has the rule on scope sets."""
        with self.lock:
            now = self.clock.now()
            life = self.settings.token_lifetime if lifetime is None else lifetime
            # LinkedIn lists scopes in alphabetical order (observed, 2024).
            token = Token(self.ids.token(), client_id, member, tuple(sorted(scopes)), now, now + life)
            return self.tokens.put(token.value, token)

    def add_post(self, post: Post) -> Post:
        """Publish a post, index its text for the detection of duplicates, and notify the readers."""
        with self.lock:
            self.posts.put(post.urn, post)
            self._index_post(post)
        # those that readers never see must not show up in their stream
        if post.shown:
            self.events.publish("post", post.urn)
        return post

    def edit_post(self, post: Post) -> Post:
        """Replace a post by an edited or deleted version of itself."""
        with self.lock:
            self.posts.put(post.urn, post)
        self.events.publish("update" if post.shown else "delete", post.urn)
        return post

    def delete_post(self, post: Post) -> Post:
        """Mark a post as deleted. Its text stays in the index of duplicates, as LinkedIn's does."""
        # Deleted posts stay, because an equal text still counts as a duplicate (inferred).
        return self.edit_post(replace(post, deleted_at=self.clock.milliseconds()))

    def put_upload(self, upload: StoredMedia) -> StoredMedia:
        """Add or replace an upload."""
        with self.lock:
            self._upload_keys[upload.upload_key] = upload.urn
            return self.uploads.put(upload.urn, upload)

    def add_comment(self, comment: Comment) -> Comment:
        """Add a comment to its post."""
        with self.lock:
            self.comments_by_post.put(comment.post, (*self.comments(comment.post), comment))
        self.events.publish("comment", comment.post)
        return comment

    def remove_comment(self, comment: Comment) -> None:
        """Remove a comment."""
        with self.lock:
            kept = tuple(item for item in self.comments(comment.post) if item.id != comment.id)
            self.comments_by_post.put(comment.post, kept)
        self.events.publish("comment", comment.post)

    # as a whole

    def collections(self) -> tuple[Collection[Any], ...]:
        """Return every collection."""
        return (
            self.members,
            self.organizations,
            self.apps,
            self.tokens,
            self.posts,
            self.uploads,
            self.comments_by_post,
            *self._further.values(),
        )

    def index(self) -> None:
        """Build again what is derived from the collections."""
        self.recent_texts.clear()
        self.comment_times.clear()
        self._activities.clear()
        for post in self.posts.all():
            self._index_post(post)
        self._upload_keys = {upload.upload_key: upload.urn for upload in self.uploads.all()}

    def snapshot(self) -> dict[str, dict[str, Any]]:
        """Return the collections as they are now (values are frozen, so this is cheap)."""
        with self.lock:
            return {collection.name: collection.contents() for collection in self.collections()}

    def on_restore(self, clear: Callable[[], None]) -> None:
        """Call ``clear`` after each restore, so that an emulator drops values outside collections."""
        self._restored.append(clear)

    def restore(self, snapshot: dict[str, dict[str, Any]]) -> None:
        """Go back to a snapshot. Clear the quota, the faults and the request log."""
        with self.lock:
            for collection in self.collections():
                collection.fill(snapshot.get(collection.name, {}))
            self.index()
            self.quota.clear()
            self.faults.clear()
            self.request_log.clear()
            for clear in self._restored:
                clear()
        self.events.publish("reset", "")

    def reset(self) -> None:
        """Remove what was made: posts, media, comments, faults, the request log.

        People, apps and tokens stay.

        Those of the beginning are as they were then.
        """
        with self.lock:
            beginning = self.snapshots[BEGINNING]
            stay = [item for item in self.collections() if item.name in self.staying]
            # Later people stay. People of the beginning return to their first state.
            people = {item.name: {**item.contents(), **beginning[item.name]} for item in stay}
            self.restore({**beginning, **people})

    def close(self) -> None:
        """End the streams and remove the temporary folder."""
        self.events.close()
        if self._temporary:
            self._temporary.cleanup()

    def _tell(self, entry: LoggedRequest) -> None:
        """Let the feed show a request that was refused, or that carries a warning."""
        if entry.status >= 400 or entry.warnings:
            self.events.publish("trouble", str(entry.number))

    def _index_post(self, post: Post) -> None:
        self._activities[post.activity] = post.urn
        if post.sent_text:
            key = self.duplicate_key(post.author, post.sent_text, post.content)
            self.recent_texts[key] = (post.created_at, post.urn)

    def duplicate_key(self, author: str, text: str, content: Mapping[str, Any]) -> tuple[str, str, str]:
        """Return the key that equal posts share. A setting decides whether media count."""
        if not self.settings.media_in_duplicates:
            # It is unknown whether media count as well. LinkedIn's message is about the text (inferred,
            # 2026-11).
            return author, text, ""
        media = [self.uploads.get(item["urn"]) for item in content.get("media", ())]
        attached = [upload.sha256 for upload in media if upload] or [repr(sorted(content.items()))]
        return author, text, " ".join(attached)
