"""The live preview: a page that follows the files of a project."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from publisher.content.sources import folder_of
from publisher.model.plan import Action
from publisher.preview.entries import Setting
from publisher.preview.media import Served
from publisher.preview.page import Contents, EntryCache, build_page
from publisher.preview.server import PreviewServer
from publisher.preview.stage import Show, Stage
from publisher.watch.reload import Reloader, View
from publisher.watch.settling import Changes

Now = Callable[[], datetime]


class Live:
    """A project on a live page: ``refresh`` loads it again and updates the page."""

    def __init__(self, reloader: Reloader, stage: Stage, now: Now, editor: str = "") -> None:
        self._reloader, self._stage = reloader, stage
        self._now, self._editor = now, editor
        self._cache = EntryCache()

    def refresh(self) -> View:
        """Load the project again, update the page, and return the view."""
        now = self._now()
        view = self._reloader.refresh(now)
        project = view.project
        setting = Setting(project.config, project.root, now, self._editor, Served(project.root))
        contents = Contents(view.plan, project.diagnostics, view.trouble, view.causes)
        page = build_page(contents, setting, self._cache)
        self._stage.present(Show(page, _files(view)))
        return view

    def until_due(self, view: View) -> float | None:
        """Return the seconds until the next scheduled post is due; None if none is."""
        times = [
            change.publish_at
            for change in view.plan.changes
            if change.action is Action.SCHEDULED and change.publish_at is not None
        ]
        return max(0.0, (min(times) - self._now()).total_seconds()) if times else None


def _files(view: View) -> dict[str, tuple[Path, str]]:
    root = view.project.root
    return {
        media.sha256: (media.location(root), media.mime_type)
        for post in view.project.posts
        for media in post.files
    }


def follow(live: Live, changes: Changes, seen: Callable[[View], None]) -> None:
    """Refresh at once and after every settled change or due time, forever; each view is
    handed to ``seen``.
    """
    while True:
        view = live.refresh()
        project = view.project
        # At each turn, because an edit of publisher.yaml can add a source.
        changes.also(folder_of(project.root, source) for source in project.config.sources.values())
        seen(view)
        changes.settled(live.until_due(view))


@contextmanager
def live_preview(
    reloader: Reloader, root: Path, now: Now, *, port: int = 0, editor: str = ""
) -> Iterator[tuple[Live, Changes, str]]:
    """A live preview that is being served: what to follow, and its address.

    Raise OSError for a taken port.
    """
    stage = Stage()
    with Changes(root) as changes, PreviewServer(stage, port) as server:
        yield Live(reloader, stage, now, editor), changes, server.url
