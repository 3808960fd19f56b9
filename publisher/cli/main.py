"""The ``publisher`` command: global options, lazily imported subcommands, one place for exit codes."""

import errno
import importlib
import io
import os
import signal
import sys
import threading
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING, NamedTuple

import click

from publisher import __version__
from publisher.errors import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE, PublisherError

_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}
"""What a disk says that is full, or not ours to write to."""

_EXTRAS = {
    "keyring": "keyring",
    "mcp": "mcp",
    "procrastinate": "postgres",
    "prometheus_client": "postgres",
    "psycopg": "postgres",
    "typst": "cards",
}
"""The extra of pyproject.toml that installs a module."""

COMMANDS: dict[str, tuple[str, str]] = {
    # name: (module that defines ``command``, one line for --help)
    "init": ("publisher.cli.init", "Create a project in DIR."),
    "new": ("publisher.cli.new", "Create a post file from a title."),
    "validate": ("publisher.cli.validate", "Report all problems in the content."),
    "payload": ("publisher.cli.payload", "Print the JSON bodies, offline."),
    "show": ("publisher.cli.show", "Print one post as readers will see it."),
    "preview": (
        "publisher.cli.preview",
        "Show the posts as readers will see them, as a file or a live page.",
    ),
    "watch": ("publisher.cli.watch", "Validate, plan and refresh a live preview on every change."),
    "plan": ("publisher.cli.plan", "Show what publish would do."),
    "publish": ("publisher.cli.publish", "Publish what is due, each post exactly once."),
    "unpublish": ("publisher.cli.unpublish", "Delete one live post."),
    "pause": ("publisher.cli.pause", "Stop publishing for everyone who shares the state."),
    "resume": ("publisher.cli.resume", "End a pause."),
    "open": ("publisher.cli.open", "Open a live post in the browser."),
    "status": ("publisher.cli.status", "Check for overdue, failed or unconfirmed posts."),
    "auth": ("publisher.cli.auth", "Log in and check token expiry."),
    "doctor": ("publisher.cli.doctor", "Check everything that publishing needs."),
    "state": ("publisher.cli.state", "Show and change the state."),
    "history": ("publisher.cli.history", "Show the audit log."),
    "worker": ("publisher.cli.worker", "Run continuously; add workers to scale."),
    "schema": ("publisher.cli.schema", "Print a JSON Schema."),
    "mcp": ("publisher.cli.mcp", "Serve the project as tools for an assistant."),
    "explain": ("publisher.cli.explain", "Explain a rule, with its reason, an example and the fix."),
    "sandbox": ("publisher.cli.sandbox", "Run the emulator and its feed page."),
    "completion": ("publisher.cli.completion", "Print the completion script of a shell."),
}


if TYPE_CHECKING:  # the help needs no paths, and all of it is read before a hook or a completion goes on
    from pathlib import Path


class Options(NamedTuple):
    """The project's root, the folder where the command was started, and verbosity (-1 quiet, 0 normal, 1 verbose)."""

    root: "Path"
    cwd: "Path"
    verbosity: int = 0

    @property
    def quiet(self) -> bool:
        """Whether only what went wrong is said."""
        return self.verbosity < 0


class LazyGroup(click.Group):
    """A group that imports a subcommand only when it is run: ``--help`` stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All command names, in the order of a working day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command; while only the list is printed, a stand-in with its one line of help."""
        if cmd_name not in COMMANDS:
            return None
        module, summary = COMMANDS[cmd_name]
        if ctx.params.get("__listing__"):
            return click.Command(cmd_name, short_help=summary)
        command: click.Command = importlib.import_module(module).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that ``args`` begin with. Raises UsageError with the nearest names."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = " or ".join(repr(name) for name in get_close_matches(args[0], COMMANDS))
            ctx.fail(f"No such command {args[0]!r}." + (f" Did you mean {near}?" if near else ""))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a reader that goes away (``| head``) has had what it wanted."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _close_output()
            return 0

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, importing none of them."""
        ctx.params["__listing__"] = True
        try:
            super().format_commands(ctx, formatter)
        finally:
            ctx.params.pop("__listing__", None)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="publisher")
@click.option(
    "-C",
    "directory",
    type=click.Path(exists=True, file_okay=False),
    default=".",
    metavar="DIR",
    help="Run as if started in DIR.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.option("-v", "--verbose", is_flag=True, help="Print more, such as each HTTP request.")
@click.option("--no-color", is_flag=True, help="Print no colour; the variable NO_COLOR does the same.")
@click.pass_context
def cli(ctx: click.Context, directory: str, quiet: bool, verbose: bool, no_color: bool) -> None:
    """LinkedIn posts as code: validate, plan, publish exactly once.

    \b
    publisher init my-posts          a project to start from
    publisher plan                   what would happen
    publisher publish --sandbox      try it against the embedded emulator
    publisher publish                for real
    """
    from pathlib import Path

    from publisher.cli.locate import find_root

    os.chdir(directory)
    cwd = Path.cwd()
    ctx.obj = Options(find_root(cwd), cwd, -1 if quiet else int(verbose))
    if no_color or os.environ.get("NO_COLOR"):
        ctx.color = False
    if verbose:
        _show_requests(ctx)


def _show_requests(ctx: click.Context) -> None:
    """Each HTTP exchange as a line on stderr, for the length of one command."""
    import logging

    logger, handler = logging.getLogger("publisher.networks.http"), logging.StreamHandler()
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    ctx.call_on_close(lambda: logger.removeHandler(handler))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code; the working directory is afterwards what it was."""
    try:
        started_in = os.getcwd()  # noqa: PTH109
    except FileNotFoundError:
        click.echo("error: The working directory is gone.\n  Change to one that exists.", err=True)
        return 2
    try:
        return _run(arguments)
    finally:
        os.chdir(started_in)


def _run(arguments: Sequence[str] | None) -> int:
    """Every exception becomes a message and an exit code here."""
    try:
        code = cli.main(args=arguments, prog_name="publisher", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        return EXIT_INTERRUPTED
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        return EXIT_INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return EXIT_USAGE
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except PublisherError as error:
        from publisher.cli.console import show_error

        show_error(error)
        return error.exit_code
    except ModuleNotFoundError as error:
        extra = _EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        click.echo(f"error: This needs {error.name}, which is not installed.", err=True)
        click.echo(f"  Install it with: pip install 'posts-as-code[{extra}]'", err=True)
        return EXIT_USAGE
    except OSError as error:
        if error.errno not in _DISK:
            raise  # nobody but us can mend it, and needs the traceback
        _close_output()
        where = f": {error.filename}" if error.filename else ""
        click.echo(f"error: {error.strerror or error}{where}.\n  Free space or fix permissions.", err=True)
        return EXIT_FAILED
    return code if isinstance(code, int) else 0


def _close_output() -> None:
    """Let nothing more go to stdout, where what is left could only fail once more while Python ends."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a post's emoji must not end a command on a terminal or in a log of another encoding
            stream.reconfigure(encoding="utf-8", errors=stream.errors)
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _interrupt)
        code = run()
    except KeyboardInterrupt:  # between two lines of these
        code = EXIT_INTERRUPTED
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(code))  # everything is done
    _leave(code)


_interrupted = threading.Event()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    _interrupted.set()
    raise KeyboardInterrupt


def _leave(code: int) -> None:
    """End the process. Output that can't be written any more is reported here, as Python would print a traceback."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError as error:
            code = code or (0 if error.errno == errno.EPIPE else EXIT_FAILED)
            _close_output()
    if _interrupted.is_set() or code == EXIT_INTERRUPTED:
        # After an interrupt within exec() of a string, as dataclasses use it, `python -m` ends with SIGINT instead
        # of the code of sys.exit(), even if the interrupt was handled (CPython 3.11, observed on 2026-11-24).
        os._exit(code)
    sys.exit(code)
