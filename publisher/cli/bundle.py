"""Writing bundles: a folder for each refused post, for a person to paste from."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from publisher.cli.console import say
from publisher.errors import PublisherError
from publisher.model.plan import Plan
from publisher.networks.linkedin.media_files import verified
from publisher.publishing.receipts import Receipt
from publisher.publishing.refused import refused
from publisher.reports.bundle import README, Bundle, bundles


def write_bundles(
    plan: Plan, receipts: Sequence[Receipt], root: Path, folder: Path
) -> list[tuple[str, Path]]:
    """(key, folder) of each bundle that could be written; what could not is said on stderr."""
    written = []
    for bundle in bundles(refused(plan, receipts)):
        place = folder / bundle.name
        try:
            _write(bundle, root, place)
        except (OSError, PublisherError) as error:
            say(f"{bundle.key}: its bundle can't be written to {place}: {error}")
            continue
        say(f"{bundle.key}: ready to post by hand; see {place / README}.")
        written.append((bundle.key, place))
    return written


def _write(bundle: Bundle, root: Path, place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True)
    for name, media in bundle.media.items():
        with verified(root, media) as path:
            shutil.copyfile(path, place / name)
    for name, text in bundle.texts.items():
        # byte for byte what would have been sent: no newline is added, none is translated
        (place / name).write_bytes(text.encode())
