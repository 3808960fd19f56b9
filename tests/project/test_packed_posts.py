"""A post read back from the cache is the post that was written, whatever is asked of it first."""

import pickle
from dataclasses import fields, replace
from pathlib import Path

import pytest

from publisher.model.diagnostic import Position
from publisher.model.post import Article, Post, Text
from publisher.project import cache
from publisher.project.file_builder import FileResult, RenderedDocument
from publisher.project.rows import made_of, row_of
from tests.support.posts import make_post

POSTS = [
    replace(make_post("plain", "One"), article=Article("https://example.org/")),
    replace(make_post("commented", "Two"), first_comment=Text("A comment")),
]


@pytest.fixture(params=POSTS, ids=lambda post: post.key)
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Post, Post]:
    """A post, and the same post out of the cache."""
    post: Post = request.param
    product = FileResult(
        post.source, (RenderedDocument(post.source, post.key, Position(), post, "a b c"),), ()
    )
    row = row_of((1, 2, 3, 4), b"", product)
    cache.save(tmp_path / "cache", tmp_path / "project", "key", cache.NOTHING, {product.name: row})
    loaded, read = cache.load(tmp_path / "cache", tmp_path / "project", "key")
    assert loaded.keys() == {product.name}
    assert made_of(product.name, loaded[product.name], read) == [*product.made]
    (made,) = made_of(product.name, loaded[product.name], read)
    assert made.post is not None
    return post, made.post


@pytest.mark.parametrize("name", [field.name for field in fields(Post)])
def test_every_field_can_be_asked_for_first(pair: tuple[Post, Post], name: str) -> None:
    post, packed = pair
    assert getattr(packed, name) == getattr(post, name)
    assert packed == post


def test_it_is_the_same_value(pair: tuple[Post, Post]) -> None:
    post, packed = pair
    assert hash(packed) == hash(post)
    assert repr(packed) == repr(post)


def test_it_is_replaced_and_pickled_like_any_other(pair: tuple[Post, Post]) -> None:
    post, packed = pair
    assert pickle.loads(pickle.dumps(packed)) == post
    assert replace(packed, draft=True) == replace(post, draft=True)


def test_a_name_that_is_no_field_is_an_error(pair: tuple[Post, Post]) -> None:
    for post in pair:
        with pytest.raises(AttributeError, match="'Post' object has no attribute 'texts'"):
            post.texts  # type: ignore[attr-defined]  # noqa: B018
