"""The process that runs typst: ``python -I -m publisher.cards.process FOLDER FORMAT < data``.

A template may come from a pull request, so typst runs in a process whose time and memory the kernel limits,
in a folder that holds nothing but the card's own files.
"""

import resource
import sys
from pathlib import Path
from typing import Literal, cast

CPU_SECONDS = 10
"""Typesetting a card takes 0.1 s and a carousel of 20 slides 0.5 s (measured 2026-11-24)."""

MEMORY = 2 * 1024**3
"""Bytes of address space: the compiler and its fonts take 0.4 GB."""

OUTPUT = 30_000_000
"""Bytes of one file. LinkedIn takes 100 MB documents and 8 MB images; a card has 0.1 MB."""


def main(folder: str, form: Literal["png", "pdf"]) -> int:
    """Typeset ``FOLDER/main.typ`` with the data from standard input, and write ``FOLDER/out``."""
    import typst

    # Read before the limits apply, because the data is our own and only the template may be hostile.
    data = sys.stdin.read()
    for name, limit in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, OUTPUT),
    ):
        resource.setrlimit(name, (limit, limit))
    root = Path(folder)
    compiler = typst.Compiler(
        root / "main.typ",
        root=root,
        font_paths=[root / "fonts"],
        ignore_system_fonts=True,  # the same card on every machine
        sys_inputs={"data": data},
        # Empty folders: typst would download a package that a template imports.
        package_path=root / "no-packages",
        package_cache_path=root / "no-packages",
    )
    try:
        # timestamp 0: otherwise the PDF contains the time of day and differs on each run
        made = compiler.compile(format=form, ppi=72.0, timestamp=0)
    except typst.TypstError as error:
        hints = "".join(f" {hint}." for hint in error.hints)
        sys.stderr.write(f"{error.message}.{hints}")
        return 1
    if isinstance(made, list):
        sys.stderr.write(f"the template makes {len(made)} pages; a card is one.")
        return 1
    (root / "out").write_bytes(made or b"")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], cast("Literal['png', 'pdf']", sys.argv[2])))
