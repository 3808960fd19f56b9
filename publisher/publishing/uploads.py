"""Upload the files of a run's posts.

The files of the next posts are uploaded while the current post is created.

Threads only send. The thread that carries out the plan takes the results in the order of the posts, and is
the only one that writes the state. A failed upload fails its own post, at that post's turn.
"""

import threading
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType

from publisher.errors import StateError
from publisher.model.plan import Action, Change
from publisher.model.post import Media, Post
from publisher.model.state import COMMENT_SUFFIX, UploadedMedia
from publisher.networks.gateway import Progress
from publisher.publishing.entries import belongs_to, files
from publisher.publishing.run_context import RunContext
from publisher.publishing.stop_policy import StopPolicy
from publisher.state.edits import UploadEdit

AT_ONCE = 2
"""Files sent at once; a video goes in several parts at once by itself."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """A post whose turn has not come, and by sha256 the URNs to come of its files."""

    change: Change
    sent: dict[str, Future[str]]

    def give_up(self) -> "_Begun":
        for sent in self.sent.values():
            sent.cancel()
        return self

    def arrived(self) -> dict[str, str]:
        """Return what has been uploaded by now."""
        done = {sha256: sent for sha256, sent in self.sent.items() if sent.done() and not sent.cancelled()}
        return {sha256: sent.result() for sha256, sent in done.items() if sent.exception() is None}


class _Ended(Exception):  # noqa: N818 - no error: it ends an upload nobody waits for
    """The run is over."""


class Uploads:
    """Upload the files of ``changes`` in order, for at most ``run.ahead`` posts before their turn.

    A context: leaving it gives up what is still being sent, and records what has arrived for a later run.
    """

    def __init__(self, changes: Iterable[Change], run: RunContext) -> None:
        self._run = run
        self._waiting = deque(change for change in changes if _post_with_files(change, run))
        self._begun: dict[str, _Begun] = {}
        self._passed: list[_Begun] = []
        self._pool: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()
        self._shown: str | None = None
        self._over = False

    def __enter__(self) -> "Uploads":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        for begun in (*self._passed, *self._begun.values()):
            key, arrived = begun.change.key, begun.arrived()
            if arrived:
                with suppress(StateError):  # then it is sent again; the receipts matter more
                    self._record(key, self._recorded(key) | arrived)

    def prepare(self, change: Change, stops: StopPolicy) -> None:
        """Begin the files of the posts after ``change``, as far as ``stops`` lets them go on."""
        if self._waiting and self._waiting[0].key == change.key:
            self._waiting.popleft()
        for begun in [one for one in self._begun.values() if stops.receipt(one.change) is not None]:
            self._pass_by(begun.change.key)
        while self._waiting and len(self._begun.keys() - {change.key}) < self._run.ahead:
            following = self._waiting.popleft()
            if stops.receipt(following) is None:
                self._begin(following)

    def assets(self, change: Change, post: Post) -> dict[str, str]:
        """Return sha256 -> URN of every file of the post whose turn it is. Raise `ApiError`.

        Each upload is recorded, so a later run does not send it again.
        """
        assets = self._recorded(change.key)
        self._shown = change.key
        wanted = {media.sha256: media for media in files(post, self._run.config.api)}  # each file once
        missing = [media for sha256, media in wanted.items() if sha256 not in assets]
        if change.key not in self._begun and len(missing) > 1:
            self._begin(change)  # several at once; a single file needs no thread
        begun = self._begun.get(change.key)
        try:
            for media in missing:
                sent = begun.sent.get(media.sha256) if begun else None
                assets[media.sha256] = sent.result() if sent else self._send(change.key, post, media)
                self._record(change.key, assets)
        except BaseException:
            self._pass_by(change.key)
            raise
        finally:
            with self._lock:  # nothing is shown any more once the post's end is told
                self._shown = None
        self._begun.pop(change.key, None)
        return assets

    def _begin(self, change: Change) -> None:
        post = _post_with_files(change, self._run)
        if post is None:
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="ahead")
        known = self._recorded(change.key)
        wanted = {media.sha256: media for media in files(post, self._run.config.api)}
        sent = {
            sha256: self._pool.submit(self._send, change.key, post, media)
            for sha256, media in wanted.items()
            if sha256 not in known
        }
        self._begun[change.key] = _Begun(change, sent)

    def _pass_by(self, key: str) -> None:
        """Give up the files of a post that is not created after all, but record what arrives."""
        begun = self._begun.pop(key, None)
        if begun is not None:
            self._passed.append(begun.give_up())

    def _send(self, key: str, post: Post, media: Media) -> str:
        return self._run.gateway.upload(post.author, media, self._progress(key, media))

    def _progress(self, key: str, media: Media) -> Progress:
        def told(sent: int, total: int) -> None:
            if self._over:
                raise _Ended
            with self._lock:
                if self._shown == key:
                    self._run.observer.upload(media, sent, total)

        return told

    def _recorded(self, key: str) -> dict[str, str]:
        known = self._run.session.state.uploads.get(key, ())
        return {item.sha256: item.urn for item in known if belongs_to(item, self._run.config.api)}

    def _record(self, key: str, assets: dict[str, str]) -> None:
        known = tuple(UploadedMedia(sha256, urn, self._run.config.api) for sha256, urn in assets.items())
        self._run.session.write(UploadEdit(key, known))


def _post_with_files(change: Change, run: RunContext) -> Post | None:
    """Return the post of a create on LinkedIn that has files to upload."""
    creates = change.action in (Action.CREATE, Action.REPLACE) and not change.key.endswith(COMMENT_SUFFIX)
    creates = creates and change.network == "linkedin"
    return change.post if creates and change.post and files(change.post, run.config.api) else None
