"""Creating a post, whichever API it came by: duplicates, commit, answer."""

from collections.abc import Mapping
from typing import Any

from publisher.sandbox.linkedin import api_errors
from publisher.sandbox.linkedin.call import Call
from publisher.sandbox.values import Attribute, Post


def commit_post(
    call: Call,
    *,
    author: str,
    text: str,
    sent_text: str,
    visibility: str,
    content: Mapping[str, Any],
    payload: Mapping[str, Any],
    attributes: tuple[Attribute, ...] = (),
    kind: str = "share",
    lifecycle: str = "PUBLISHED",
) -> Post:
    """Refuse a duplicate, else publish. One lock covers both. ``kind`` is share or ugcPost."""
    store = call.store
    # two equal creates at once must not both find that nobody published it before
    with store.lock:
        refuse_duplicate(call, store.duplicate_key(author, sent_text, content))
        post = Post(
            urn=f"urn:li:{kind}:{store.ids.snowflake()}",
            activity=f"urn:li:activity:{store.ids.snowflake()}",
            author=author,
            api="posts" if call.route.versioned else "ugcPosts",
            text=text,
            sent_text=sent_text,
            visibility=visibility,
            created_at=store.clock.milliseconds(),
            content=content,
            attributes=attributes,
            payload=payload,
            lifecycle=lifecycle,
            invisible=call.strike("invisible") is not None,
            app=call.bearer.client_id,
        )
        store.add_post(post)
    call.committed = post.urn
    return post


def refuse_duplicate(call: Call, key: tuple[str, str, str]) -> None:
    """Raise a 422 if the author sent the same text within the window. Deleted posts count, as on LinkedIn."""
    store = call.store
    created_at, urn = store.recent_texts.get(key, (0, ""))
    if not urn or store.clock.milliseconds() - created_at >= store.settings.duplicate_window * 1000:
        return
    # LinkedIn sometimes names a post that answers 404; a client must not take it for its own
    if store.settings.ghosts:
        urn = f"urn:li:share:{store.ids.snowflake()}"
    raise api_errors.duplicate(urn, versioned=call.route.versioned)
