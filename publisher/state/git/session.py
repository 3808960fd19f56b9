"""One run's hold on a state in git: every write is a commit that everybody sees before the write returns."""

from collections.abc import Sequence

from publisher.model.state import State
from publisher.state import statefile
from publisher.state.edits import Edit, PostEdit, SlotEdit, apply_edits
from publisher.state.git.branch import TRIES, Branch, pause
from publisher.state.git.command import Git
from publisher.state.git.objects import commit_file, read_file
from publisher.state.git.refusals import KEPT, gave_up
from publisher.state.records import format_time


class GitSession:
    """Holds no lock: who comes second looks again, and its edits say whether they still make sense.

    ``path`` is the file in the branch, relative to its top; ``note`` ends the messages of the commits.
    """

    def __init__(self, git: Git, branch: Branch, path: str, location: str, *, note: str = "") -> None:
        self._git = git
        self._branch = branch
        self._path = path
        self._location = location
        self._note = note
        self._look()

    def write(self, *edits: Edit) -> State:
        """See `publisher.state.store.Session.write`."""
        made: list[str] = []
        for attempt in range(TRIES):
            if any(self._branch.contains(commit, within=self.tip.commit or "") for commit in made):
                return self.state  # an answer was lost, and meanwhile others have gone on
            after = apply_edits(self.state, edits)
            if after == self.state:
                return after
            data = statefile.encode(after)
            new = commit_file(self._git, self.tip.commit, self._path, data, self._message(edits))
            made.append(new)
            if self._branch.swap(self.tip, new):
                self._hold(new, after)
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
        self.tip = self._branch.look()
        data = read_file(self._git, self.tip.commit, self._path) if self.tip.commit else None
        self.state = State() if data is None else statefile.decode(data, self._location)

    def _hold(self, commit: str, state: State) -> None:
        self.tip, self.state = type(self.tip)(commit, commit), state

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
