"""Send notifications at the end of a command, if the environment asks for them."""

import os
from datetime import UTC, datetime

from publisher.cli.console import say
from publisher.cli.main import Options
from publisher.environment import NOTIFY_VARIABLE
from publisher.errors import PublisherError
from publisher.model.config import Config
from publisher.planning.status import Health


def notify_people(options: Options, config: Config, health: Health) -> None:
    """Send what `PUBLISHER_NOTIFY` should hear of. Problems are shown; nothing is raised."""
    if not os.environ.get(NOTIFY_VARIABLE):
        return
    from publisher.auth.status import authors_of, read_statuses
    from publisher.auth.vault import Vault, config_directory
    from publisher.networks.linkedin.transport import Runtime
    from publisher.notify import events_of, memory_file, notify

    try:
        vault, runtime = Vault(config_directory(os.environ)), Runtime()
        tokens = read_statuses(authors_of(config, vault), config, os.environ, vault, runtime, online=False)
    except (PublisherError, OSError) as error:
        say(f"The ends of tokens can't be read: {error}")
        tokens = ()
    names = {"LINKEDIN_CLIENT_SECRET", *(author.token_env for author in config.authors.values())}
    secrets = [os.environ[name] for name in sorted(names) if os.environ.get(name)]
    events = events_of(health, tokens, datetime.now(UTC), secrets)
    project = config.project or options.root.resolve().name
    for problem in notify(events, project, os.environ, memory_file(options.root)):
        say(f"warning: {problem}")
