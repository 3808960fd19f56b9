"""Digests that plans need beside the posts' own: of all content together, and of a post without its text."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace

from publisher.model.config import Config
from publisher.model.post import Post, Text
from publisher.render.digest import comment_digest, post_digest


def rest_digest(post: Post) -> str:
    """``sha256:<hex>`` of everything readers see but the text: tells whether only the text differs."""
    return post_digest(replace(post, text=Text()))


def content_digest(posts: Sequence[Post], config: Config) -> str:
    """``sha256:<hex>`` of all posts and settings a plan was made from; a saved plan is compared by it."""
    facts = [
        (
            post.key,
            post.digest,
            comment_digest(post) if post.first_comment else None,
            post.publish_at.isoformat() if post.publish_at else None,
            post.slot,
            post.draft,
            post.source,
        )
        for post in posts
    ]
    document = json.dumps([sorted(facts), asdict(config)], sort_keys=True, default=str)
    return "sha256:" + hashlib.sha256(document.encode()).hexdigest()
