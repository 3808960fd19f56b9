"""Hold the newest revision of the content that a worker has seen, and read single posts of it."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from publisher.errors import UsageError
from publisher.model.config import Config
from publisher.model.post import Post
from publisher.model.state import split_name
from publisher.project import Project, load
from publisher.publishing.due import Services
from publisher.settings.config import load_config
from publisher.worker.checkout import Revision, Source

OpenServices = Callable[[Config, Path], Services]
"""Return what publishing needs beside posts and state, for some settings."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Content as of one revision: its folder, its settings, and the services that they name."""

    revision: str
    root: Path
    config: Config
    services: Services
    environ: Mapping[str, str]

    def project(self) -> Project:
        """Everything, validated and rendered."""
        return load(self.root, self.environ, config=self.config)

    def copies(self, key: str, source: str) -> tuple[Post, ...]:
        """Return the copies of a document, as its file says now.

        Return none if the file or the post is gone, or has errors.

        ``key`` is the name of any of them in the state.
        """
        try:
            project = load(self.root, self.environ, paths=[self.root / source], config=self.config)
        except UsageError:  # the content folder is gone, or is another one by now
            return ()
        return tuple(post for post in project.posts if post.document_key in (key, split_name(key).key))


class Content:
    """The newest snapshot, looked for again when a job tells of a revision this worker has not seen."""

    def __init__(self, source: Source, environ: Mapping[str, str], open_services: OpenServices) -> None:
        self._source, self._environ, self._open_services = source, environ, open_services
        self._lock = threading.Lock()
        self._seen: set[str] = set()
        self._current: Snapshot | None = None

    def newest(self) -> Snapshot:
        """Return the newest snapshot that this worker has seen.

        Without waiting for one that is on its way.
        """
        return self._current or self.refresh()

    def refresh(self) -> Snapshot:
        """Look for news now. Raise `UsageError` or `ConfigError`."""
        with self._lock:
            return self._renew()

    def knowing(self, revision: str) -> Snapshot:
        """Return a snapshot not older than a revision that another worker has seen."""
        with self._lock:
            if self._current is not None and revision in self._seen:
                return self._current
            found = self._renew()
            # a folder's revisions differ from machine to machine; once is enough to ask for one
            self._seen.add(revision)
            return found

    def _renew(self) -> Snapshot:
        revision = self._source.newest()
        self._seen.add(revision.name)
        if self._current is None or self._current.revision != revision.name:
            self._current = self._open(revision)
        return self._current

    def _open(self, revision: Revision) -> Snapshot:
        config = load_config(revision.root, self._environ)
        services = self._open_services(config, revision.root)
        return Snapshot(revision.name, revision.root, config, services, self._environ)
