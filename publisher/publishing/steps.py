"""One function for each action: what publish does for create, comment, update, replace, move and delete."""

from shlex import quote

from publisher.errors import Rejected
from publisher.model.plan import Action, Change
from publisher.model.post import Post
from publisher.model.state import COMMENT_SUFFIX, Entry
from publisher.networks.linkedin.payloads import encode_comment, encode_post, encode_text_update
from publisher.publishing.entries import (
    before_intent,
    deleted,
    edited,
    intent,
    intent_to_delete,
    intent_to_replace,
    intent_to_update,
    old_one_is_gone,
)
from publisher.publishing.intent import finish, new_attempt, send, send_create, write_intent
from publisher.publishing.receipts import Outcome, Receipt
from publisher.publishing.run_context import RunContext
from publisher.publishing.uploads import Uploads
from publisher.state.edits import PostEdit


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


def _create(change: Change, run: RunContext, uploads: Uploads) -> Receipt:
    post = _post(change)
    assets = uploads.assets(change, post)
    payload = encode_post(post, run.config.api, assets)
    pending = intent(change, post, run.config.api, new_attempt(change, run, "create"), assets)
    write_intent(change, pending, None, run)
    return send_create(change, pending, lambda: run.gateway.create(post.author, payload), run)


def _replace(change: Change, run: RunContext, uploads: Uploads) -> Receipt:
    """Delete the live post and create the new one under one intent, which says whether the old one is gone."""
    post, old = _post(change), run.session.state.posts[change.key]
    urn = _live_urn(change, old)
    assets = uploads.assets(change, post)  # first, so that a file that fails deletes nothing
    payload = encode_post(post, run.config.api, assets)
    new = intent(change, post, run.config.api, new_attempt(change, run, "replace"), assets)
    pending = intent_to_replace(new, old)
    write_intent(change, pending, old, run)
    send(change, pending, lambda: run.gateway.delete(run.author(old.author), urn), run)
    creating = old_one_is_gone(pending, run.now())
    run.session.write(PostEdit(change.key, pending, creating), *_forget_comment(change.key, run))
    return send_create(change, creating, lambda: run.gateway.create(post.author, payload), run)


def _comment(change: Change, run: RunContext) -> Receipt:
    post = _post(change)
    parent = run.session.state.posts.get(post.key)
    if parent is None or parent.urn is None or parent.attempt is not None or post.first_comment is None:
        return _receipt(change, Outcome.SKIPPED, message="Its post was not published.")
    urn = parent.urn
    payload = encode_comment(post.first_comment, post.author.urn, urn)
    pending = intent(change, post, run.config.api, new_attempt(change, run, "comment"), {})
    write_intent(change, pending, None, run)
    return send_create(change, pending, lambda: run.gateway.comment(post.author, urn, payload), run)


def _update(change: Change, run: RunContext) -> Receipt:
    """Edit the text. The same edit may be sent again, so an earlier intent without an outcome does not hold it."""
    post, there = _post(change), run.session.state.posts[change.key]
    old = before_intent(there)
    urn = _live_urn(change, old)
    pending = intent_to_update(old, post, new_attempt(change, run, "update"))
    write_intent(change, pending, there, run)
    payload = encode_text_update(post.text)
    send(change, pending, lambda: run.gateway.update_text(run.author(old.author), urn, payload), run)
    finish(change, pending, edited(old, post), run)
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
    """Delete a live post. An earlier intent to do so without an outcome does not hold it."""
    there = run.session.state.posts[change.key]
    old = before_intent(there)
    if old.urn is None:  # a stamped entry was never ours to delete: it is only forgotten
        run.session.write(PostEdit(change.key, there, None), *_forget_comment(change.key, run))
        return _receipt(change, Outcome.DONE)
    urn = old.urn
    pending = intent_to_delete(old, new_attempt(change, run, "delete"))
    write_intent(change, pending, there, run)
    send(change, pending, lambda: run.gateway.delete(run.author(old.author), urn), run)
    finish(change, pending, deleted(old, run.now()), run, *_forget_comment(change.key, run))
    return _receipt(change, Outcome.DONE)


def _forget_comment(key: str, run: RunContext) -> tuple[PostEdit, ...]:
    entry = run.session.state.posts.get(key + COMMENT_SUFFIX)
    return (PostEdit(key + COMMENT_SUFFIX, entry, None),) if entry else ()


def _live_urn(change: Change, entry: Entry) -> str:
    if entry.urn is None:
        raise Rejected(
            "The state knows no URN of this post.", f"`publisher state import {quote(change.key)} URN`."
        )
    return entry.urn


def _post(change: Change) -> Post:
    if change.post is None:
        raise ValueError(f"{change.action} needs a post")
    return change.post


def _receipt(change: Change, outcome: Outcome, message: str = "") -> Receipt:
    return Receipt(
        change.key, change.action, outcome, change.author, change.urn, change.permalink, message=message
    )
