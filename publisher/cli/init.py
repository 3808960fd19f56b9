"""``publisher init``: a project that works as it is."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from publisher.actions.workflows import workflow_files
from publisher.cli.console import say
from publisher.cli.main import Options
from publisher.content.schemas import schema_path
from publisher.errors import UsageError
from publisher.model.state import State
from publisher.state.statefile import encode

_STARTER = Path(__file__).parent / "starter"
_IGNORED = (".publisher/", "preview.html")
SAMPLE = "content/hello.md"
EDITOR = ".vscode/settings.json"

_COPIES = {
    "publisher.yaml": _STARTER / "publisher.yaml",
    SAMPLE: _STARTER / "content" / "hello.md",
    EDITOR: _STARTER / "settings.json",
    "AGENTS.md": _STARTER / "AGENTS.md",
    # the project's own copies, so that editors find them from any directory and without a network
    "schemas/post.schema.json": schema_path("post"),
    "schemas/config.schema.json": schema_path("config"),
}
FRONT_MATTER = {
    "hugo": """\
front_matter: # fields of Hugo's posts; see docs/configuration.md
  toml: true
  ignore: [title, description, summary, slug, url, aliases, weight, lastmod, expiryDate, cover, images, featured_image,
    keywords, series, toc, params, type]
  map: {date: publish_at, categories: hashtags}
""",
    "jekyll": """\
front_matter: # fields of Jekyll's posts; see docs/configuration.md
  ignore: [title, subtitle, description, excerpt, permalink, image, comments, published, last_modified_at, toc,
    redirect_from, category, site_layout, site_author]
  map: {date: publish_at, categories: hashtags, layout: site_layout, author: site_author}
""",
    "astro": """\
front_matter: # fields of Astro's posts; see docs/configuration.md
  ignore: [title, description, heroImage, image, updatedDate, slug, canonicalURL, featured]
  map: {pubDate: publish_at, categories: hashtags}
""",
}
"""What `--from` adds to publisher.yaml: the fields that these tools document (2026-11)."""

SOURCES = {
    "hugo": 'content/posts, url: "https://example.org/posts/{slug}/"',
    "jekyll": '_posts, url: "https://example.org/{categories}/{year}/{month}/{day}/{slug}.html"',
    "astro": 'src/content/blog, url: "https://example.org/blog/{slug}/"',
}
"""Where these tools keep articles, and the addresses that they give them by default (2026-11)."""

FILES = (*_COPIES, "publisher.state.json")
"""The files of a new project, without its workflows."""


@dataclass(frozen=True)
class _Writer:
    """Writes files and tells what became of each; no existing file is replaced."""

    root: Path

    def write(self, name: str, text: str, merge: Callable[[str], str | None] | None = None) -> None:
        """Create a file, or keep it; ``merge`` makes its new text from the old one (None: it can't)."""
        path = Path(os.path.normpath(self.root / name))
        if not os.path.lexists(path):
            _create(path, text)
            click.echo(f"wrote {name}")
            return
        old = _read(path) if merge and path.is_file() and not path.is_symlink() else None
        merged = merge(old) if merge and old is not None else None
        if merged is not None and merged != old:
            _create(path, merged)
            click.echo(f"added to {name}")
        else:
            click.echo(f"kept {name}")


@click.command()
@click.argument(
    "directory", type=click.Path(file_okay=False, path_type=Path), default=Path(), metavar="[DIR]"
)
@click.option(
    "--from",
    "tool",
    type=click.Choice(sorted(FRONT_MATTER)),
    help="Accept the front matter of this tool's posts.",
)
@click.pass_obj
def command(options: Options, directory: Path, tool: str | None) -> None:
    """Create a project in DIR (default: this folder). Existing files are kept.

    In a git repository the workflows go to the repository's root; for a project in a subfolder they are named after
    it, and only its changes start them.

    \b
    publisher init my-posts
    publisher init --from hugo
    """
    root = options.cwd / directory
    texts = {name: origin.read_text(encoding="utf-8") for name, origin in _COPIES.items()}
    if _has_content(root):
        del texts[SAMPLE]
    if tool:
        texts["publisher.yaml"] = (
            texts["publisher.yaml"].rstrip("\n") + f"\n\n{FRONT_MATTER[tool]}{_proposal(tool)}"
        )
    writer = _Writer(root)
    for name, text in texts.items():
        writer.write(name, text, _merge_settings if name == EDITOR else None)
    writer.write("publisher.state.json", encode(State()).decode())
    writer.write(".gitignore", "".join(f"{line}\n" for line in _IGNORED), _merge_ignored)
    place, below = _repository(root)
    for name, text in workflow_files(directory=below).items():
        writer.write(os.path.relpath(place / name, root.resolve()), text)
    say(_next_steps(directory, sample=SAMPLE in texts), quiet=options.quiet)


def _proposal(tool: str) -> str:
    """Return the setting that makes posts of the site's articles, for the user to complete."""
    return f"""
# Or make a post of each new article of the site, from where it lies (docs/sources.md). Correct path and url; the folder
# must not lie in `content`, so a site in this folder needs another one for posts, such as `content: posts`.
# sources:
#   blog: {{path: {SOURCES[tool]}, since: "{datetime.now(UTC).date()}"}}
"""


def _has_content(root: Path) -> bool:
    """Tell whether there are posts already, which a sample must not join."""
    folder = root / "content"
    return folder.is_dir() and any(folder.iterdir())


def _repository(root: Path) -> tuple[Path, str]:
    """Return the root of the git repository around a project (or the project's), and the project's folder in it."""
    place = root.resolve()
    for folder in (place, *place.parents):
        if os.path.lexists(folder / ".git"):
            return folder, place.relative_to(folder).as_posix()
    return place, "."


def _create(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{path} can't be written: {error.strerror}.", "Check the folder's permissions."
        ) from None


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _merge_ignored(old: str) -> str:
    """Have git leave out locks, rehearsals and the preview; the state file is meant to be committed."""
    missing = [line for line in _IGNORED if line not in old.split()]
    return old + ("" if old.endswith("\n") or not old else "\n") + "".join(f"{line}\n" for line in missing)


def _merge_settings(old: str) -> str | None:
    """Add the schemas to an editor's settings. Settings with comments are not touched: they would be lost."""
    ours = json.loads((_STARTER / "settings.json").read_text(encoding="utf-8"))
    try:
        settings = json.loads(old or "{}")
        schemas = settings.setdefault("yaml.schemas", {})
        missing = {name: value for name, value in ours["yaml.schemas"].items() if name not in schemas}
        schemas.update(missing)
    except (ValueError, AttributeError, TypeError):
        say(f"{EDITOR} can't be merged; for help in the editor add to it:\n{json.dumps(ours, indent=2)}")
        return None
    return json.dumps(settings, indent=2, ensure_ascii=False) + "\n" if missing else old


def _next_steps(directory: Path, *, sample: bool) -> str:
    enter = "" if directory == Path() else f"  cd {directory}\n"
    example = SAMPLE if sample else "your posts"
    return f"""
Next:
{enter}  publisher validate             check every post
  publisher plan                 what would happen
  publisher publish --sandbox    rehearse, on your own machine
  publisher preview --open       see the posts as readers will
  publisher auth login --write-config
                                 then for real: connect LinkedIn
  publisher publish              once {example} {"says" if sample else "say"} what you want"""
