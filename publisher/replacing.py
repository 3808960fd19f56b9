"""Replace a file as a whole: its readers see the old bytes or the new ones, never a part."""

import os
import tempfile
from pathlib import Path


def replace_file(
    path: Path,
    content: bytes,
    *,
    mode: int = 0o600,
    synced: bool = False,
    folder: Path | None = None,
    suffix: str = ".tmp",
) -> None:
    """Write ``content`` to a temporary file, and rename it to ``path``. Raise OSError on failure.

    The file is private until it has its ``mode``, because mkstemp makes it for the owner alone. ``synced`` forces the
    bytes to the disk before the rename. ``folder`` holds the temporary file. It must be on the file system of ``path``,
    where a rename is atomic; the default is the folder of ``path``.
    """
    # The dot hides the temporary file from readers of the content.
    descriptor, name = tempfile.mkstemp(prefix=".publisher-", suffix=suffix, dir=folder or path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            if synced:
                os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
