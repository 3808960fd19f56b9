"""docs/networks.md says what the clients do."""

from datetime import timedelta
from pathlib import Path

from publisher.networks.bluesky.limits import IMAGE_BYTES, IMAGES, TRAITS
from publisher.networks.bluesky.videos import VIDEO_BYTES
from publisher.networks.mastodon.limits import InstanceLimits, traits
from publisher.networks.zernio.limits import LENGTHS, platform_traits

PAGE = (Path(__file__).parents[2] / "docs" / "networks.md").read_text(encoding="utf-8")


def test_the_numbers_are_the_clients() -> None:
    mastodon, zernio = traits(InstanceLimits()), platform_traits("twitter")
    assert f"| {TRAITS.limit}, and {TRAITS.byte_limit:,} bytes |" in PAGE
    assert f"{IMAGES} of {IMAGE_BYTES:,} bytes" in PAGE
    assert f"1 of {VIDEO_BYTES:,} bytes" in PAGE
    assert f"| {mastodon.limit}, or what the server says |" in PAGE
    assert mastodon.url_length == zernio.url_length == 23
    assert PAGE.count("a URL counts 23") == 2
    assert f"X {LENGTHS['twitter']}, Threads {LENGTHS['threads']}" in PAGE
    for network, words in ((TRAITS, "15 minutes"), (mastodon, "50 minutes"), (zernio, "23 hours")):
        assert f"for {words}" in PAGE
        number, unit = words.split()
        assert network.repeat_within == timedelta(**{unit: int(number)})


def test_edits_and_deletes_by_platform() -> None:
    names = {
        "linkedin": "LinkedIn",
        "googlebusiness": "Google Business",
        "youtube": "YouTube",
        "tiktok": "TikTok",
    }
    edits = next(line for line in PAGE.splitlines() if line.startswith("| edit"))
    deletes = next(line for line in PAGE.splitlines() if line.startswith("| delete"))
    for platform in LENGTHS:
        name = names.get(platform, platform.capitalize())
        assert (name in edits.rpartition("yes |")[2]) is platform_traits(platform).editable, platform
        assert (name not in deletes) is platform_traits(platform).deletable, platform
