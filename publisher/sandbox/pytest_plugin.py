"""The pytest plugin: ``linkedin_sandbox`` gives each test a LinkedIn of its own.

Registered as an entry point, so installing the package is enough. Nothing is imported until a test asks for
it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from publisher.sandbox.server import Sandbox

_VARIABLES = ("PUBLISHER_LINKEDIN_API_URL", "PUBLISHER_LINKEDIN_OAUTH_URL")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the ini options."""
    parser.addini(
        "linkedin_sandbox_settings",
        "Settings of the LinkedIn sandbox, NAME=VALUE, one a line.",
        type="linelist",
    )
    parser.addini("linkedin_sandbox_clock", "Where the sandbox's clock begins, as ISO 8601.", default="")
    parser.addini(
        "linkedin_sandbox_intercept",
        "Route calls of requests and httpx for LinkedIn's hosts to the sandbox.",
        type="bool",
        default=False,
    )


@contextmanager
def _running(config: pytest.Config) -> Iterator["Sandbox"]:
    from publisher.sandbox.intercept import intercept
    from publisher.sandbox.server import Sandbox
    from publisher.sandbox.settings import parse_setting

    try:
        settings: dict[str, Any] = dict(
            parse_setting(line) for line in config.getini("linkedin_sandbox_settings")
        )
        sandbox = Sandbox(now=config.getini("linkedin_sandbox_clock") or None, **settings)
    except ValueError as error:
        raise pytest.UsageError(f"linkedin_sandbox: {error}") from None
    with sandbox, pytest.MonkeyPatch.context() as patch:
        for name in _VARIABLES:
            patch.setenv(name, sandbox.url)
        if config.getini("linkedin_sandbox_intercept"):
            with intercept(sandbox.url):
                yield sandbox
        else:
            yield sandbox


@pytest.fixture
def linkedin_sandbox(request: pytest.FixtureRequest) -> Iterator["Sandbox"]:
    """A LinkedIn for this test alone."""
    with _running(request.config) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def linkedin_sandbox_session(request: pytest.FixtureRequest) -> Iterator["Sandbox"]:
    """A LinkedIn for the whole session.

    Call its ``reset()`` between tests that must not see each other's posts.
    """
    with _running(request.config) as sandbox:
        yield sandbox


@pytest.fixture
def linkedin_intercept(linkedin_sandbox: "Sandbox") -> Iterator["Sandbox"]:
    """The same LinkedIn, to which calls of ``requests`` and ``httpx`` for LinkedIn's hosts go."""
    from publisher.sandbox.intercept import intercept

    with intercept(linkedin_sandbox.url):
        yield linkedin_sandbox
