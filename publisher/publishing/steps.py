"""One function for each action: what publish does for create, comment, update, replace, move and delete."""

from shlex import quote

from publisher.errors import Rejected
from publisher.model.plan import Action, Change
from publisher.model.post import Post
from publisher.model.state import COMMENT_SUFFIX, Entry, Intention, split_name
from publisher.publishing.draft import delete, draft_post, draft_reply, edit, parent_of
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
    """Carry out one change. Raise `ApiError` if the network refuses or does not answer."""
    match change.action:
        case Action.CREATE if split_name(change.key).part:
            return _reply(change, run)
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
    draft = draft_post(change, post, run, uploads)
    pending = intent(change, post, run.config.api, new_attempt(change, run, "create", draft), draft.assets)
    write_intent(change, pending, None, run)
    return send_create(change, pending, draft.send, run)


def _replace(change: Change, run: RunContext, uploads: Uploads) -> Receipt:
    """Delete the live post and create the new one under one intent.

    The intent shows whether the old one is gone.
    """
    post, old = _post(change), run.session.state.posts[change.key]
    urn = _live_urn(change, old)
    draft = draft_post(change, post, run, uploads)  # first, so that a file that fails deletes nothing
    new = intent(change, post, run.config.api, new_attempt(change, run, "replace", draft), draft.assets)
    pending = intent_to_replace(new, old)
    write_intent(change, pending, old, run)
    send(change, pending, lambda: delete(old, urn, run), run)
    # recorded between the two requests: a run that ends here must not delete a second time
    creating = old_one_is_gone(pending, run.now())
    run.session.write(PostEdit(change.key, pending, creating), *forget_comment(change.key, run))
    return send_create(change, creating, draft.send, run)


def _reply(change: Change, run: RunContext) -> Receipt:
    """Create a first comment, or a further part of a thread."""
    post = _post(change)
    parent = run.session.state.posts.get(parent_of(change.key))
    if parent is None or parent.urn is None or parent.attempt is not None:
        return _receipt(change, Outcome.SKIPPED, message="What it replies to was not published.")
    draft = draft_reply(change, post, parent.urn, run)
    action: Intention = "comment" if change.key.endswith(COMMENT_SUFFIX) else "create"
    pending = intent(change, post, run.config.api, new_attempt(change, run, action, draft), {})
    write_intent(change, pending, None, run)
    return send_create(change, pending, draft.send, run)


def _update(change: Change, run: RunContext) -> Receipt:
    """Edit the text.

    The same edit may be sent again, so an earlier edit without an outcome does not block it.
    """
    post, there = _post(change), run.session.state.posts[change.key]
    old = before_intent(there)
    urn = _live_urn(change, old)
    pending = intent_to_update(old, post, new_attempt(change, run, "update"))
    write_intent(change, pending, there, run)
    send(change, pending, lambda: edit(old, urn, post, run), run)
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
    """Delete a live post. An earlier delete without an outcome does not block it."""
    there = run.session.state.posts[change.key]
    old = before_intent(there)
    if old.urn is None:  # a stamped entry was never ours to delete: it is only forgotten
        run.session.write(PostEdit(change.key, there, None), *forget_comment(change.key, run))
        return _receipt(change, Outcome.DONE)
    urn = old.urn
    pending = intent_to_delete(old, new_attempt(change, run, "delete"))
    write_intent(change, pending, there, run)
    send(change, pending, lambda: delete(old, urn, run), run)
    finish(change, pending, deleted(old, run.now()), run, *forget_comment(change.key, run))
    return _receipt(change, Outcome.DONE)


def forget_comment(key: str, run: RunContext) -> tuple[PostEdit, ...]:
    """Return the edits that forget the first comment of a post that is gone."""
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
