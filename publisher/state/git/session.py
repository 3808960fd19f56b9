"""One run's hold on a state in git: every write is a commit that everybody sees before the write returns."""

from collections.abc import Sequence
from typing import NoReturn

from publisher.errors import StateError
from publisher.model.state import State
from publisher.state.edits import Edit, PostEdit, SlotEdit, apply_edits
from publisher.state.git.branch import TRIES, Branch, Tip, pause
from publisher.state.git.command import Git
from publisher.state.git.layout import Layout
from publisher.state.git.objects import commit_files
from publisher.state.git.refusals import KEPT, READ, gave_up
from publisher.state.guard import Guard
from publisher.state.marks import Loss, described, losses
from publisher.state.records import format_time


class GitSession:
    """Holds no lock: who comes second looks again, and its edits say whether they still make sense.

    ``note`` ends the messages of the commits.
    """

    def __init__(self, git: Git, branch: Branch, layout: Layout, guard: Guard, *, note: str = "") -> None:
        self._git = git
        self._branch = branch
        self._layout = layout
        self._guard = guard
        self._note = note
        self.state = State()
        self.there = False
        self.tip = Tip(None, None)
        self._look()

    def verify(self) -> None:
        """See `publisher.state.store.Session.verify`."""
        self._look()
        self._guard.require_whole(self.state, there=self.there, fetch=False)

    def write(self, *edits: Edit) -> State:
        """See `publisher.state.store.Session.write`."""
        made: list[str] = []
        identity: tuple[Edit, ...] = ()
        for attempt in range(TRIES):
            if any(self._branch.contains(commit, within=self.tip.commit or "") for commit in made):
                return self.state  # an answer was lost, and meanwhile others have gone on
            after = apply_edits(self.state, edits)
            if after is self.state:
                return after
            identity = self._guard.identity(after) and (identity or self._guard.identity(after))
            after = apply_edits(after, identity)
            files = self._layout.files(after, (*identity, *edits))
            new = commit_files(self._git, self.tip.commit, files, self._message(edits))
            made.append(new)
            if self._branch.swap(self.tip, new):
                self._hold(new, after, files)
                self._guard.published(after, edits)
                return after
            pause(attempt)
            self._look()
        raise gave_up(self._branch.place, self._branch.last_trouble, TRIES, KEPT)

    def claim(self, key: str) -> bool:
        """Whether nobody has written of ``key`` since: see `publisher.state.store.SharedSession.claim`.

        A race that begins after this look is decided by the intent's compare-and-swap.
        """
        known = self.state.posts.get(key)
        self._look()
        return self.state.posts.get(key) == known

    def _look(self) -> None:
        tip = self._branch.look()
        for _ in range(TRIES):
            self._take(tip)
            if not self._behind(tip):
                break
            # The branch and its mark are read one after the other, and somebody may write in between.
            again = self._branch.look()
            if again == tip:
                self._refuse_loss(tip)
            tip = again
        else:
            raise gave_up(self._branch.place, "it moves on all the time", TRIES, READ)
        if tip.local is not None:
            self._compare_local(tip.local)

    def _take(self, tip: Tip) -> None:
        if tip.commit != self.tip.commit:
            found = self._layout.read(self._git, tip.commit) if tip.commit else None
            self.there = found is not None
            self.state = found or State()
            self._guard.forget()
        self.tip = tip

    def _behind(self, tip: Tip) -> list[Loss]:
        """Return what the branch's high-water mark has and the branch lacks."""
        return self._lost(tip.mirror) if tip.mirror is not None and tip.mirror != tip.commit else []

    def _lost(self, commit: str) -> list[Loss]:
        """What another commit has and this state lacks."""
        other = self._layout.read(self._git, commit)
        if self.tip.commit:
            self._layout.read(self._git, self.tip.commit)  # the layout remembers what it read last
        return losses(self.state, other) if other else []

    def _compare_local(self, local: str) -> None:
        lost = self._lost(local)
        if lost:
            raise StateError(
                f"{self._branch.place} and the branch of that name here have diverged: "
                f"only the latter has {described(lost)}.",
                "Merge them first: `git pull --rebase` on that branch.",
            )

    def _refuse_loss(self, tip: Tip) -> NoReturn:
        raise StateError(
            f"{self._branch.place} was removed or set back: it lacks {described(self._behind(tip))}; "
            "live posts would be published again.",
            f"Restore it: {self._branch.restoring(tip)}. To continue without it: "
            f"{self._branch.forgetting()}.",
        )

    def _hold(self, commit: str, state: State, files: dict[str, bytes]) -> None:
        self.tip, self.state, self.there = Tip(commit, commit, commit), state, True
        self._layout.wrote(files)

    def _message(self, edits: Sequence[Edit]) -> str:
        # a commit that carries the user's own along must not keep them from being tested
        note = self._note if self.tip.there == self.tip.commit else ""
        return f"publisher: {summary(edits)}{note}\n"


def summary(edits: Sequence[Edit]) -> str:
    """What edits do, in a line: ``2026-11-hello pending``."""
    parts = []
    for edit in edits:
        match edit:
            case PostEdit(key, _, after):
                parts.append(f"{key} {after.status.value if after else 'removed'}")
            case SlotEdit(key, at):
                parts.append(f"{key} {'at ' + format_time(at) if at else 'without slot'}")
    return ", ".join(parts[:3]) + (f" and {len(parts) - 3} more" if len(parts) > 3 else "") or "notes"
