"""``publisher new TITLE``: a post file to write in."""

import os
import re
import sys
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import click
import yaml

from publisher.cli.console import say
from publisher.cli.main import Options
from publisher.cli.times import read_time
from publisher.errors import EXIT_OK, PublisherError, UsageError
from publisher.model.config import Config
from publisher.settings.config import load_config

_LONGEST_NAME = 60
"""Characters of the file's name; a key may have 200 bytes, and folders come before it."""


@click.command()
@click.argument("title", metavar="[TITLE]", required=False)
@click.option(
    "--from",
    "article",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="ARTICLE",
    help="Make the post from this article of a site, whose file it is.",
)
@click.option("--author", metavar="ALIAS", help="The author: an alias from publisher.yaml.")
@click.option("--at", "at_text", metavar="TIME", help="The time, such as 2026-12-01T09:00, +7d or next-slot.")
@click.option("--edit", is_flag=True, help="Open the new file in $VISUAL or $EDITOR.")
@click.pass_obj
def command(
    options: Options,
    title: str | None,
    article: Path | None,
    author: str | None,
    at_text: str | None,
    edit: bool,
) -> int:
    """Create a post below content/ from a title or a site's article, as a draft.

    On a terminal it asks for the author, if there are several, and for the time. Remove the line `draft: true` when
    the post is ready.

    \b
    publisher new "Version 1.0 is out"
    publisher new "Version 1.0 is out" --author acme --at 2026-12-01T09:00 --edit
    publisher new --from ../site/content/posts/hello.md
    """
    if (title is None) == (article is None):
        raise UsageError(
            "A title or --from ARTICLE is needed, and not both.", 'Such as `publisher new "A title"`.'
        )
    config = load_config(options.root, os.environ)
    if article is not None:
        return _from_article(options, config, article, author, at_text, edit=edit)
    assert title is not None  # noqa: S101 - checked above
    path = options.root / config.content / f"{slug(title)}.md"
    if os.path.lexists(path):
        raise UsageError(f"{path.relative_to(options.root)} exists already.", "Choose another title.")
    author = _author(config, author)
    fields: dict[str, object] = {"author": author} if author else {}
    when = _time(config, at_text)
    if when:
        fields["publish_at"] = when
    fields["draft"] = True
    _write(path, _document(fields, title))
    click.echo(os.path.relpath(path, options.cwd))
    if edit:
        click.edit(filename=str(path))
    say("It is a draft: remove `draft: true` when it is ready.", quiet=options.quiet)
    return EXIT_OK


def _from_article(
    options: Options, config: Config, article: Path, author: str | None, at_text: str | None, *, edit: bool
) -> int:
    """Write the post of an article, which takes precedence over the article from then on."""
    from publisher.cli.new_from import article_post

    made = article_post(options.root, config, Path(os.path.normpath(options.cwd / article)))
    shown = os.path.relpath(made.path, options.cwd)
    if os.path.lexists(made.path):
        raise UsageError(f"{shown} exists already.", "Edit it.")
    fields = dict(made.fields)
    chosen = _author(config, author) if author or "author" not in fields else ""
    when = _time(config, at_text)
    fields |= {"author": chosen} if chosen else {}
    fields |= {"publish_at": when} if when else {}
    _write(made.path, _file({**fields, "draft": True}, made.body))
    made.copy_cover()
    click.echo(shown)
    if edit:
        click.edit(filename=str(made.path))
    say("It is a draft: remove `draft: true` when it is ready.", quiet=options.quiet)
    if not made.has_url:
        say("The article is in none of the project's sources and names no address: add `article: {url: …}`.")
    return EXIT_OK


def slug(title: str) -> str:
    """Return a title as a file name and key: lower-case ASCII words, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", title.replace("ß", "ss")).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower())
    name = "-".join(words)[:_LONGEST_NAME].strip("-")
    if not name:
        raise UsageError(
            f"No file name can be made from {title!r}: it has no Latin letter or digit.",
            "Create the file by hand; its name is the post's key.",
        )
    # Windows opens devices under these names, with any suffix
    return f"post-{name}" if re.fullmatch(r"con|prn|aux|nul|com\d|lpt\d", name) else name


def _author(config: Config, given: str | None) -> str:
    """Return the author to write down; empty where the default or the only one is meant."""
    aliases = sorted(config.authors)
    if given:
        if given not in aliases:
            raise UsageError(
                f"publisher.yaml has no author {given!r}.", f"It has: {', '.join(aliases) or 'none'}."
            )
        return given
    if len(aliases) < 2 or not sys.stdin.isatty():
        return ""
    alias = next((name for name in config.defaults.author if name in aliases), aliases[0])
    return str(click.prompt("Author", type=click.Choice(aliases), default=alias, err=True))


def _time(config: Config, given: str | None) -> str:
    """Return ``publish_at`` as text; empty for a post that is published as soon as it is merged."""
    if given is not None:
        return _moment(given, config)
    if not sys.stdin.isatty():
        return ""
    while True:
        answer = click.prompt(
            "Publish at (empty: when it is merged)", default="", show_default=False, err=True
        )
        try:
            return _moment(answer.strip(), config) if answer.strip() else ""
        except PublisherError as error:
            say(f"{error.message} {error.remedy}")


def _moment(text: str, config: Config) -> str:
    if text == "next-slot":
        return text
    return read_time(text, config.timezone, datetime.now(UTC), "--at").isoformat(timespec="seconds")


def _document(fields: dict[str, object], title: str) -> str:
    return _file(fields, f"{' '.join(title.split())}\n")


def _file(fields: dict[str, object], body: str) -> str:
    front = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True)
    return f"---\n{front}---\n{body}"


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(
            f"{path} can't be written: {error.strerror}.", "Check the folder's permissions."
        ) from None
