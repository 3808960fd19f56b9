"""A branch that several machines write to: look where it is, and move it on by compare-and-swap."""

import random
import time
from dataclasses import dataclass

from publisher.errors import StateError
from publisher.state.git.command import NETWORK_PATIENCE, Git, GitFailed
from publisher.state.git.refusals import KEPT, READ, gave_up, refusal

TRIES = 12
"""How often a write is tried against others who are faster, and a remote that does not answer."""


@dataclass(frozen=True, slots=True)
class Tip:
    """Where the branch is. ``there``: the commit everybody sees; ``commit``: what to build the next one upon.

    They differ only where this repository has commits that the remote lacks. None: no commit yet. ``mirror`` is the
    commit of the branch's high-water mark. ``local`` is a commit of this repository's own branch whose relation to the
    remote's is not known, because the history is not here.
    """

    there: str | None
    commit: str | None
    mirror: str | None = None
    local: str | None = None


class Branch:
    """``local`` is the ref in this repository, ``shared`` the one in ``remote``; without a remote, only the first.

    ``mirror`` is a second ref that is moved along with the first: the high-water mark, which stays when somebody
    removes the branch or sets it back. Every clone can ask for it, also a shallow one. A branch with a mirror is
    fetched without its history.
    """

    def __init__(
        self, git: Git, local: str, remote: str | None = None, shared: str = "", mirror: str | None = None
    ) -> None:
        self._git = git
        self._mirror = mirror
        self._local = local
        self._remote = remote
        self._shared = shared or local
        name = self._shared.removeprefix("refs/heads/")
        self.place = f"{name} of {remote}" if remote else f"{name} in this repository"
        self._tracking = f"refs/remotes/{remote}/{name}"
        self.last_trouble = ""

    def look(self) -> Tip:
        """Where the branch is now; its commits are in this repository afterwards. Raises `StateError`."""
        mine = self._commit(self._local)
        if self._remote is None:
            return Tip(mine, mine, self._commit(self._mirror) if self._mirror else None)
        # looked up first: others who work in this repository move it on meanwhile, to what is there by then
        known = self._commit(self._tracking)
        there, mirror = self._fetch(known)
        if known is not None:
            self._refuse_loss(known, there)
        if there is not None:
            self._git.ask("update-ref", self._tracking, there)
        newer = self._newer(there, mine)
        unrelated = mine is not None and newer is not None and not self.contains(mine, within=newer)
        return Tip(there, newer, mirror, mine if unrelated else None)

    def swap(self, tip: Tip, new: str) -> bool:
        """Move the branch from ``tip`` to the commit ``new``; False where it should be looked at again.

        Raises `StateError` where the server refuses for good.
        """
        try:
            if self._remote is None:
                self._git.run("update-ref", "-m", "publisher", self._local, new, tip.there or "")
                if self._mirror:
                    self._git.run("update-ref", "-m", "publisher", self._mirror, new)
            else:
                self._push(tip, new)
        except GitFailed as failure:
            self.last_trouble = failure.said
            if self._is_at(new):
                return True  # it was done, and only the answer was lost
            error = refusal(failure, self.place, KEPT)
            if error is not None and self._is_at(tip.there):
                raise error from None
            return False
        return True

    def contains(self, commit: str, *, within: str) -> bool:
        """Whether ``commit`` is ``within`` or one of its ancestors, as far as this repository knows."""
        return commit == within or self._git.ask("merge-base", "--is-ancestor", commit, within) is not None

    def restoring(self, tip: Tip) -> str:
        """The commands that bring the branch back to its high-water mark."""
        if self._remote is None:
            return f"`git update-ref {self._local} {self._mirror}`"
        lease = f"--force-with-lease={self._shared}:{tip.there or ''}"
        return f"`git fetch {self._remote} {self._mirror} && git push {lease} {self._remote} FETCH_HEAD:{self._shared}`"

    def forgetting(self) -> str:
        """The command that removes the high-water mark."""
        if self._remote is None:
            return f"`git update-ref -d {self._mirror}`"
        return f"`git push {self._remote} --delete {self._mirror}`"

    def _push(self, tip: Tip, new: str) -> None:
        lease = f"--force-with-lease={self._shared}:{tip.there or ''}"
        flags: tuple[str, ...] = ("--porcelain", "--no-verify", "--no-recurse-submodules", lease)
        refs = [f"{new}:{self._shared}"]
        if self._mirror:
            flags = (*flags, "--atomic")
            refs.append(f"+{new}:{self._mirror}")
        self._git.run("push", *flags, str(self._remote), *refs, patience=NETWORK_PATIENCE)
        self._git.ask("update-ref", self._tracking, new)

    def _is_at(self, commit: str | None) -> bool:
        return (self._commit(self._local) if self._remote is None else self._ask_remote()[0]) == commit

    def _newer(self, there: str | None, mine: str | None) -> str | None:
        if there is None or mine is None:
            return there or mine
        if self.contains(mine, within=there):
            return there
        if self.contains(there, within=mine):
            return mine
        if self._is_shallow():
            return there  # what the other one has is compared later
        raise StateError(
            f"{self.place} and the branch of that name here have diverged.",
            "Merge them first: `git pull --rebase` on that branch.",
        )

    def _refuse_loss(self, known: str, there: str | None) -> None:
        """Raise `StateError` where the remote no longer has the commit that it is ``known`` to have had."""
        if there is None:
            happened, force = "was deleted", ""
        elif self.contains(known, within=there) or (
            self._is_shallow() and not self.contains(there, within=known)  # where they part is not known here
        ):
            return
        else:
            happened, force = "was set back or rewritten", f"--force-with-lease={self._shared}:{there} "
        raise StateError(
            f"{self.place} {happened}; without what it had, posts that are live may be published again.",
            f"Restore it: `git push {force}{self._remote} {self._tracking}:{self._shared}`. To continue without it: "
            f"`git update-ref -d {self._tracking}`.",
        )

    def _fetch(self, known: str | None) -> tuple[str | None, str | None]:
        for attempt in range(TRIES):
            there, mirror = self._ask_remote()
            missing = [
                ref
                for ref, commit in ((self._shared, there), (self._mirror, mirror))
                if ref and commit is not None and not self._commit(commit)
            ]
            if not missing:
                return there, mirror
            # from what is known on: whether a push arrived is told by what came after it
            first = known is None or there is None
            depth = ("--depth=1",) if first and (self._mirror or self._is_shallow()) else ()
            flags = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--refmap=")
            try:
                self._git.run("fetch", *flags, *depth, str(self._remote), *missing, patience=NETWORK_PATIENCE)
            except GitFailed as failure:
                self._bear(failure, attempt)
        raise gave_up(self.place, self.last_trouble or "it moves on all the time", TRIES, READ)

    def _ask_remote(self) -> tuple[str | None, str | None]:
        """The commits that the remote has for the branch and its mirror."""
        refs = [self._shared, *([self._mirror] if self._mirror else [])]
        for attempt in range(TRIES):
            try:
                lines = self._git.text(
                    "ls-remote", str(self._remote), *refs, patience=NETWORK_PATIENCE
                ).splitlines()
            except GitFailed as failure:
                self._bear(failure, attempt, last=3)
                continue
            found = {name: commit for commit, _, name in (line.partition("\t") for line in lines)}
            return found.get(self._shared), found.get(self._mirror or "")
        raise gave_up(self.place, self.last_trouble, TRIES, READ)

    def _bear(self, failure: GitFailed, attempt: int, *, last: int = TRIES) -> None:
        """Wait before the next try, or raise where there is no sense in one."""
        self.last_trouble = failure.said
        error = refusal(failure, self.place, READ)
        if error is not None:
            raise error from None
        if attempt + 1 >= last:
            raise gave_up(self.place, failure.said, attempt + 1, READ) from None
        pause(attempt)

    def _commit(self, name: str) -> str | None:
        return self._git.ask("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")

    def _is_shallow(self) -> bool:
        return self._git.text("rev-parse", "--is-shallow-repository") == "true"


def pause(attempt: int) -> None:
    """Wait longer each time, and not all for the same time, so that one of several gets through."""
    time.sleep(random.uniform(0, min(2.0, 0.05 * 2**attempt)))  # noqa: S311 - no secret


def choose_remote(git: Git, branch: str | None = None) -> str | None:
    """The remote that shares the state: of ``branch`` where it has one, ``origin``, or the only one there is.

    None where the repository has no remote. Raises `StateError` where it can't be told which is meant.
    """
    remotes = git.text("remote").splitlines()
    if not remotes:
        return None
    current = branch or (git.ask("symbolic-ref", "--short", "--quiet", "HEAD") or "")
    upstream = git.ask("config", f"branch.{current}.remote") if current else None
    wanted = (upstream, "origin") if branch else ("origin", upstream)
    found = next((name for name in wanted if name in remotes), None)
    if found is None and len(remotes) > 1:
        raise StateError(
            f"There are {len(remotes)} remotes, and none is origin or the current branch's upstream.",
            "Set one: `git branch --set-upstream-to=REMOTE/BRANCH`.",
        )
    return found or remotes[0]
