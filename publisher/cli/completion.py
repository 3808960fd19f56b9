"""``publisher completion SHELL``: completion of commands, options, keys and paths."""

import click
from click.shell_completion import get_completion_class

from publisher.errors import EXIT_OK, UsageError

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS), metavar="SHELL")
@click.pass_context
def command(ctx: click.Context, shell: str) -> int:
    """Print the completion script for SHELL: bash, zsh or fish.

    It completes commands and options, and for KEY the keys and files of the project's posts.

    \b
    eval "$(publisher completion bash)"                                  # in ~/.bashrc
    eval "$(publisher completion zsh)"                                   # in ~/.zshrc
    publisher completion fish > ~/.config/fish/completions/publisher.fish
    """
    found = get_completion_class(shell)
    if found is None:
        raise UsageError(f"There is no completion for {shell}.", f"Name one of {', '.join(SHELLS)}.")
    source = found(ctx.find_root().command, {}, "publisher", "_PUBLISHER_COMPLETE").source
    try:
        script = source()
    except RuntimeError as error:  # click asks bash for its version
        raise UsageError(f"{error}", "Completion needs bash 4.4 or newer.") from None
    click.echo(script)
    return EXIT_OK
