"""``publisher init``: a project that works as it is."""

import os
from pathlib import Path

import click

from publisher.actions.workflows import FOLDER, NAMES, workflow_files
from publisher.cli.console import say
from publisher.cli.main import Options
from publisher.content.schemas import schema_path
from publisher.errors import UsageError

_STARTER = Path(__file__).parent / "starter"
_IGNORED = ".publisher/"

_COPIES = {
    "publisher.yaml": _STARTER / "publisher.yaml",
    "content/hello.md": _STARTER / "content" / "hello.md",
    ".vscode/settings.json": _STARTER / "settings.json",
    # the project's own copies, so that editors find them from any directory and without a network
    "schemas/post.schema.json": schema_path("post"),
    "schemas/config.schema.json": schema_path("config"),
}

FILES = (*_COPIES, *(f"{FOLDER}/{name}" for name in NAMES))
"""The files of a new project."""


@click.command()
@click.argument(
    "directory", type=click.Path(file_okay=False, path_type=Path), default=Path(), metavar="[DIR]"
)
@click.pass_obj
def command(options: Options, directory: Path) -> None:
    """Make a working project in DIR (here, without it). Nothing that exists is overwritten.

    \b
    publisher init my-posts
    """
    root = options.cwd / directory
    existing = [name for name in FILES if os.path.lexists(root / name)]
    if existing:
        raise UsageError(
            f"{root} has {', '.join(existing)} already; nothing was written.",
            "Name a new folder, or move them away. `publisher schema` prints the schemas alone.",
        )
    texts = {name: origin.read_text(encoding="utf-8") for name, origin in _COPIES.items()}
    for name, text in (texts | dict(workflow_files())).items():
        _write(root / name, text)
        click.echo(f"wrote {name}")
    _ignore(root / ".gitignore")
    say(_next_steps(directory), quiet=options.quiet)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{path} can't be written: {error.strerror}.", "Check the folder's permissions."
        ) from None


def _ignore(path: Path) -> None:
    """Have git leave out the folder of locks, rehearsals and caches; the state file is meant to be committed."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if _IGNORED in text.split():
        return
    _write(path, f"{text}{'' if text.endswith(chr(10)) or not text else chr(10)}{_IGNORED}\n")
    click.echo(f"wrote {path.name}")


def _next_steps(directory: Path) -> str:
    enter = "" if directory == Path() else f"  cd {directory}\n"
    return f"""
Next:
{enter}  publisher validate             check every post
  publisher plan                 what would happen: one post to create
  publisher publish --sandbox    rehearse, on your own machine
  publisher auth login --write-config
                                 then for real: connect LinkedIn
  publisher publish              once content/hello.md says what you want it to
"""
