"""Entries as publishing writes them: the intent before a create, the record after it."""

from collections.abc import Mapping
from datetime import datetime

from publisher.model.config import Api
from publisher.model.plan import Change
from publisher.model.post import Media, Post
from publisher.model.state import COMMENT_SUFFIX, Attempt, Entry, Status, UploadedMedia
from publisher.networks.gateway import Created
from publisher.planning.digests import rest_digest
from publisher.render.digest import text_digest


def intent(change: Change, post: Post, api: Api, attempt: Attempt, assets: Mapping[str, str]) -> Entry:
    """The write-ahead record of a create (of a post, or of its first comment by the change's key)."""
    comment = change.key.endswith(COMMENT_SUFFIX)
    text = post.first_comment if comment and post.first_comment else post.text
    return Entry(
        status=Status.PENDING,
        author=change.author,
        digest=change.digest,
        text_digest=change.digest if comment else text_digest(post),
        api=api,
        source=change.source,
        attempt=attempt,
        media=() if comment else uploaded(post, api, assets),
        text=text.plain,
        rest_digest=None if comment else rest_digest(post),
    )


def published(pending: Entry, created: Created, now: datetime) -> Entry:
    """The record of a create that succeeded."""
    return pending._replace(
        status=Status.PUBLISHED,
        urn=created.urn,
        permalink=created.permalink,
        published_at=now.replace(microsecond=0),
        attempt=None,
    )


def files(post: Post, api: Api) -> tuple[Media, ...]:
    """Every file a post needs uploaded: its media, then its article's thumbnail where the API takes one."""
    thumbnail = post.article.thumbnail if post.article and api == "posts" else None
    return post.media + ((thumbnail,) if thumbnail else ())


def uploaded(post: Post, api: Api, assets: Mapping[str, str]) -> tuple[UploadedMedia, ...]:
    """The assets of a post's files, in order, as the state keeps them."""
    return tuple(UploadedMedia(media.sha256, assets[media.sha256]) for media in files(post, api))
