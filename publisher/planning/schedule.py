"""Give posts without a time of their own a weekly slot, and keep a least time between an author's posts.

Pure.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from heapq import merge
from itertools import takewhile
from typing import TYPE_CHECKING

from publisher.model.config import Config, Slot
from publisher.model.plan import Action, Change, Plan
from publisher.model.post import Post
from publisher.model.state import State, Status, split_name
from publisher.planning.copies import under_their_names
from publisher.planning.moves import find_moves

if TYPE_CHECKING:
    from publisher.state.edits import SlotEdit

_UNPUBLISHED = frozenset({Action.CREATE, Action.SCHEDULED, Action.LATE, Action.BLOCKED, Action.UNKNOWN})

_CLOCKS = timedelta(hours=1)
"""How far the clocks of the machines that publish may be apart. A later time was written by a wrong clock."""

HORIZON = timedelta(days=3653)
"""How far ahead a free slot is looked for: ten years.

It ends the search if the spacing leaves no slot free.
"""


def slot_times(slots: Iterable[Slot], after: datetime) -> Iterator[datetime]:
    """Yield all slots later than ``after``, in order, each moment once; aware, UTC, up to `HORIZON`.

    A slot in the hour that summer time skips comes as much later by the clock; one in the hour that comes
    twice is the first of the two. So each slot comes exactly once a week.
    """
    end = after + HORIZON
    last: datetime | None = None
    streams = [_weekly(slot, after) for slot in set(slots)]
    for at in takewhile(lambda at: at <= end, merge(*streams)):
        if at != last:
            yield at
        last = at


def assign_slots(
    posts: Sequence[Post], state: State, config: Config, now: datetime
) -> Mapping[str, datetime]:
    """Return key -> slot of every post that waits for one; a post for which none is free has none.

    What the state has assigned is kept, also where the configured slots have changed since. The others take,
    in the order of their keys, the first slot after ``now`` that no post of their author has or comes too
    close to (``limits.spacing``). The order of ``posts`` does not matter.
    """
    if not any(post.slot for post in posts):
        return {}
    moves = find_moves({post.key: post for post in posts}, state)
    unpublished = sorted(
        (post for post in posts if post.key not in state.posts and post.key not in moves and not post.draft),
        key=lambda post: post.key,
    )
    waiting = [post for post in unpublished if post.slot and post.publish_at is None]
    if not waiting:
        return {}
    # each post takes a week at most, and as long as the spacing is
    furthest = (timedelta(weeks=1) + (config.limits.spacing or timedelta(0))) * (len(unpublished) + 2)
    zone, found = zone_of(config), _kept(waiting, state, now + min(furthest, HORIZON))
    calendars = {author: _Calendar(config, now) for author in {post.author.urn for post in waiting}}
    for author, at in _taken(unpublished, found, state, now):
        if author in calendars:
            calendars[author].take(at)
    for post in waiting:
        if post.key not in found and (free := calendars[post.author.urn].next_free()):
            found[post.key] = free
    return {key: at.astimezone(zone) for key, at in sorted(found.items())}


def slot_edits(posts: Sequence[Post], state: State, config: Config, now: datetime) -> "tuple[SlotEdit, ...]":
    """Return the edits that record `assign_slots` and give back slots that no post waits for any more.

    A post whose outcome is in doubt keeps its slot until that is settled.
    """
    from publisher.state.edits import SlotEdit  # here, because a plan writes nothing

    assigned = assign_slots(under_their_names(posts, state), state, config, now)
    return tuple(
        SlotEdit(key, assigned.get(key))
        for key in sorted(state.slots.keys() | assigned.keys())
        if assigned.get(key) != state.slots.get(key) and not _in_doubt(key, state)
    )


def keep_spacing(changes: Iterable[Change], state: State, config: Config, now: datetime) -> list[Change]:
    """Return the changes.

    Schedule creates that come too soon after a post of their author, here or in the state.
    """
    spacing, changes = config.limits.spacing, list(changes)
    if not spacing:
        return changes
    zone, result = zone_of(config), []
    last = {author: times[-1] for author, times in posted_times(state, now).items() if times}
    for line in changes:
        before = last.get(line.author)
        if line.action is Action.CREATE and before is not None and before + spacing > now:
            at = (before + spacing).astimezone(zone)
            reason = f"{_shown(at)}: limits.spacing keeps {_words(spacing)} between posts of one author"
            line = line._replace(action=Action.SCHEDULED, reason=reason, publish_at=at)
            last[line.author] = at
        # a replacement is never put off, but it counts as a post of this moment
        elif line.action in (Action.CREATE, Action.REPLACE):
            last[line.author] = now
        result.append(line)
    return result


def due_changes(plan: Plan, now: datetime) -> Iterator[tuple[Change, datetime | None]]:
    """Yield the unpublished posts of a plan that are due at ``now``, each with its time (None: it has none).

    These are the posts that a run would publish, and those that wait for a person, a limit, or the spacing.
    """
    for line in plan.changes:
        post, at = line.post, line.post.publish_at if line.post else None
        if line.part or line.action not in _UNPUBLISHED:
            continue
        if line.action is Action.SCHEDULED and (at > now if at else post is not None and post.slot):
            continue  # its own time has not come
        if line.urn is None or line.action is Action.UNKNOWN:
            yield line, at


def posted_times(state: State, now: datetime) -> Mapping[str, Sequence[datetime]]:
    """Return author URN -> when posts went out (or may have), in order.

    First comments and parts of threads are not posts.

    A time in the future is ignored: a run whose clock was years ahead must not hold every post until then.
    """
    times: dict[str, list[datetime]] = defaultdict(list)
    for key, entry in state.posts.items():
        if split_name(key).part:
            continue
        if entry.status is Status.PUBLISHED and entry.published_at:
            times[entry.author].append(entry.published_at)
        elif entry.status is Status.PENDING and entry.attempt:
            times[entry.author].append(entry.attempt.started_at)
    latest = now + _CLOCKS
    return {author: sorted(at for at in found if at <= latest) for author, found in times.items()}


def lateness(at: datetime, now: datetime, posted: Sequence[datetime], spacing: timedelta) -> timedelta:
    """Return how long a post that was due ``at`` could have gone out and did not.

    Leave out the time in which the spacing after its author's other posts (``posted``, in order) kept it
    back.
    """
    late, free_from = timedelta(0), at
    for other in posted if spacing else ():
        late += max(min(other, now) - free_from, timedelta(0))
        free_from = max(free_from, other + spacing)
    return late + max(now - free_from, timedelta(0))


def zone_of(config: Config) -> tzinfo:
    """Return the zone in which assigned times are shown: the project's, else the first slot's."""
    from zoneinfo import ZoneInfo  # here, because most projects never need it

    name = config.timezone or next((slot.timezone for slot in config.slots), None)
    return ZoneInfo(name) if name else UTC


class _Calendar:
    """One author's slots: which are taken, and which is free next."""

    def __init__(self, config: Config, now: datetime) -> None:
        self._slots = slot_times(config.slots, now)
        self._spacing = config.limits.spacing
        self._taken: list[datetime] = []

    def take(self, at: datetime) -> None:
        insort(self._taken, at)

    def next_free(self) -> datetime | None:
        # what is not free now will not become so, because slots are only ever taken
        for at in self._slots:
            if self._is_free(at):
                self.take(at)
                return at
        return None

    def _is_free(self, at: datetime) -> bool:
        index = bisect_left(self._taken, at)
        near = self._taken[max(index - 1, 0) : index + 1]
        return all(at != other and abs(at - other) >= self._spacing for other in near)


def _weekly(slot: Slot, after: datetime) -> Iterator[datetime]:
    from zoneinfo import ZoneInfo

    zone, clock = ZoneInfo(slot.timezone), time.fromisoformat(slot.time)
    day = after.astimezone(zone).date() - timedelta(days=1)
    day += timedelta(days=(slot.weekday - day.weekday()) % 7)
    while True:
        # fold=0 reads a skipped hour with the offset before it, and a doubled one as its first
        at = datetime.combine(day, clock, zone).astimezone(UTC)
        if at > after:
            yield at
        day += timedelta(days=7)


def _kept(waiting: Sequence[Post], state: State, latest: datetime) -> dict[str, datetime]:
    """Return the slots that the state has assigned.

    If two posts of one author have the same slot, as after a merge, the first one keeps it. A slot after
    ``latest`` was assigned by a clock that was far ahead.
    """
    kept: dict[str, datetime] = {}
    seen = set()
    for post in waiting:
        at = state.slots.get(post.key)
        if at is not None and at <= latest and (post.author.urn, at) not in seen:
            seen.add((post.author.urn, at))
            kept[post.key] = at
    return kept


def _in_doubt(key: str, state: State) -> bool:
    return key in state.posts and state.posts[key].status is Status.PENDING


def _taken(
    unpublished: Sequence[Post], kept: Mapping[str, datetime], state: State, now: datetime
) -> Iterator[tuple[str, datetime]]:
    """(author, time) of everything a new slot must not come too close to."""
    for author, times in posted_times(state, now).items():
        if times:
            yield author, times[-1]  # the newest suffices, because new slots are later than all of them
    for post in unpublished:
        at = kept.get(post.key, post.publish_at)
        if at is not None:
            yield post.author.urn, max(at, now)  # what is overdue goes out now


def _shown(at: datetime) -> str:
    return f"can go {at.isoformat(timespec='minutes')}"


def _words(duration: timedelta) -> str:
    seconds = int(duration.total_seconds())
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
