"""A project in memory: each refresh reads what changed since the last one, and plans again."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from publisher.errors import ConfigError, ContentError, PublisherError
from publisher.lint.similar import Sketch
from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic, sort_diagnostics
from publisher.model.plan import Plan
from publisher.model.post import Media, Post
from publisher.model.state import State
from publisher.planning.options import PlanOptions
from publisher.planning.plan import make_plan
from publisher.project.pipeline import Project, check_against, load_project
from publisher.settings.config import load_config
from publisher.state import open_store
from publisher.watch.tree import Tree, differing, scan


@dataclass(frozen=True, slots=True)
class View:
    """A project at one moment.

    ``trouble`` says why it may be out of date (``causes`` are its diagnostics): then the rest is the last good one.
    ``read`` are the documents that were read for it, ``changed`` those that came, went or changed.
    """

    project: Project
    state: State
    plan: Plan
    trouble: str = ""
    causes: tuple[Diagnostic, ...] = ()
    read: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Result:
    """What one document gave."""

    posts: tuple[Post, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    keys: tuple[str, ...] = ()


class Workspace:
    """The project at ``root``. ``adapt`` changes its settings, as for `publisher.project.pipeline.load_project`."""

    def __init__(
        self,
        root: Path,
        environ: Mapping[str, str],
        adapt: Callable[[Config], Config] = lambda config: config,
    ) -> None:
        self._root, self._environ, self._adapt = root, environ, adapt
        self._config = Config()
        self._tree = Tree()
        self._results: dict[str, _Result] = {}
        self._sketches: dict[str, Sketch] = {}
        self._general: tuple[Diagnostic, ...] = ()
        self._fresh = True
        self._view = View(Project(root, Config(), (), ()), State(), Plan("ugcPosts", "", "", ()))

    @property
    def view(self) -> View:
        """The view of the last refresh."""
        return self._view

    def refresh(self, now: datetime) -> View:
        """Read what changed and plan at ``now``. What can't be used at all is told in ``trouble``, never raised."""
        try:
            self._view = self._look(now)
        except PublisherError as error:
            self._view = _troubled(self._view, error)
        return self._view

    def _look(self, now: datetime) -> View:
        self._config = self._adapt(load_config(self._root, self._environ))
        tree = scan(self._root, self._config, {media.path for media in self._media()})
        read, changed = self._read(tree, now)
        state = open_store(self._config.state, self._root, project=self._config.project).read()
        project = check_against(self._project(), state)
        plan = make_plan(project.posts, state, project.config, now, PlanOptions())
        return View(project, state, plan, read=tuple(sorted(read)), changed=tuple(sorted(changed)))

    def _read(self, tree: Tree, now: datetime) -> tuple[set[str], set[str]]:
        """Read the documents that are not known as they are now; which were read, and which changed."""
        before, self._tree = self._tree, tree
        changed = differing(before.documents, tree.documents)
        gone = changed - tree.documents.keys()
        wanted = (changed | self._dependents(differing(before.media, tree.media))) - gone
        if self._fresh or differing(before.settings, tree.settings):
            wanted = set(tree.documents)
            self._results.clear()
        self._fresh = True  # until this reading is through
        for name in gone:
            self._results.pop(name, None)
        if wanted or not self._results:
            self._load(wanted, now)
        if self._clash():
            # which of two files with one key comes first is for the whole reading to say
            wanted = set(tree.documents)
            self._load(wanted, now, whole=True)
        # what a template's own place is blamed for can't be told from document to document
        self._fresh = self._clash() or any(found.path.endswith(".j2") for found in self._general)
        self._learn_media()
        return wanted, changed

    def _dependents(self, media: set[str]) -> set[str]:
        """The documents that show one of these files, or wait for one that wasn't there."""
        return {
            name
            for name, result in self._results.items()
            if any(file.path in media for post in result.posts for file in media_of(post))
            or any(found.code.startswith("media-") for found in result.diagnostics)
        }

    def _load(self, names: Iterable[str], now: datetime, *, whole: bool = False) -> None:
        wanted = set(names)
        whole = whole or wanted == self._tree.documents.keys()
        paths = None if whole else [self._root / name for name in sorted(wanted)]
        loaded = load_project(self._root, self._environ, now, paths=paths, adapt=self._adapt)
        self._config = loaded.config
        unread = {found.path for found in self._tree.problems}
        self._sketches.update(loaded.sketches)
        posts, diagnostics, keys = _by_file(loaded)
        for name in wanted:
            self._results[name] = _Result(tuple(posts[name]), tuple(diagnostics[name]), tuple(keys[name]))
        self._general = tuple(d for d in loaded.diagnostics if d.path not in wanted | unread)

    def _learn_media(self) -> None:
        """Take the stamps of media files that became known by this reading."""
        tree = scan(self._root, self._config, {media.path for media in self._media()})
        known = self._tree.media
        media = {name: known.get(name, stamp) for name, stamp in tree.media.items()}
        self._tree = Tree(self._tree.documents, self._tree.settings, media, self._tree.problems)

    def _clash(self) -> bool:
        keys = [key.casefold() for result in self._results.values() for key in result.keys]
        taken = any(
            d.code == "key-duplicate" for result in self._results.values() for d in result.diagnostics
        )
        return taken or len(keys) != len(set(keys))

    def _media(self) -> Iterable[Media]:
        return [file for result in self._results.values() for post in result.posts for file in media_of(post)]

    def _project(self) -> Project:
        results = self._results.values()
        found = [*self._general, *self._tree.problems, *(d for result in results for d in result.diagnostics)]
        posts = sorted((post for result in results for post in result.posts), key=lambda post: post.key)
        sketches = {post.key: self._sketches[post.key] for post in posts}
        return Project(self._root, self._config, tuple(posts), sort_diagnostics(found), sketches)


def _by_file(
    project: Project,
) -> tuple[dict[str, list[Post]], dict[str, list[Diagnostic]], dict[str, list[str]]]:
    posts: dict[str, list[Post]] = defaultdict(list)
    diagnostics: dict[str, list[Diagnostic]] = defaultdict(list)
    for post in project.posts:
        posts[post.source].append(post)
    for found in project.diagnostics:
        diagnostics[found.path].append(found)
    keys: dict[str, list[str]] = defaultdict(list)
    for path, key in project.keys:
        keys[path].append(key)
    return posts, diagnostics, keys


def media_of(post: Post) -> Sequence[Media]:
    """All files of a post: its media, and its article's thumbnail."""
    thumbnail = post.article.thumbnail if post.article else None
    return [*post.media, thumbnail] if thumbnail else post.media


def _troubled(last: View, error: PublisherError) -> View:
    """The last view with what went wrong since."""
    causes = error.diagnostics if isinstance(error, ConfigError | ContentError) else ()
    trouble = f"{error.message} {error.remedy}".strip()
    return replace(last, trouble=trouble, causes=causes, read=(), changed=())
