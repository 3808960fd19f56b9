"""KEY arguments: a key, or the path of the post's file; completed in the shell."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, TypeVar

import click

from publisher.errors import PublisherError, UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from publisher.cli.main import Options

F = TypeVar("F", bound=Callable[..., object])

SUFFIXES = (".md", ".yaml", ".yml")


def one_key(ctx: click.Context, _param: click.Parameter, value: str) -> str:
    """Return the key that an argument names. Raises `UsageError` where its file has several."""
    found = keys_of(ctx.obj, value)
    if len(found) > 1:
        raise UsageError(f"{value} has {len(found)} posts.", f"Name one of them: {', '.join(found)}.")
    return found[0]


def one_key_or_none(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Return `one_key` of an argument that may be left out."""
    return None if value is None else one_key(ctx, param, value)


def all_keys(ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the keys that arguments name; a file with several posts stands for all of them."""
    return tuple(key for value in values for key in keys_of(ctx.obj, value))


def is_path(text: str) -> bool:
    """Tell whether an argument is written like the path of a post's file. No key ends so."""
    return text.endswith(SUFFIXES)


def keys_of(options: "Options", text: str) -> tuple[str, ...]:
    """Return the keys of a path's posts; a text that is not a path is a key itself."""
    if not is_path(text):
        return (text,)
    path = next((p for p in (options.cwd / text, options.root / text) if p.is_file()), None)
    if path is None:
        return (_key_of_missing(text, options),)
    from publisher.cli.project import read_project

    project = read_project(options, paths=[path.resolve()])
    keys = tuple(sorted({key for _, key in project.keys}))
    if keys:
        return keys
    from publisher.errors import ContentError

    if project.diagnostics:
        raise ContentError(f"{text} has errors.", diagnostics=project.diagnostics)
    raise UsageError(f"{text} has no post.", "Posts are files below content/ whose names don't start with _.")


def _key_of_missing(text: str, options: "Options") -> str:
    """Return the key that a file had which is gone, as `orphan` posts are named in plans."""
    path = PurePath(os.path.normpath(options.cwd / text))
    if path.is_relative_to(options.root):
        path = path.relative_to(options.root)
    parts = path.with_suffix("").parts
    return "/".join(parts[1:] if len(parts) > 1 else parts)


def complete_keys(ctx: click.Context, _param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Return the keys and paths of the project's posts that begin with what is typed."""
    from click.shell_completion import CompletionItem

    try:
        known = _known(Path(str(ctx.find_root().params.get("directory") or ".")))
    except (PublisherError, OSError):
        return []  # a completion has no place for an error; the command itself reports it
    names = sorted({name for name in known if name.startswith(incomplete)})
    return [CompletionItem(name) for name in names]


def _known(directory: Path) -> Iterable[str]:
    from publisher.cli.locate import find_root
    from publisher.cli.main import Options
    from publisher.cli.project import read_project

    cwd = directory.resolve()
    root = find_root(cwd)
    for source, key in read_project(Options(root, cwd)).keys:
        yield key
        yield os.path.relpath(root / source, cwd)


def key_argument(name: str = "key", *, many: bool = False, **settings: Any) -> Callable[[F], F]:
    """Return the decorator of a KEY argument that also takes the path of the post's file."""
    nargs, callback = (-1, all_keys) if many else (1, one_key)
    return click.argument(name, nargs=nargs, callback=callback, shell_complete=complete_keys, **settings)


def key_option(help_text: str = "Only this post: its key or file (can be repeated).") -> Callable[[F], F]:
    """Return the decorator of the ``--key`` option."""
    return click.option(
        "--key",
        "keys",
        multiple=True,
        metavar="K",
        callback=all_keys,
        shell_complete=complete_keys,
        help=help_text,
    )


def author_option() -> Callable[[F], F]:
    """Return the decorator of the ``--author`` option."""
    return click.option(
        "--author",
        "authors",
        multiple=True,
        metavar="A",
        help="Only copies of this author: an alias, URN, DID or account id (can be repeated).",
    )
