"""The same client for the emulator and for a real PDS."""

import pytest

from publisher.sandbox.bluesky.network import HANDLE, PASSWORD
from publisher.sandbox.server import Sandbox
from tests.support.pds import PdsClient, pds_server, real_account  # noqa: F401 - a fixture


@pytest.fixture
def emulated(sandbox: Sandbox) -> PdsClient:
    """The sandbox's account."""
    return PdsClient(sandbox.url, HANDLE, PASSWORD, real=False, plc=sandbox.url).login()


@pytest.fixture(params=["emulator", "pds"])
def account(request: pytest.FixtureRequest) -> PdsClient:
    """An account with a session, on each of the two servers."""
    if request.param == "emulator":
        return request.getfixturevalue("emulated")
    return real_account(request.getfixturevalue("pds_server"))
