"""The world of the sandbox: everything it remembers, and the few ways in which that changes."""

import tempfile
import threading
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from publisher.sandbox.clock import Clock
from publisher.sandbox.disk import Disk
from publisher.sandbox.events import Events, Subscription
from publisher.sandbox.faults import Faults
from publisher.sandbox.ids import Ids
from publisher.sandbox.quota import Quota
from publisher.sandbox.record import Record
from publisher.sandbox.settings import Settings
from publisher.sandbox.shelf import Shelf
from publisher.sandbox.values import (
    App,
    Comment,
    Grant,
    MediaStatus,
    Member,
    Organization,
    Post,
    StoredMedia,
    Token,
)

BEGINNING = "beginning"
"""The name of the snapshot that a reset goes back to."""


class World:
    """Members, organizations, apps, tokens, posts, media and comments, with clock, quota, faults and record.

    ``lock`` is held while something is checked and changed together, such as "no duplicate, so create".
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        disk: Disk | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        # a kept world must not give the ids of its first start again
        self.ids = Ids(f"{settings.seed}/{disk.starts}" if disk and disk.starts > 1 else settings.seed, clock)
        self.lock = threading.RLock()
        self.events = Events()
        self.faults = Faults()
        self.quota = Quota(settings, clock)
        self.record = Record(settings.recorded)
        self.members: Shelf[Member] = Shelf("members", disk)
        self.organizations: Shelf[Organization] = Shelf("organizations", disk)
        self.apps: Shelf[App] = Shelf("apps", disk)
        self.tokens: Shelf[Token] = Shelf("tokens", disk)
        self.posts: Shelf[Post] = Shelf("posts", disk)
        self.uploads: Shelf[StoredMedia] = Shelf("uploads", disk)
        self.remarks: Shelf[tuple[Comment, ...]] = Shelf("remarks", disk)
        self.said: dict[tuple[str, str], tuple[int, str]] = {}
        self.grants: dict[str, Grant] = {}
        self.used_codes: set[str] = set()
        self.commented: dict[str, tuple[float, ...]] = {}
        self.snapshots: dict[str, dict[str, dict[str, Any]]] = {}
        self._activities: dict[str, str] = {}
        self._upload_keys: dict[str, str] = {}
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._media_folder = disk.media_folder if disk else None
        if disk:
            for shelf in self.shelves():
                shelf.load(disk.read(shelf.name))
            self.index()

    # reading

    def posts_newest_first(self, limit: int | None = None) -> list[Post]:
        """The posts that readers see, newest first, at most ``limit``."""
        return list(islice(filter(self.visible, self.posts.newest_first()), limit))

    def visible(self, post: Post) -> bool:
        """Whether readers see it: published, not deleted, and all its media processed."""
        attached = post.content.get("media", ())
        return post.shown and all(self._available(item["urn"]) for item in attached)

    def _available(self, urn: str) -> bool:
        upload = self.uploads.get(urn)
        return upload is not None and upload.status(self.clock.now()) is MediaStatus.AVAILABLE

    def post(self, urn: str) -> Post | None:
        """A post by its share, ugcPost or activity URN; deleted and invisible ones too."""
        return self.posts.get(self._activities.get(urn, urn))

    def member(self, urn: str) -> Member | None:
        """A person by URN."""
        return self.members.get(urn)

    def organization(self, urn: str) -> Organization | None:
        """A page by URN."""
        return self.organizations.get(urn)

    def author(self, urn: str) -> Member | Organization | None:
        """Who posts under this URN."""
        return self.members.get(urn) or self.organizations.get(urn)

    def media(self, urn: str) -> StoredMedia | None:
        """An upload by its URN (asset, image, video, document): ``.read()`` bytes, ``.path``, ``.mime_type``."""
        return self.uploads.get(urn)

    def upload(self, key: str) -> StoredMedia | None:
        """An upload by the opaque key in its upload URL."""
        return self.uploads.get(self._upload_keys.get(key, ""))

    def comments(self, post_urn: str) -> tuple[Comment, ...]:
        """The comments under a post, oldest first."""
        return self.remarks.get(self._activities.get(post_urn, post_urn)) or ()

    def subscribe(self) -> Subscription:
        """Events from now on: iterate, or ``wait(timeout)``; close it (it is a context manager)."""
        return self.events.subscribe()

    @property
    def media_folder(self) -> Path:
        """Where uploaded bytes are kept; a temporary folder unless the world is kept on disk."""
        with self.lock:
            if self._media_folder is None:
                self._temporary = tempfile.TemporaryDirectory(prefix="sandbox-media-")
                self._media_folder = Path(self._temporary.name)
            self._media_folder.mkdir(parents=True, exist_ok=True)
            return self._media_folder

    # changing

    def add_member(self, **fields: Any) -> Member:
        """A new person; ``id`` and names are made up where they are missing."""
        with self.lock:
            number = len(self.members) + 1
            identity = fields.pop("id", None) or self.ids.person()
            given = {
                "given_name": "Member",
                "family_name": str(number),
                "email": f"member{number}@example.com",
            }
            member = Member(id=identity, **{**given, **fields})
            return self.members.put(member.urn, member)

    def add_organization(self, **fields: Any) -> Organization:
        """A new page; ``id`` is made up where it is missing."""
        with self.lock:
            identity = str(fields.pop("id", None) or self.ids.digits(8))
            organization = Organization(id=identity, **{"name": f"Organization {identity}", **fields})
            return self.organizations.put(organization.urn, organization)

    def add_app(self, **fields: Any) -> App:
        """A new app; client id and secret are made up where they are missing."""
        with self.lock:
            given = {"client_id": self.ids.text(14), "client_secret": self.ids.text(16), "name": "App"}
            for name in ("scopes", "redirect_uris"):
                if name in fields:
                    fields[name] = tuple(fields[name])
            app = App(**{**given, **fields})
            return self.apps.put(app.client_id, app)

    def issue_token(
        self, member: str, client_id: str, scopes: Iterable[str], lifetime: float | None = None
    ) -> Token:
        """A new access token; other tokens stay as they are (see ``oauth`` for the rule on scope sets)."""
        with self.lock:
            now = self.clock.now()
            life = self.settings.token_lifetime if lifetime is None else lifetime
            token = Token(self.ids.token(), client_id, member, tuple(sorted(scopes)), now, now + life)
            return self.tokens.put(token.value, token)

    def add_post(self, post: Post) -> Post:
        """Publish, index its text against duplicates, and tell the readers."""
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
        """Mark it deleted; its text stays in the index of duplicates, as LinkedIn's does."""
        return self.edit_post(replace(post, deleted_at=self.clock.milliseconds()))

    def put_upload(self, upload: StoredMedia) -> StoredMedia:
        """Add or replace an upload."""
        with self.lock:
            self._upload_keys[upload.upload_key] = upload.urn
            return self.uploads.put(upload.urn, upload)

    def add_comment(self, comment: Comment) -> Comment:
        """Hang a comment on its post."""
        with self.lock:
            self.remarks.put(comment.post, (*self.comments(comment.post), comment))
        self.events.publish("comment", comment.post)
        return comment

    def remove_comment(self, comment: Comment) -> None:
        """Take a comment away."""
        with self.lock:
            kept = tuple(item for item in self.comments(comment.post) if item.id != comment.id)
            self.remarks.put(comment.post, kept)
        self.events.publish("comment", comment.post)

    # as a whole

    def shelves(self) -> tuple[Shelf[Any], ...]:
        """Every shelf."""
        return (
            self.members,
            self.organizations,
            self.apps,
            self.tokens,
            self.posts,
            self.uploads,
            self.remarks,
        )

    def index(self) -> None:
        """Build again what is derived from the shelves."""
        self.said.clear()
        self.commented.clear()
        self._activities.clear()
        for post in self.posts.all():
            self._index_post(post)
        self._upload_keys = {upload.upload_key: upload.urn for upload in self.uploads.all()}

    def snapshot(self) -> dict[str, dict[str, Any]]:
        """The shelves as they are now (values are frozen, so this is cheap)."""
        with self.lock:
            return {shelf.name: shelf.contents() for shelf in self.shelves()}

    def restore(self, snapshot: dict[str, dict[str, Any]]) -> None:
        """Go back to a snapshot; quota, faults and record begin anew."""
        with self.lock:
            for shelf in self.shelves():
                shelf.fill(snapshot[shelf.name])
            self.index()
            self.quota.clear()
            self.faults.clear()
            self.record.clear()
        self.events.publish("reset", "")

    def close(self) -> None:
        """End the streams and remove the temporary folder."""
        self.events.close()
        if self._temporary:
            self._temporary.cleanup()

    def _index_post(self, post: Post) -> None:
        self._activities[post.activity] = post.urn
        if post.sent_text:
            self.said[post.author, post.sent_text] = (post.created_at, post.urn)
