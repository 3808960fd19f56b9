"""The parts of a thread, and replies, as posts of their own: what a network is sent."""

from dataclasses import replace

from publisher.model.post import Post, Text
from publisher.networks.registry import facts_of
from publisher.render.digest import comment_digest, post_digest, text_digest
from publisher.text.threads import split_thread


def part_of(post: Post, number: int) -> Post:
    """Return a part of a thread as a post of its own; 1 is the first, which keeps the files, the card and the
    digest.

    A post that is not a thread is its only part.
    """
    if not post.parts:
        return post
    text = post.parts[number - 1]
    # Only the first part carries files and card, so its digest is that of the whole post.
    if number == 1:
        return replace(post, text=text, parts=())
    return _reply(post, f"{post.key}#{number}", text)


def thread_of(post: Post) -> tuple[Text, ...]:
    """Return the texts of a thread, where a post is too long for a network that has replies; else nothing.

    Through Zernio, some platforms take a thread in one post.
    """
    facts, author = facts_of(post.author), post.author
    if not (facts.threads(author) and not facts.fits(author, facts.sent(post))):
        return ()
    # whatever is sent beside the text, such as the card's address, is sent with the first part
    added = facts.sent(replace(post, text=Text("x")))[1:]
    parts = split_thread(post.text, lambda text: facts.fits(author, text + added))
    return parts if len(parts) > 1 else ()


def comment_of(post: Post) -> Post:
    """Return the first comment as a post of its own, for networks on which it is a reply."""
    made = _reply(post, f"{post.key}#first_comment", post.first_comment or Text())
    return replace(made, digest=comment_digest(post), text_digest=comment_digest(post))


def _reply(post: Post, key: str, text: Text) -> Post:
    bare = replace(
        post,
        key=key,
        document=post.document_key,
        text=text,
        parts=(),
        article=None,
        media=(),
        poll=None,
        reshare=None,
        first_comment=None,
    )
    return replace(bare, digest=post_digest(bare), text_digest=text_digest(bare))
