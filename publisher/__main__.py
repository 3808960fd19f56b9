"""``python -m publisher``, and the console script: SIGINT and SIGTERM end it with 130 from the first import on."""

import os
import signal
from types import FrameType


def _end(_signal: int, _frame: FrameType | None) -> None:
    os.write(2, b"interrupted\n")
    os._exit(130)  # nothing was begun, and an exception in an import would show a traceback


for _number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(_number, _end)


def main() -> None:
    """Run the command line."""
    from publisher.cli.main import main as run

    run()


if __name__ == "__main__":
    main()
