"""Why git could not push or fetch, in words that say what to do; None where another try may work."""

import re

from publisher.errors import StateError
from publisher.state.git.command import GitFailed, brief

_PROTECTED = re.compile(
    r"protected branch|GH006|GH013|repository rule|not allowed to (force )?push|TF402455", re.IGNORECASE
)
_FORBIDDEN = re.compile(
    r"permission(s)? (to .* )?denied|authentication failed|could not read (username|password)|HTTP 40[13]"
    r"|returned error: 40[13]|write access|read.only|host key verification|access denied|not authorized",
    re.IGNORECASE,
)
_RACED = re.compile(r"cannot lock ref|failed to update ref|incorrect old value|\.lock': File exists")
_REFUSED = re.compile(r"\[remote rejected\]|hook declined|does not appear to be a git repository|not found")


READ = "read from"
KEPT = "kept on"


def refusal(failure: GitFailed, place: str, done: str) -> StateError | None:
    """The error of a refusal that stays one; ``place`` is how the branch is called, ``done`` is READ or KEPT."""
    said = failure.said
    why = f"The state could not be {done} {place}: {brief(said)}."
    if _PROTECTED.search(said):
        return StateError(
            why,
            f"{place} is protected: let this user or app bypass the rule, or set "
            "`state: git+branch:publisher-state`, a branch without rules.",
        )
    if _FORBIDDEN.search(said):
        return StateError(
            why,
            "Let this user push: on GitHub Actions `permissions: contents: write`, and a checkout that keeps its "
            "credentials; elsewhere look at `git push --dry-run`.",
        )
    if _REFUSED.search(said) and not _RACED.search(said):
        return StateError(why, "See what the server's hooks and rules say.")
    return None


def gave_up(place: str, said: str, tries: int, done: str) -> StateError:
    """The error after the last try; see `refusal`."""
    return StateError(
        f"The state could not be {done} {place} in {tries} tries: {brief(said)}.",
        "Check that the remote answers (`git fetch`), then run the command again; nothing is lost.",
    )
