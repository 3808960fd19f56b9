"""Turn facts into findings. The module is pure and has one function for each kind of problem."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from publisher.auth.scopes import PRODUCTS, is_organization, needed_to_post
from publisher.auth.status import TokenStatus, title
from publisher.auth.tokens import login_command
from publisher.doctor.facts import Facts, Finding, Level
from publisher.model.post import Author
from publisher.networks.linkedin.hosts import is_linkedin, origin
from publisher.networks.linkedin.versions import WARN_BEFORE, newest, sunset

# A LinkedIn token lives 60 days and most apps can't refresh it (Microsoft Learn, 2025-11), so a person
# needs notice.
ENDS_SOON = timedelta(days=14)
# LinkedIn's duplicate answer (422) names a URN, whose number contains its time. The answer is matched to our
# attempt by that time, within this tolerance.
SKEW_TOLERATED = 5.0
SKEW_BROKEN = 120.0
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})


def diagnose(facts: Facts) -> tuple[Finding, ...]:
    """Return all findings, in the order in which a run needs things."""
    return tuple(finding for check in _CHECKS for finding in check(facts))


def worst(findings: tuple[Finding, ...]) -> Level:
    """Return the worst level; OK where nothing was found."""
    return max((finding.level for finding in findings), default=Level.OK)


def _config(facts: Facts) -> Iterator[Finding]:
    if facts.has_config:
        yield _ok("config", "publisher.yaml is valid.")
    else:
        yield _warning(
            "config", "There is no publisher.yaml; defaults apply.", "`publisher init` writes one."
        )
    if facts.schemas:
        yield _error("schemas", f"The schemas are not usable: {facts.schemas}.", "Install publisher again.")
    if not facts.config.authors:
        yield _error(
            "authors", "No author is configured.", "`publisher auth login --write-config` adds your account."
        )


def _content(facts: Facts) -> Iterator[Finding]:
    content = facts.content
    if content is None:
        return
    if content.errors:
        yield _error(
            "content",
            f"The content has {_count(content.errors, 'error')}.",
            "`publisher validate` shows each with its place.",
        )
    elif content.warnings:
        yield _warning(
            "content",
            f"{_count(content.posts, 'post')}, {_count(content.warnings, 'warning')}.",
            "`publisher validate` shows each with its place.",
        )
    else:
        yield _ok("content", f"{_count(content.posts, 'post')} without a problem.")


def _addresses(facts: Facts) -> Iterator[Finding]:
    linkedin = facts.config.linkedin
    for name, url in (("api_url", linkedin.api_url), ("oauth_url", linkedin.oauth_url)):
        found = origin(url)
        if found is None:
            yield _error(name, f"linkedin.{name} isn't an http or https URL.", f"Correct linkedin.{name}.")
        elif not is_linkedin(found):
            host = urlsplit(url).hostname or ""
            # a container network is not this machine
            # Loopback never leaves the machine, so HTTP is safe there and nowhere else.
            clear = found[0] == "http" and host not in _LOOPBACK
            yield _warning(
                name,
                f"linkedin.{name} is {found[0]}://{found[1]}:{found[2]}, not LinkedIn"
                + (", and tokens are sent there unencrypted." if clear else "."),
                "Correct for an emulator; else remove it from publisher.yaml and the environment.",
            )


def _reach(facts: Facts) -> Iterator[Finding]:
    for name, reach in (("api", facts.api), ("oauth", facts.oauth)):
        if reach is None:
            continue
        if reach.failure:
            yield _error(
                name, f"{reach.url} can't be reached: {reach.failure}.", _network_remedy(reach.failure)
            )
        # The request has no token, so LinkedIn answers 401; a proxy or sign-in page answers 200 or a
        # redirect.
        elif name == "api" and reach.status not in {401, 403}:
            yield _warning(
                name,
                f"{reach.url} answers, but not as LinkedIn does (status {reach.status} instead of 401).",
                "Look at linkedin.api_url, and for a proxy or sign-in page in between.",
            )
        elif 500 <= reach.status < 600 or reach.status == 429:
            yield _warning(
                name, f"{reach.url} reports a server error (status {reach.status}).", "Try again later."
            )
        else:
            yield _ok(name, f"{reach.url} answers.")


def _network_remedy(failure: str) -> str:
    for word, remedy in (
        ("resolved", "Check the network and DNS."),
        (
            "secure connection",
            "Check the clock, and REQUESTS_CA_BUNDLE where a company proxy signs certificates.",
        ),
        ("proxy", "Check HTTPS_PROXY and NO_PROXY."),
    ):
        if word in failure:
            return remedy
    return "Check the network, firewalls and HTTPS_PROXY."


def _clock(facts: Facts) -> Iterator[Finding]:
    offset = facts.api.offset if facts.api else None
    if offset is None:
        return
    ahead = f"This machine's clock is {abs(offset):.0f} seconds {'behind' if offset > 0 else 'ahead of'} LinkedIn's"
    remedy = "Set the clock by NTP."
    if abs(offset) >= SKEW_BROKEN:
        yield _error("clock", f"{ahead}; posts would be published at the wrong time.", remedy)
    elif abs(offset) > SKEW_TOLERATED:
        yield _warning("clock", f"{ahead}; a lost answer could not be matched to its post.", remedy)
    else:
        yield _ok("clock", "The clock agrees with LinkedIn's.")


def _tokens(facts: Facts) -> Iterator[Finding]:
    for status in facts.tokens:
        name = f"token {_name(status.author)}"
        again = f"`{login_command(status.author)}` gets a new one."
        if status.problem:
            yield _error(name, status.problem, status.remedy or again)
        elif status.endless:
            who = (
                f"{title(status.author)} knows it as {status.name}" if status.checked else "There is a secret"
            )
            yield _ok(name, f"{who}.")
        elif status.expires_at is None:
            yield _warning(
                name,
                "There is a token, but its expiry is unknown.",
                "Set LINKEDIN_CLIENT_ID and LINKEDIN_CLIENT_SECRET, so that publisher can ask LinkedIn.",
            )
        elif status.expires_at - facts.now < ENDS_SOON:
            yield _warning(name, f"It ends on {status.expires_at:%Y-%m-%d}.", again)
        else:
            yield _ok(name, f"It lasts until {status.expires_at:%Y-%m-%d}.")
    for identity in facts.identities:
        if identity.urn not in {None, identity.author.urn}:
            yield _error(
                f"identity {_name(identity.author)}",
                f"The token belongs to {identity.urn}, not to {identity.author.urn}: posts would be refused.",
                f"`{login_command(identity.author)} --write-config` corrects publisher.yaml.",
            )


def _scopes(facts: Facts) -> Iterator[Finding]:
    needs = {need.author.urn: need for need in facts.content.needs} if facts.content else {}
    for status in facts.tokens:
        if not status.scopes or status.problem:
            continue
        name, scope = f"scopes {_name(status.author)}", needed_to_post(status.author.urn)
        if scope not in status.scopes:
            yield _error(
                name,
                f"The token lacks {scope}, without which {_kind(status)} can't post.",
                _scope_remedy(scope),
            )
            continue
        need = needs.get(status.author.urn)
        comments = need is not None and need.comments
        # Comments by members were seen to work with w_member_social on /v2 (2026-09); the documentation
        # names the _feed scopes.
        if comments and not {"w_member_social", "w_member_social_feed", "w_organization_social_feed"} & set(
            status.scopes
        ):
            yield _warning(
                name,
                "There are first comments, but the token has no scope that is known to allow comments.",
                _scope_remedy("w_organization_social_feed"),
            )
        else:
            yield _ok(name, f"The token has {scope}.")


def _kind(status: TokenStatus) -> str:
    return "a page" if is_organization(status.author.urn) else "a member"


def _scope_remedy(scope: str) -> str:
    product = PRODUCTS.get(scope, "a product that has it")
    apart = (
        " That product needs an app of its own: LinkedIn does not add it to one that has others."
        if product == "Community Management API"
        else ""
    )
    return f"Add `{product}` on the app's Products tab, then log in again with {scope}.{apart}"


def _version(facts: Facts) -> Iterator[Finding]:
    if facts.config.api != "posts":
        return
    version, today = facts.config.linkedin.version, facts.now.date()
    end, better = sunset(version), newest(today)
    remedy = f'Set `linkedin.version: "{better}"` in publisher.yaml.'
    # LinkedIn's own answer wins over the table of versions, which ages with this release.
    if facts.version_active is False or (end is not None and end <= today and not facts.version_active):
        ended = f" since {end}" if end is not None and end <= today else ""
        yield _error("version", f"Linkedin-Version {version} is not active{ended}.", remedy)
    elif end is None and not facts.version_active:
        yield _warning(
            "version", f"Linkedin-Version {version} isn't known to this version of publisher.", remedy
        )
    elif end is not None and end - today <= WARN_BEFORE:
        yield _warning("version", f"Linkedin-Version {version} ends on {end}.", remedy)
    else:
        yield _ok("version", f"Linkedin-Version {version} is active{f' until {end}' if end else ''}.")


_MANY = 2_000
"""Entries from which on a record costs what a person feels: 80 ms (docs/performance.md)."""


def _is_one_file(location: str) -> bool:
    return not location.endswith("/") and ":" not in location


def _state(facts: Facts) -> Iterator[Finding]:
    state = facts.state
    if state is None:
        return
    if state.problem:
        yield _error("state", state.problem, state.remedy)
        return
    if state.pending:
        keys = ", ".join(state.pending[:5]) + (" …" if len(state.pending) > 5 else "")
        yield _error(
            "state",
            f"Whether {_count(len(state.pending), 'post')} went out is unknown: {keys}.",
            "Look at the author's page, then `publisher state resolve KEY`.",
        )
    else:
        yield _ok("state", f"{state.location} has {_count(state.entries, 'entry', 'entries')}.")
    if state.entries >= _MANY and _is_one_file(state.location):
        folder = state.location.removesuffix(".json") + "/"
        yield _warning(
            "state",
            f"{state.location} is rewritten with each post, and branches that publish conflict in it.",
            f"`publisher state migrate {state.location} {folder}` keeps one file for each post.",
        )
    if state.locked:
        yield _warning("lock", f"A run holds {state.location} right now.", "Wait for it to end.")


def _git(facts: Facts) -> Iterator[Finding]:
    git = facts.git
    if git is None:
        return
    if not git.repository:
        yield _warning(
            "git",
            "The project isn't in a git repository, so the state has no history and no copy.",
            "`git init`, and commit the state file after each run.",
        )
    elif git.ignored:
        yield _error(
            "git",
            "git ignores the state file, so another checkout would publish everything again.",
            "Remove it from .gitignore and commit it.",
        )
    elif git.exists and not git.tracked:
        yield _warning(
            "git",
            "The state file is not committed: another checkout would publish everything again.",
            "`git add` and commit it.",
        )
    elif git.modified:
        yield _warning("git", "The state file has changes that are not committed.", "Commit and push it.")
    else:
        yield _ok("git", "The state file is committed." if git.exists else "There is no state file yet.")


def _workflow(facts: Facts) -> Iterator[Finding]:
    if facts.workflows is None:
        return
    if facts.workflows:
        yield _ok("workflow", f"{', '.join(facts.workflows)} publishes.")
    else:
        yield _warning(
            "workflow",
            "No workflow in .github/workflows runs `publisher publish`.",
            "`publisher init` writes one; ignore this if you publish by hand or elsewhere.",
        )


# In the order in which a run needs them: the first error is often the cause of later ones.
_CHECKS: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    _config, _content, _addresses, _reach, _clock, _tokens, _scopes, _version, _state, _git, _workflow,
)  # fmt: skip


def _ok(name: str, message: str) -> Finding:
    return Finding(name, Level.OK, message)


def _warning(name: str, message: str, remedy: str) -> Finding:
    return Finding(name, Level.WARNING, message, remedy)


def _error(name: str, message: str, remedy: str) -> Finding:
    return Finding(name, Level.ERROR, message, remedy)


def _name(author: Author) -> str:
    return author.alias or author.urn


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
