"""The pure parts: backoff, hosts, redaction, permalinks, Rest.li's wire rules."""

import math
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.model.usage import next_utc_midnight
from publisher.networks.backoff import LONGEST_DELAY, delay, polls, retry_after
from publisher.networks.linkedin.hosts import Hosts, origin
from publisher.networks.linkedin.permalinks import permalink
from publisher.networks.messages import encode, last_part, rest_list
from publisher.networks.redaction import HIDDEN, redact

quick = settings(deadline=None, max_examples=60)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@quick
@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_a_delay_grows_within_bounds(attempt: int, chance: float) -> None:
    assert 0.25 <= delay(attempt, chance) <= LONGEST_DELAY
    assert delay(attempt, 0) <= delay(attempt, chance) <= delay(attempt + 1, math.nextafter(1, 0))


@quick
@given(st.text())
def test_any_retry_after_is_read_or_ignored(text: str) -> None:
    found = retry_after(text, NOW)
    assert found is None or found >= 0


def test_a_retry_after_is_a_number_or_a_date() -> None:
    assert retry_after("120", NOW) == 120
    assert retry_after("Mon, 23 Nov 2026 12:01:00 GMT", NOW) == 60
    assert retry_after("Mon, 23 Nov 2026 11:00:00 GMT", NOW) == 0
    assert retry_after("-5", NOW) is None
    assert retry_after(None, NOW) is None


@quick
@given(st.datetimes(timezones=st.just(UTC), max_value=datetime(9000, 1, 1)))
def test_quotas_start_again_at_the_next_midnight(now: datetime) -> None:
    midnight = next_utc_midnight(now)
    assert timedelta(0) < midnight - now <= timedelta(days=1)
    assert (midnight.hour, midnight.minute, midnight.second, midnight.microsecond) == (0, 0, 0, 0)


@quick
@given(st.floats(0.1, 5), st.floats(5, 20), st.floats(1, 2_000))
def test_polls_take_the_time_they_are_given(first: float, longest: float, total: float) -> None:
    waits = polls(first, longest, total)
    assert sum(waits) == pytest.approx(total)
    assert max(waits) <= longest


@pytest.mark.parametrize(
    ("url", "trusted"),
    [
        ("https://api.linkedin.com/v2/ugcPosts", True),
        ("https://www.linkedin.com/dms-uploads/sp/v2/x?ca=1", True),
        ("https://media.licdn.com/x", True),
        ("https://LinkedIn.com./x", True),
        ("http://127.0.0.1:8080/x", True),
        ("http://127.0.0.1:8081/x", False),
        ("https://127.0.0.1:8080/x", False),
        ("http://www.linkedin.com/x", False),
        ("https://www.linkedin.com:8443/x", False),
        ("https://evil-linkedin.com/x", False),
        ("https://linkedin.com.evil.example/x", False),
        ("https://www.linkedin.com@evil.example/x", False),
        ("https://evil.example\\@www.linkedin.com/x", False),
        ("https://evil.example/\t@www.linkedin.com", False),
        ("https://evil.example#@www.linkedin.com/", False),
        ("https://evil.example?@www.linkedin.com/", False),
        ("//www.linkedin.com/x", False),
        ("ftp://www.linkedin.com/x", False),
        ("https://www.linkedin.com\n.evil.example/", False),
        ("https://[::1/x", False),
        ("", False),
    ],
)
def test_only_linkedin_and_the_configured_api_see_a_token(url: str, trusted: bool) -> None:
    assert Hosts(("http", "127.0.0.1", 8080)).may_see_token(url) is trusted


@pytest.mark.parametrize(
    ("url", "seen", "asked"),
    [
        ("http://127.0.0.1:9090/x", True, True),
        ("http://localhost:9090/x", True, True),
        ("http://localhost:8080/x", True, True),
        ("http://[::1]:8080/x", True, True),
        ("https://localhost:8080/x", False, True),
        ("http://127.0.0.1:9999/x", False, True),
        ("http://127.0.0.2:8080/x", False, False),
        ("http://localhost.evil.example:8080/x", False, False),
        ("http://localhost:8080@evil.example/x", False, False),
    ],
)
def test_an_emulator_may_use_every_name_and_port_of_this_machine(url: str, seen: bool, asked: bool) -> None:
    hosts = Hosts(("http", "127.0.0.1", 8080), ("http", "127.0.0.1", 9090))
    assert (hosts.may_see_token(url), hosts.may_ask_for_token(url)) == (seen, asked)


def test_asking_opens_nothing_where_the_api_is_linkedin() -> None:
    hosts = Hosts(("https", "api.linkedin.com", 443), ("https", "www.linkedin.com", 443))
    assert not hosts.may_ask_for_token("http://127.0.0.1:8080/x")
    assert not hosts.may_ask_for_token("https://storage.example/x")
    assert hosts.may_ask_for_token("https://www.linkedin.com/dms-uploads/x")


def test_files_leave_in_clear_only_where_the_api_is_spoken_to_in_clear() -> None:
    real, emulated = Hosts(("https", "api.linkedin.com", 443)), Hosts(("http", "127.0.0.1", 8080))
    assert real.may_take_upload("https://storage.example/x")
    assert not real.may_take_upload("http://storage.example/x")
    assert emulated.may_take_upload("http://127.0.0.1:9999/x")


@quick
@given(st.text())
def test_an_origin_is_none_or_an_http_one(text: str) -> None:
    found = origin(text)
    assert found is None or found[0] in {"http", "https"}


SECRETS = st.text(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", min_size=24, max_size=500
)


@quick
@given(
    SECRETS.filter(lambda text: not text.isupper()),
    st.sampled_from(
        [
            "Authorization: Bearer {}",
            "access_token={}",
            '{{"access_token": "{}"}}',
            "refresh_token={}&x=1",
            "https://www.linkedin.com/dms-uploads/x?ut={}&a=b",
            "client_secret={}",
            "https://x/callback?code={}&state=1",
            "'code': '{}'",
            "bearer {}",
        ]
    ),
)
def test_secrets_are_hidden_by_their_look(secret: str, place: str) -> None:
    hidden = redact(place.format(secret))
    assert secret not in hidden
    assert HIDDEN in hidden


@quick
@given(SECRETS, st.text())
def test_known_secrets_are_hidden_anywhere(secret: str, around: str) -> None:
    assert secret not in redact(f"{around}{secret}{around}", (secret, None, ""))


@pytest.mark.parametrize(
    "text",
    [
        "code: DUPLICATE_POST",
        "status code: 404",
        "Requested version 20250101 is not active",
        "authorization code not found",
        "https://example.com/a/b is not a URL",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_permalinks() -> None:
    assert permalink("urn:li:share:1") == "https://www.linkedin.com/feed/update/urn:li:share:1/"
    comment = permalink("urn:li:comment:(urn:li:activity:7,42)", "http://127.0.0.1:1")
    assert comment == (
        "http://127.0.0.1:1/feed/update/urn:li:activity:7/?commentUrn=urn%3Ali%3Acomment%3A%28urn%3Ali%3Aactivity%3A7%2C42%29"
    )


def test_rest_lists_keep_their_structure_raw() -> None:
    assert rest_list(["1", "2", "foobar"]) == "List(1,2,foobar)"
    assert rest_list([" t?':,*!"]) == "List(%20t%3F%27%3A%2C%2A%21)"
    assert rest_list([]) == "List()"
    assert encode("urn:li:share:1") == "urn%3Ali%3Ashare%3A1"
    assert last_part("urn:li:digitalmediaAsset:D5622AQ") == "D5622AQ"


@quick
@given(st.text())
def test_encoding_is_undone_by_decoding(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    assert unquote(encode(text)) == text
