"""One function for each action: what publish does for create, comment, update, replace, move and delete."""

from shlex import quote

from publisher.errors import Rejected
from publisher.model.plan import Action, Change
from publisher.model.post import Post
from publisher.model.state import COMMENT_SUFFIX, Attempt, Entry, Status
from publisher.networks.linkedin.payloads import encode_comment, encode_post, encode_text_update
from publisher.planning.digests import rest_digest
from publisher.publishing.entries import intent
from publisher.publishing.intent import send_once
from publisher.publishing.receipts import Outcome, Receipt
from publisher.publishing.run_context import RunContext
from publisher.publishing.uploads import Uploads
from publisher.render.digest import text_digest
from publisher.state.edits import Edit, PostEdit


def carry_out(change: Change, run: RunContext, uploads: Uploads) -> Receipt:
    """Do one change. Raises `ApiError` where LinkedIn refuses or stays silent."""
    match change.action:
        case Action.CREATE if change.key.endswith(COMMENT_SUFFIX):
            return _comment(change, run)
        case Action.CREATE:
            return _create(change, run, uploads)
        case Action.REPLACE:
            return _replace(change, run, uploads)
        case Action.UPDATE:
            return _update(change, run)
        case Action.MOVE:
            return _move(change, run)
        case Action.DELETE:
            return _delete(change, run)
        case _:
            raise ValueError(f"{change.action} is not carried out")


def _create(
    change: Change,
    run: RunContext,
    uploads: Uploads,
    *,
    before: Entry | None = None,
    also: tuple[Edit, ...] = (),
) -> Receipt:
    post = _post(change)
    assets = uploads.assets(change, post)
    payload = encode_post(post, run.config.api, assets)
    if before is not None and before.urn is not None:
        run.gateway.delete(run.author(before.author), before.urn)
    pending = intent(change, post, run.config.api, _attempt(change, run), assets)
    return send_once(
        change, pending, lambda: run.gateway.create(post.author, payload), run, before=before, also=also
    )


def _replace(change: Change, run: RunContext, uploads: Uploads) -> Receipt:
    posts = run.session.state.posts
    return _create(change, run, uploads, before=posts[change.key], also=_forget_comment(change.key, run))


def _comment(change: Change, run: RunContext) -> Receipt:
    post = _post(change)
    parent = run.session.state.posts.get(post.key)
    if parent is None or parent.urn is None or post.first_comment is None:
        return _receipt(change, Outcome.SKIPPED, message="Its post was not published.")
    urn = parent.urn
    payload = encode_comment(post.first_comment, post.author.urn, urn)
    pending = intent(change, post, run.config.api, _attempt(change, run), {})
    return send_once(change, pending, lambda: run.gateway.comment(post.author, urn, payload), run)


def _update(change: Change, run: RunContext) -> Receipt:
    post, entry = _post(change), run.session.state.posts[change.key]
    if entry.urn is None:
        raise Rejected(
            "The state knows no URN of this post.", f"`publisher state import {quote(change.key)} URN`."
        )
    run.gateway.update_text(run.author(entry.author), entry.urn, encode_text_update(post.text))
    updated = entry._replace(
        digest=post.digest,
        text_digest=text_digest(post),
        rest_digest=rest_digest(post),
        text=post.text.plain,
    )
    run.session.write(PostEdit(change.key, entry, updated))
    return _receipt(change, Outcome.DONE)


def _move(change: Change, run: RunContext) -> Receipt:
    posts, old = run.session.state.posts, change.moved_from
    if old is None:
        raise ValueError("a move says where from")
    edits = [PostEdit(old, posts[old], None, change.key)]
    edits.append(PostEdit(change.key, None, posts[old]._replace(source=change.source)))
    comment = posts.get(old + COMMENT_SUFFIX)
    if comment is not None:
        edits.append(PostEdit(old + COMMENT_SUFFIX, comment, None, change.key + COMMENT_SUFFIX))
        edits.append(PostEdit(change.key + COMMENT_SUFFIX, None, comment._replace(source=change.source)))
    run.session.write(*edits)
    return _receipt(change, Outcome.DONE)


def _delete(change: Change, run: RunContext) -> Receipt:
    entry = run.session.state.posts[change.key]
    gone: Entry | None = None  # a stamped entry was never ours to delete: it is only forgotten
    if entry.urn is not None:
        run.gateway.delete(run.author(entry.author), entry.urn)
        gone = entry._replace(status=Status.DELETED, deleted_at=run.now())
    run.session.write(PostEdit(change.key, entry, gone), *_forget_comment(change.key, run))
    return _receipt(change, Outcome.DONE)


def _forget_comment(key: str, run: RunContext) -> tuple[PostEdit, ...]:
    entry = run.session.state.posts.get(key + COMMENT_SUFFIX)
    return (PostEdit(key + COMMENT_SUFFIX, entry, None),) if entry else ()


def _attempt(change: Change, run: RunContext) -> Attempt:
    return Attempt(run.new_id(), run.now(), change.digest)


def _post(change: Change) -> Post:
    if change.post is None:
        raise ValueError(f"{change.action} needs a post")
    return change.post


def _receipt(change: Change, outcome: Outcome, message: str = "") -> Receipt:
    return Receipt(
        change.key, change.action, outcome, change.author, change.urn, change.permalink, message=message
    )
