"""A member who answers the authorization page the way a person would, over HTTP, without a browser."""

import html
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

import requests

_FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def answered(link: str, urn: str, decision: str = "allow") -> str:
    """The address that LinkedIn sends the browser to. ``decision`` is the button's value."""
    page = requests.get(link, allow_redirects=False, timeout=10)
    if page.is_redirect:
        return page.headers["location"]
    fields = {name: html.unescape(value) for name, value in _FIELD.findall(page.text)}
    target = f"{link.partition('/oauth/')[0]}/oauth/v2/authorization"
    form = {**fields, "member": urn, "decision": decision}
    sent = requests.post(target, data=form, allow_redirects=False, timeout=10)
    assert sent.is_redirect, sent.text
    return sent.headers["location"]


@dataclass
class Browser:
    """Takes the place of `webbrowser.open`: the member decides, and the browser goes where it is sent.

    ``before`` are addresses it visits first, as stray tabs and scanners do.
    """

    urn: str
    decision: str = "allow"
    change: Mapping[str, str] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    links: list[str] = field(default_factory=list)
    pages: list[requests.Response] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)

    def open(self, link: str) -> bool:
        """Begin, and return at once."""
        self.links.append(link)
        thread = threading.Thread(target=self._visit, args=(link,))
        self.threads.append(thread)
        thread.start()
        return True

    def _visit(self, link: str) -> None:
        address = answered(link, self.urn, self.decision)
        base = address.partition("?")[0]
        for stray in self.before:
            self.pages.append(requests.get(base + stray, timeout=10))
        for old, new in self.change.items():
            address = address.replace(old, new)
        self.pages.append(requests.get(address, timeout=10))

    def close(self) -> None:
        """Wait until every page has been shown."""
        for thread in self.threads:
            thread.join()
