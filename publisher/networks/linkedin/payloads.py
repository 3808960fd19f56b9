"""Payloads: the exact JSON bodies LinkedIn gets, for either API."""

import posixpath
from collections.abc import Mapping
from typing import Any

from publisher.model.config import Api
from publisher.model.post import Media, Post, Text
from publisher.networks.linkedin.little_text import encode_little
from publisher.networks.linkedin.rest_posts_body import encode_versioned
from publisher.networks.linkedin.ugc_posts_body import attributed, encode_ugc


def encode_post(post: Post, api: Api, assets: Mapping[str, str]) -> dict[str, Any]:
    """Return the create body of a post.

    ``assets`` maps each file's sha256 (hex) to its URN, or a placeholder.

    Raise KeyError if a file the API needs has none.
    """
    return encode_ugc(post, assets) if api == "ugcPosts" else encode_versioned(post, assets)


def placeholders(post: Post) -> dict[str, str]:
    """``{asset:path}`` for every file of a post: what a payload shows before anything is uploaded.

    The path is the one authors write: relative to the post's file.
    """
    folder = posixpath.dirname(post.source)
    files = list(post.media)
    if post.article and post.article.thumbnail:
        files.append(post.article.thumbnail)
    return {media.sha256: f"{{asset:{_shown(media, folder)}}}" for media in files}


def _shown(media: Media, folder: str) -> str:
    """Return a file relative to its post; the name of one that publisher makes from words."""
    made = media.file and not media.converted
    return media.path if made else posixpath.relpath(media.path, folder)


def encode_comment(text: Text, actor_urn: str, post_urn: str) -> dict[str, Any]:
    """Return the body of a comment under a post: plain text with attributes, on both APIs."""
    return {"actor": actor_urn, "object": post_urn, "message": attributed(text)}


def encode_text_update(text: Text) -> dict[str, Any]:
    """Return the patch that replaces a live post's text (versioned API)."""
    return {"patch": {"$set": {"commentary": encode_little(text)}}}
