"""Credentials for git in a plan: the checkout keeps none, and a state on a branch must be fetched."""

from base64 import b64encode
from collections.abc import Mapping


def with_git_credentials(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which git shows GitHub's token to GitHub's server, and to no other.

    An empty value comes first: it removes the header that an older checkout left in the clone, because GitHub
    refuses a request with two.
    """
    token = environ.get("GITHUB_TOKEN", "")
    if not token:
        return dict(environ)
    server = environ.get("GITHUB_SERVER_URL") or "https://github.com"
    name = f"http.{server.rstrip('/')}/.extraheader"
    basic = b64encode(f"x-access-token:{token}".encode()).decode()
    count = int(environ.get("GIT_CONFIG_COUNT") or 0)
    added = {"GIT_CONFIG_COUNT": str(count + 2)}
    for number, value in enumerate(("", f"AUTHORIZATION: basic {basic}"), start=count):
        added |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    return {**environ, **added}
