"""Findings from facts: every judgement, and that each trouble comes with a remedy."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.auth.status import TokenStatus
from publisher.doctor.checks import diagnose, worst
from publisher.doctor.facts import (
    Content,
    Facts,
    Finding,
    GitFacts,
    Identities,
    Level,
    Need,
    Reach,
    StateFacts,
)
from publisher.doctor.report import report_json
from publisher.model.config import Config, LinkedIn
from publisher.model.post import Author
from publisher.networks.linkedin.versions import SUNSETS, newest, sunset

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ME = Author("urn:li:person:AbC_123456", "me")
PAGE = Author("urn:li:organization:4711", "page", "PAGE_TOKEN")
TOKEN = TokenStatus(ME, "file", "Mira", ("openid", "profile", "w_member_social"), NOW + timedelta(days=50))
API = "https://api.linkedin.com"
WELL = Facts(
    now=NOW,
    config=Config(authors={"me": ME}),
    has_config=True,
    content=Content(3, 0, 0, (Need(ME, 3, comments=True),)),
    api=Reach(API, status=401, offset=0.0),
    oauth=Reach("https://www.linkedin.com", status=400),
    tokens=(TOKEN,),
    identities=(Identities(ME, ME.urn),),
    state=StateFacts("publisher.state.json", entries=2),
    git=GitFacts(repository=True, exists=True, tracked=True),
    workflows=("publish.yml",),
)


def find(name: str, **changes: Any) -> Finding:
    """The worst finding of a name, with some facts changed."""
    findings = [finding for finding in diagnose(replace(WELL, **changes)) if finding.name.startswith(name)]
    return max(findings, key=lambda finding: finding.level)


def test_a_project_that_is_well() -> None:
    findings = diagnose(WELL)
    assert worst(findings) is Level.OK
    names = [finding.name for finding in findings]
    assert names == [
        "config", "content", "api", "oauth", "clock", "token me", "scopes me", "state", "git", "workflow"
    ]  # fmt: skip
    assert not any(finding.remedy for finding in findings)


OK, WARNING, ERROR = Level.OK, Level.WARNING, Level.ERROR
POSTS = Config(api="posts", authors={"me": ME})


def version(number: str) -> Config:
    return replace(POSTS, linkedin=LinkedIn(version=number))


def token(**fields: Any) -> dict[str, Any]:
    return {"tokens": (replace(TOKEN, **fields),)}


CASES: list[tuple[str, dict[str, Any], Level, str, str]] = [
    ("config", {"has_config": False}, WARNING, "no publisher.yaml", "publisher init"),
    ("schemas", {"schemas": "post (FileNotFoundError)"}, ERROR, "not usable", "Install"),
    ("authors", {"config": Config()}, ERROR, "No author", "--write-config"),
    ("content", {"content": Content(3, 2, 1)}, ERROR, "2 errors", "publisher validate"),
    ("content", {"content": Content(1, 0, 1)}, WARNING, "1 post, 1 warning", "publisher validate"),
    ("api_url", {"config": Config(linkedin=LinkedIn(api_url="ftp://x"))}, ERROR, "isn't an http", "Correct"),
    ("api_url", {"config": Config(linkedin=LinkedIn(api_url="http://[::1]"))}, WARNING, "LinkedIn.", "emulator"),
    ("api_url", {"config": Config(linkedin=LinkedIn(api_url="http://emulator:80"))}, WARNING, "unencrypted", "emulator"),  # noqa: E501
    ("oauth_url", {"config": Config(linkedin=LinkedIn(oauth_url="https://evil.example"))}, WARNING, "evil", "remove"),
    ("api", {"api": Reach(API, "the host name can't be resolved")}, ERROR, "resolved", "DNS"),
    ("api", {"api": Reach(API, "the secure connection failed: x")}, ERROR, "secure", "REQUESTS_CA_BUNDLE"),
    ("api", {"api": Reach(API, "the proxy refused or can't be reached")}, ERROR, "proxy", "HTTPS_PROXY"),
    ("api", {"api": Reach(API, "no answer came in time")}, ERROR, "in time", "firewalls"),
    ("api", {"api": Reach(API, status=200)}, WARNING, "status 200", "proxy"),
    ("oauth", {"oauth": Reach("https://www.linkedin.com", status=503)}, WARNING, "server error", "later"),
    ("clock", {"api": Reach(API, status=401, offset=-30)}, WARNING, "30 seconds ahead of", "NTP"),
    ("clock", {"api": Reach(API, status=401, offset=4_000)}, ERROR, "4000 seconds behind", "NTP"),
    ("clock", {"api": Reach(API, status=401, offset=5)}, OK, "agrees", ""),
    ("token", token(problem="There is no token.", remedy=""), ERROR, "no token", "publisher auth login --author me"),
    ("token", token(problem="It was revoked.", remedy="Do this."), ERROR, "revoked", "Do this."),
    ("token", token(expires_at=None), WARNING, "unknown", "LINKEDIN_CLIENT_SECRET"),
    ("token", token(expires_at=NOW + timedelta(days=3)), WARNING, "ends on 2026-11-26", "auth login"),
    ("identity", {"identities": (Identities(ME, "urn:li:person:other"),)}, ERROR, "belongs to urn:li:person:other",
     "--write-config"),
    ("scopes", token(scopes=("openid", "profile")), ERROR, "lacks w_member_social", "`Share on LinkedIn`"),
    ("scopes", token(author=PAGE), ERROR, "lacks w_organization_social", "an app of its own"),
    ("scopes", {**token(author=PAGE, scopes=("w_organization_social",)),
                "content": Content(1, 0, 0, (Need(PAGE, 1, comments=True),))}, WARNING, "first comments",
     "w_organization_social_feed"),
    ("scopes", {**token(author=PAGE, scopes=("w_organization_social",)),
                "content": Content(1, 0, 0, (Need(PAGE, 1, comments=False),))}, OK, "w_organization_social", ""),
    ("version", {"config": version("202609")}, OK, "active until 2027-09-15", ""),
    ("version", {"config": version("202511")}, ERROR, "not active since 2026-11-16", '"202609"'),
    ("version", {"config": version("202601")}, OK, "active until 2027-01-15", ""),
    ("version", {"config": version("202601"), "now": NOW + timedelta(days=20)}, WARNING, "ends on 2027-01-15", "Set"),
    ("version", {"config": version("202512")}, WARNING, "isn't known to this version", "Set"),
    ("version", {"config": version("202610"), "version_active": True}, OK, "202610 is active.", ""),
    ("version", {"config": version("202609"), "version_active": False}, ERROR, "not active.", "Set"),
    ("version", {"config": version("202609.02")}, OK, "until", ""),
    ("state", {"state": StateFacts("s", "It is broken.", "Restore it.")}, ERROR, "broken", "Restore"),
    ("state", {"state": StateFacts("s", pending=tuple("abcdefg"))}, ERROR, "is unknown: a, b, c, d, e …",
     "state resolve"),
    ("lock", {"state": StateFacts("s", locked=True)}, WARNING, "right now", "Wait"),
    ("state", {"state": StateFacts("s", entries=1)}, OK, "1 entry.", ""),
    ("git", {"git": GitFacts()}, WARNING, "isn't in a git repository", "git init"),
    ("git", {"git": GitFacts(repository=True, exists=True)}, WARNING, "not committed", "git add"),
    ("git", {"git": GitFacts(repository=True, exists=True, ignored=True)}, ERROR, "ignores", ".gitignore"),
    ("git", {"git": GitFacts(repository=True, exists=True, tracked=True, modified=True)}, WARNING, "changes", "Commit"),
    ("git", {"git": GitFacts(repository=True)}, OK, "no state file yet", ""),
    ("workflow", {"workflows": ()}, WARNING, "No workflow", "publisher init"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "changes", "level", "message", "remedy"), CASES)
def test_each_trouble_is_judged(name: str, changes: dict, level: Level, message: str, remedy: str) -> None:
    finding = find(name, **changes)
    assert finding.level is level
    assert message in finding.message
    assert remedy in finding.remedy
    assert bool(finding.remedy) == (level is not Level.OK)


def test_what_was_not_looked_at_is_not_judged() -> None:
    findings = diagnose(Facts(now=NOW, config=Config(authors={"me": ME}), has_config=True))
    assert [finding.name for finding in findings] == ["config"]


def test_the_report_is_json_with_a_version() -> None:
    findings = (Finding("a", OK, "m"), Finding("b", ERROR, "m", "r"), Finding("c", WARNING, "m", "r"))
    assert report_json(findings) == {
        "format_version": 1,
        "worst": "error",
        "checks": [
            {"name": "a", "level": "ok", "message": "m", "remedy": ""},
            {"name": "b", "level": "error", "message": "m", "remedy": "r"},
            {"name": "c", "level": "warning", "message": "m", "remedy": "r"},
        ],
    }
    assert worst(()) is OK


@settings(deadline=None, max_examples=50)
@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_the_newest_version_is_active_while_any_is(today: date) -> None:
    end = sunset(newest(today))
    assert end is not None
    assert end > today or all(other <= today for other in SUNSETS.values())
