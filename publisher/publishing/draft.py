"""Prepare creates, edits and deletes in the form of each network, ready to be sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from publisher.model.plan import Change
from publisher.model.post import Post
from publisher.model.state import COMMENT_SUFFIX, Entry, split_name
from publisher.networks.gateway import Created, Frozen
from publisher.networks.linkedin.payloads import encode_comment, encode_post, encode_text_update
from publisher.publishing.fence import LIFETIME
from publisher.publishing.run_context import RunContext
from publisher.publishing.uploads import Uploads
from publisher.render.threads import comment_of, part_of


@dataclass(frozen=True, slots=True)
class Draft:
    """A create that is ready to be sent.

    ``assets`` are LinkedIn's URNs of its files. ``frozen`` is the key and the body that the intent records,
    for networks where a create can be found or repeated. ``lifetime`` is how long the intent is in flight.
    """

    send: Callable[[], Created]
    assets: Mapping[str, str] = field(default_factory=dict)
    frozen: Frozen | None = None
    lifetime: timedelta = LIFETIME


def draft_post(change: Change, post: Post, run: RunContext, uploads: Uploads) -> Draft:
    """Upload the files of a post and return its create. Raise `ApiError`."""
    if change.network == "linkedin":
        assets = uploads.assets(change, post)
        payload = encode_post(post, run.config.api, assets)
        return Draft(lambda: run.gateway.create(post.author, payload), assets)
    return _draft_copy(change, post, run)


def _draft_copy(change: Change, post: Post, run: RunContext, parent: str = "") -> Draft:
    gateway = run.copies.of(post.author, change.author)
    if gateway.traits.replies:
        post = part_of(post, 1)  # the further parts of a thread are changes of their own
    files = {media.sha256: run.read(media) for media in post.files}
    frozen = gateway.freeze(post, run.now(), files, parent)
    return Draft(lambda: gateway.create(frozen), {}, frozen, gateway.traits.lifetime)


def draft_reply(change: Change, post: Post, parent: str, run: RunContext) -> Draft:
    """Return the create of a first comment or of a further part of a thread, under the post ``parent``."""
    if not change.key.endswith(COMMENT_SUFFIX):
        return _draft_copy(change, post, run, parent)
    text = post.first_comment
    if text is None:
        raise ValueError("a comment has a text")
    if change.network == "linkedin":
        payload = encode_comment(text, post.author.urn, parent)
        return Draft(lambda: run.gateway.comment(post.author, parent, payload))
    return _draft_copy(change, comment_of(post), run, parent)


def parent_of(key: str) -> str:
    """Return what a first comment or a further part replies to: the post, or the part before."""
    name = split_name(key)
    before = int(name.part) - 1 if name.part.isdecimal() else 1
    return str(name._replace(part=str(before) if before > 1 else ""))


def delete(entry: Entry, urn: str, run: RunContext) -> None:
    """Delete a live post. Raise `ApiError`."""
    if entry.network == "linkedin":
        run.gateway.delete(run.author(entry.author), urn)
    else:
        run.copies.holder(entry.network, entry.author).delete(urn)


def edit(entry: Entry, urn: str, post: Post, run: RunContext) -> None:
    """Edit the text of a live post. Raise `ApiError`."""
    if entry.network == "linkedin":
        run.gateway.update_text(run.author(entry.author), urn, encode_text_update(post.text))
    else:
        run.copies.holder(entry.network, entry.author).update(urn, post)
