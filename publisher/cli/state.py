"""``publisher state``: list, show and settle what was published."""

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from publisher.cli.console import print_json
from publisher.cli.expire import expire
from publisher.cli.keys import complete_keys, key_argument, one_key_or_none
from publisher.cli.main import Options
from publisher.cli.migrate import migrate, upgrade
from publisher.cli.project import format_option, read_project, store_of
from publisher.cli.state_edit import dry_run_option, state_store, write_edits
from publisher.cli.state_export import import_export
from publisher.cli.state_init import init
from publisher.cli.state_restored import restored
from publisher.cli.times import read_time
from publisher.errors import EXIT_OK, UsageError
from publisher.model.post import Post
from publisher.model.state import COMMENT_SUFFIX, State
from publisher.networks.linkedin.permalinks import permalink, urn_of
from publisher.planning import state_edits as settle
from publisher.planning.copies import under_their_names
from publisher.planning.options import PlanOptions
from publisher.planning.schedule import due_changes
from publisher.project import Project
from publisher.project.pipeline import plan_project
from publisher.publishing.evidence import urn_time
from publisher.reports.visible import one_line
from publisher.state.edits import Edit
from publisher.state.records import entry_to_json, format_time


@click.group("state")
def command() -> None:
    """Show and change the state.

    \b
    publisher state list
    publisher state resolve 2026-11-hello --published urn:li:share:7445298278914641920
    publisher state import old-post https://www.linkedin.com/feed/update/urn:li:share:7445298278914641920/
    publisher state stamp --before 2026-01-01
    """


@command.command("list")
@click.option(
    "--due", is_flag=True, help="List the posts that are due and not published instead, with the reason."
)
@format_option("text", "json")
@click.pass_obj
def list_entries(options: Options, due: bool, output_format: str) -> None:
    """List every key with its status, time and URN."""
    if due:
        _list_due(options, output_format)
        return
    state = state_store(options).read()
    if output_format == "json":
        posts = {key: entry_to_json(entry) for key, entry in sorted(state.posts.items())}
        print_json({"format_version": 1, "posts": posts})
        return
    width = max(map(len, state.posts), default=0)
    for key, entry in sorted(state.posts.items()):
        at = format_time(entry.published_at) if entry.published_at else "-"
        click.echo(f"{key:<{width}}  {entry.status.value:<9}  {at:<20}  {entry.urn or '-'}")


def _list_due(options: Options, output_format: str) -> None:
    project, now = read_project(options), _now()
    plan = plan_project(
        project, store_of(project).read(), now, PlanOptions(details=False, max_creates=sys.maxsize)
    )
    lines = [(line, format_time(at) if at else "") for line, at in due_changes(plan, now)]
    if output_format == "json":
        posts = {
            line.key: {"action": line.action.value, "reason": line.reason, "source": line.source}
            | ({"due": at} if at else {})
            for line, at in lines
        }
        print_json({"format_version": 1, "due": posts})
        return
    width = max((len(line.key) for line, _ in lines), default=0)
    for line, at in lines:
        click.echo(one_line(f"{line.key:<{width}}  {line.action.value:<9}  {at or '-':<20}  {line.reason}"))


@command.command()
@key_argument()
@format_option("text", "json")
@click.pass_obj
def show(options: Options, key: str, output_format: str) -> None:
    """Show the entry of KEY."""
    state = state_store(options).read()
    entry = state.posts.get(key)
    if entry is None:
        raise UsageError(f"The state knows no {key!r}.", "`publisher state list` shows all entries.")
    document = {"key": key, **entry_to_json(entry)}
    if output_format == "json":
        print_json({"format_version": 1, **document})
        return
    for name, value in document.items():
        click.echo(f"{name + ':':<14} {value}")
    for event in (event for event in state.history if event.key == key):
        click.echo(f"{'history:':<14} {format_time(event.at)} {event.action} {event.detail}")


@command.command()
@key_argument()
@click.option("--published", metavar="URN|URL", help="It is live: give its URN or its link.")
@click.option("--absent", is_flag=True, help="It is not live: the next run publishes it.")
@click.option("--check", "ask", is_flag=True, help="Ask the network, where it can tell (not LinkedIn).")
@click.option("--force", is_flag=True, help="With --absent: settle it within 15 minutes of the attempt.")
@dry_run_option
@click.pass_obj
def resolve(
    options: Options,
    key: str,
    published: str | None,
    absent: bool,
    ask: bool,
    force: bool,
    dry_run: bool,
) -> int:
    """Settle KEY, whose outcome is unknown, after looking at the author's page; or let --check look.

    --published also accepts a refused post that a person posted by hand. --check exits 3 where the
    network has no such post, or cannot tell.
    """
    if (published is not None) + absent + ask != 1:
        raise UsageError(
            "Give --published URN, --absent or --check.", "Look at the author's page first, or use --check."
        )
    if ask:
        from publisher.cli.state_check import check  # here, because the other ways need no HTTP client

        return check(options, key, dry_run=dry_run)
    if published is None:
        write_edits(
            options, lambda state: settle.resolve_absent(state, key, _now(), force=force), dry_run=dry_run
        )
        return EXIT_OK
    entry, now = state_store(options).read().posts.get(key), _now()
    if entry is None:  # a refusal leaves no entry
        write_edits(options, _adopt(options, key, published, "resolve"), dry_run=dry_run)
        return EXIT_OK
    urn, link = _named(published, key, entry.network, entry.author)
    made_at = urn_time(urn)
    write_edits(
        options,
        lambda state: settle.resolve_published(state, key, urn, link, made_at, now),
        dry_run=dry_run,
    )
    return EXIT_OK


@command.command("import")
@click.argument("key", required=False, callback=one_key_or_none, shell_complete=complete_keys)
@click.argument("urn", metavar="URN|URL", required=False)
@click.option(
    "--from-export",
    type=click.Path(path_type=Path),
    metavar="SHARES.CSV",
    help="Instead, every match in a LinkedIn member's own data export.",
)
@click.option(
    "--author", metavar="A", help="With --from-export: whose export it is, if several persons post."
)
@dry_run_option
@click.pass_obj
def import_post(
    options: Options,
    key: str | None,
    urn: str | None,
    from_export: Path | None,
    author: str | None,
    dry_run: bool,
) -> None:
    """Adopt a live post, by its URN or link, as KEY. The file is taken as its content.

    Its first comment counts as published, too; `publisher state rm KEY#first_comment` undoes that.

    With --from-export, each post of the export whose text is the text of one post here is adopted, and settles an
    unknown outcome; the others are listed.
    """
    if from_export is not None and key is None:
        import_export(options, from_export, author, dry_run=dry_run)
    elif key is not None and urn is not None and from_export is None and author is None:
        write_edits(options, _adopt(options, key, urn, "import"), dry_run=dry_run)
    else:
        raise UsageError("Give either KEY and URN, or --from-export SHARES.CSV.")


@command.command()
@key_argument("old")
@click.argument("new")
@dry_run_option
@click.pass_obj
def mv(options: Options, old: str, new: str, dry_run: bool) -> None:
    """Rename the key OLD to NEW."""
    write_edits(options, lambda state: settle.move(state, old, new, _now()), dry_run=dry_run)


@command.command()
@key_argument()
@dry_run_option
@click.pass_obj
def rm(options: Options, key: str, dry_run: bool) -> None:
    """Remove the entry of KEY. A live post stays live, and the next run publishes it again."""
    write_edits(options, lambda state: settle.forget(state, key, _now()), dry_run=dry_run)


@command.command()
@click.option(
    "--before", metavar="DATE", help="Posts whose publish_at, or article's date, is earlier than this date."
)
@click.option("--all", "everything", is_flag=True, help="Every post that is not in the state, except drafts.")
@dry_run_option
@click.pass_obj
def stamp(options: Options, before: str | None, everything: bool, dry_run: bool) -> None:
    """Mark posts as done without publishing them, such as an old backlog."""
    if (before is None) == (not everything):
        raise UsageError("Give either --before DATE or --all.")
    project = read_project(options)
    limit = read_time(before, project.config.timezone, _now(), "--before") if before else None
    write_edits(
        options,
        lambda state: settle.stamp(state, project.posts, project.config.api, _now(), limit),
        dry_run=dry_run,
    )


command.add_command(init)
command.add_command(migrate)
command.add_command(restored)
command.add_command(upgrade)
command.add_command(expire)


def _adopt(options: Options, key: str, text: str, by: str) -> Callable[[State], Sequence[Edit]]:
    """The edits that make what ``text`` names the post (or first comment) ``key``; what they need is read at once."""
    project, now = read_project(options), _now()

    def edits(state: State) -> Sequence[Edit]:
        post = _post(project, key, state)
        author = post.author
        if author.provisional:
            field = "did" if author.network == "bluesky" else "account"
            raise UsageError(
                f"Only the network knows which account {author.alias} is.",
                f"Add `{field}:` to authors.{author.alias} in publisher.yaml.",
            )
        urn, link = _named(text, key, author.network, author.urn)
        api = project.config.api if author.network == "linkedin" else author.network
        return settle.adopt(state, key, post, urn, link, api, urn_time(urn) or now, now, by=by)

    return edits


def _post(project: Project, key: str, state: State) -> Post:
    posts = under_their_names(project.posts, state)
    post = next((post for post in posts if post.key == key.partition("#")[0]), None)
    if post is None:
        raise UsageError(
            f"No valid post has the key {key!r}.", "`publisher validate` says what is wrong with it."
        )
    return post


def _named(text: str, key: str, network: str, identity: str) -> tuple[str, str]:
    """Name and link of the post that a text names: of a comment where ``key`` is one."""
    if network != "linkedin":
        from publisher.cli.state_check import named_post  # here, because LinkedIn's URNs need no HTTP client

        return named_post(text, network, identity)
    comment = key.endswith(COMMENT_SUFFIX)
    urn = urn_of(text, comment=comment)
    if urn is None:
        what, example = ("comment", "urn:li:comment:(…)") if comment else ("post", "urn:li:share:…")
        raise UsageError(
            f"There is no {what}'s URN in {text!r}.", f"Copy the {what}'s link, or its {example}."
        )
    return urn, permalink(urn)


def _now() -> datetime:
    return datetime.now(UTC)
