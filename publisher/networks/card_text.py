"""The text of a post on networks that make a card of an address in the text."""

from publisher.model.post import Post


def text_with_card(post: Post) -> str:
    """Return the text as it is sent. The card's address is added if the text does not contain it."""
    text, url = post.text.plain, post.article.url if post.article else ""
    return text if not url or url in text else f"{text}\n\n{url}".lstrip()
