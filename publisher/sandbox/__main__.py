"""``python -m publisher.sandbox``: the sandbox with the standard library alone."""

import argparse
import sys
from pathlib import Path

from publisher.sandbox.faults import KINDS, parse_fault
from publisher.sandbox.launch import DEFAULT_PORT, OPTIONS, CannotStartError, Launch, run
from publisher.sandbox.settings import parse_setting


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and run; 2 for what can't work."""
    given = _parser().parse_args(arguments)
    try:
        options = Launch(
            host=given.host,
            port=given.port,
            seed=given.seed,
            clock=given.clock,
            freeze=given.freeze,
            db=given.db,
            config=given.config,
            faults=tuple(parse_fault(text) for text in given.fault),
            settings=dict(parse_setting(text) for text in given.set),
            tls=given.tls,
            tls_dir=given.tls_dir,
            proxy=given.proxy,
            public_url=given.public_url,
            trust_forwarded=given.trust_forwarded,
            allowed_hosts=tuple(given.allow_host),
            output_format=given.format,
        )
        return run(options)
    except (CannotStartError, ValueError) as error:
        remedy = getattr(error, "remedy", "")
        sys.stderr.write(f"error: {error}{' ' + remedy if remedy else ''}\n")
        return 2


def _parser() -> argparse.ArgumentParser:
    kinds = "\n".join(f"  {kind:18} {meaning}" for kind, meaning in KINDS.items())
    parser = argparse.ArgumentParser(
        prog="python -m publisher.sandbox",
        description="Run a LinkedIn of your own.",
        epilog=f"faults:\n{kinds}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )

    def add(name: str, **named: object) -> None:
        parser.add_argument(f"--{name}", help=OPTIONS[name], **named)  # type: ignore[arg-type]

    add("port", type=int, default=DEFAULT_PORT)
    add("host", default="127.0.0.1")
    add("seed", type=int)
    add("clock", metavar="TIME")
    add("freeze", action="store_true")
    add("db", type=Path)
    add("config", type=Path)
    add("fault", action="append", default=[], metavar="KIND[,NAME=VALUE…]")
    add("set", action="append", default=[], metavar="NAME=VALUE")
    add("tls", action="store_true")
    add("tls-dir", type=Path)
    add("proxy", action="store_true")
    add("public-url", default="", metavar="URL")
    add("trust-forwarded", action="store_true")
    add("allow-host", action="append", default=[], metavar="NAME")
    add("format", choices=["text", "json"], default="text")
    return parser


if __name__ == "__main__":
    sys.exit(main())
