"""Entries as publishing writes them: the intent before a request, the record after it."""

from collections.abc import Mapping
from datetime import datetime

from publisher.model.config import Api
from publisher.model.plan import Change
from publisher.model.post import Media, Post
from publisher.model.state import COMMENT_SUFFIX, Attempt, Entry, Status, UploadedMedia
from publisher.networks.gateway import Created
from publisher.planning.digests import rest_digest
from publisher.render.digest import text_digest

_PLACE = ("handle", "server", "platform")


def intent(change: Change, post: Post, api: Api, attempt: Attempt, assets: Mapping[str, str]) -> Entry:
    """Return the write-ahead record of a create (of a post, or of its first comment by the change's name)."""
    comment = change.key.endswith(COMMENT_SUFFIX)
    linkedin = change.network == "linkedin"
    text = post.first_comment if comment and post.first_comment else post.text
    return Entry(
        status=Status.PENDING,
        author=change.author,
        digest=change.digest,
        text_digest=change.digest if comment else text_digest(post),
        api=api if linkedin else change.network,
        source=change.source,
        attempt=attempt,
        media=uploaded(post, api, assets) if linkedin and not comment else (),
        text=text.plain,
        rest_digest=None if comment else rest_digest(post),
        network=change.network,
        ids=_place({name: getattr(post.author, name) for name in _PLACE}),
    )


def _place(ids: Mapping[str, str]) -> Mapping[str, str]:
    """Return the place of an account. A plan matches entries with authors by it and asks no network."""
    return {name: ids[name] for name in _PLACE if ids.get(name)}


def intent_to_replace(new: Entry, old: Entry) -> Entry:
    """Return the write-ahead record of a delete and a create. It has the old URN until that post is gone."""
    return new._replace(urn=old.urn, permalink=old.permalink, ids=old.ids, before=old)


def old_one_is_gone(pending: Entry, now: datetime) -> Entry:
    """Return the same record once the old post is deleted: what is left to do is the create."""
    old = pending.before
    gone = old._replace(status=Status.DELETED, deleted_at=now) if old else None
    return pending._replace(urn=None, permalink=None, ids=_place(pending.ids), before=gone)


def intent_to_update(old: Entry, post: Post, attempt: Attempt) -> Entry:
    """Return the write-ahead record of an edit of the text."""
    return edited(old, post)._replace(status=Status.PENDING, attempt=attempt, before=old)


def edited(old: Entry, post: Post) -> Entry:
    """Return the record of a live post whose text was edited."""
    return old._replace(
        digest=post.digest, text_digest=text_digest(post), rest_digest=rest_digest(post), text=post.text.plain
    )


def intent_to_delete(old: Entry, attempt: Attempt) -> Entry:
    """Return the write-ahead record of a delete."""
    return old._replace(status=Status.PENDING, attempt=attempt, before=old)


def deleted(old: Entry, now: datetime) -> Entry:
    """Return the record of a post that publisher deleted."""
    return old._replace(status=Status.DELETED, deleted_at=now, attempt=None, before=None)


def before_intent(entry: Entry) -> Entry:
    """Return the entry before an intent that is repeated, or the entry itself if it is not an intent."""
    return entry.before if entry.status is Status.PENDING and entry.before is not None else entry


def restored(pending: Entry) -> Entry | None:
    """Return what a key has again if its intent had no effect, or None if its post is gone."""
    before = pending.before
    return before if before is not None and before.status is not Status.DELETED else None


def published(pending: Entry, created: Created, now: datetime) -> Entry:
    """Return the record of a create that succeeded."""
    return pending._replace(
        status=Status.PUBLISHED,
        urn=created.urn,
        permalink=created.permalink,
        ids={**pending.ids, **created.ids},
        published_at=now.replace(microsecond=0),
        attempt=None,
        before=None,
    )


def files(post: Post, api: Api) -> tuple[Media, ...]:
    """Return every file to upload for a post: its media, then the article's thumbnail if the API has one."""
    thumbnail = post.article.thumbnail if post.article and api == "posts" else None
    return post.media + ((thumbnail,) if thumbnail else ())


def uploaded(post: Post, api: Api, assets: Mapping[str, str]) -> tuple[UploadedMedia, ...]:
    """Return the assets of a post's files, in order, as the state keeps them."""
    return tuple(UploadedMedia(media.sha256, assets[media.sha256], api) for media in files(post, api))


def belongs_to(item: UploadedMedia, api: Api) -> bool:
    """Return whether an API can use a file that was uploaded before.

    Older versions recorded no API. The kind of the URN tells it: only the Assets API makes digitalmediaAsset
    URNs.
    """
    return (item.api or ("ugcPosts" if ":digitalmediaAsset:" in item.urn else "posts")) == api
