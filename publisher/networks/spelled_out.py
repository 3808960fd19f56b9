"""Links as addresses, for networks whose texts have no links behind words."""

from publisher.model.post import Text


def spelled_out(text: Text) -> str:
    """Return a text with the address after the words of each link: a status has no links behind words."""
    pieces, at = [], 0
    for link in text.links:
        words = text.plain[link.start : link.end]
        pieces.append(text.plain[at : link.end])
        if words not in link.url and link.url not in text.plain:
            pieces.append(f" {link.url}")
        elif words != link.url and words in link.url and "://" not in words and link.url not in text.plain:
            # a bare domain would not become a link
            pieces[-1] = text.plain[at : link.start] + link.url
        at = link.end
    return "".join([*pieces, text.plain[at:]])
