"""Campaign parameters on links to the project's own domains; existing parameters stay as they are."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, quote, urlsplit

from publisher.model.config import Config
from publisher.model.post import Text
from publisher.text.inline import same_address
from publisher.text.places import Edit, Places
from publisher.text.urls import absolute
from publisher.text.written import move_spans

Tag = Callable[[str], str]
"""Return an address with its parameters; any other address as it is."""


def own_domains(config: Config) -> tuple[str, ...]:
    """Return the project's domains: as configured, else the hosts of its sources."""
    if config.links.domains:
        return config.links.domains
    return tuple(dict.fromkeys(urlsplit(source.url).hostname or "" for source in config.sources.values()))


def link_tag(config: Config, network: str, key: str) -> Tag:
    """Return the parameters of ``links.utm`` for a copy of a post."""
    domains = own_domains(config)
    values = {name: _filled(value, network, key) for name, value in config.links.utm.items()}

    def tag(url: str) -> str:
        return _with_parameters(url, values) if values and _is_own(url, domains) else url

    return tag


def tag_links(text: Text, places: Places, tag: Tag) -> tuple[Text, Places]:
    """Return a text whose links have their parameters, also where the address is written out."""
    edits, targets = [], []
    for link in text.links:
        target = tag(link.url)
        targets.append(target)
        if target != link.url and same_address(text.plain[link.start : link.end], link.url):
            edits.append(Edit(link.start, link.end - link.start, target))
    if targets == [link.url for link in text.links]:
        return text, places
    parts, done = [], 0
    for edit in edits:
        parts += [text.plain[done : edit.at], edit.inserted]
        done = edit.at + edit.removed
    moved = move_spans(text.links, edits)
    tagged = replace(
        text,
        plain="".join([*parts, text.plain[done:]]),
        links=tuple(replace(link, url=target) for link, target in zip(moved, targets, strict=True)),
        mentions=move_spans(text.mentions, edits),
        hashtags=move_spans(text.hashtags, edits),
        styles=move_spans(text.styles, edits),
    )
    return tagged, places.edited(edits) if edits else places


def _filled(value: str, network: str, key: str) -> str:
    return value.replace("{network}", network).replace("{key}", key)


def _is_own(url: str, domains: tuple[str, ...]) -> bool:
    if not url.lower().startswith(("http://", "https://", "www.")):
        return False
    try:
        parts = urlsplit(absolute(url))
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return False
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _with_parameters(url: str, values: Mapping[str, str]) -> str:
    """Return the URL with the parameters that it lacks; everything else stays as it is written."""
    address, mark, fragment = url.partition("#")
    # A parameter that the author wrote wins, also when it is empty.
    known = {name for name, _ in parse_qsl(urlsplit(address).query, keep_blank_values=True)}
    added = "&".join(
        f"utm_{name}={quote(value, safe='')}" for name, value in values.items() if f"utm_{name}" not in known
    )
    if not added:
        return url
    joint = "?" if "?" not in address else "" if address.endswith(("?", "&")) else "&"
    return f"{address}{joint}{added}{mark}{fragment}"
