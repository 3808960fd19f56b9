"""One file in a commit: read it, and make the next commit that has it, without a checkout or an index."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from publisher.state.git.command import Git


def read_file(git: Git, commit: str, path: str) -> bytes | None:
    """The file's bytes in a commit; None where it has no such file. ``path`` is relative to the top."""
    answer = git.run("cat-file", "--batch", given=f"{commit}:{path}\n".encode())
    header, _, rest = answer.partition(b"\n")
    if header.endswith(b" missing"):
        return None
    return rest[: int(header.split()[-1])]


def commit_file(git: Git, parent: str | None, path: str, content: bytes, message: str) -> str:
    """A commit upon ``parent`` (None: the first of its history) in which only this file differs; its id."""
    blob = git.run("hash-object", "-w", "--no-filters", "--stdin", given=content).decode().strip()
    tree = _tree_with(git, parent and f"{parent}^{{tree}}", PurePosixPath(path).parts, blob)
    parents = ("-p", parent) if parent else ()
    # commit-tree, unlike commit, does not look at this setting itself
    signed = ("-S",) if git.ask("config", "--type=bool", "commit.gpgsign") == "true" else ()
    return git.run("commit-tree", *signed, tree, *parents, given=message.encode()).decode().strip()


def _tree_with(git: Git, tree: str | None, parts: Sequence[str], blob: str) -> str:
    """The tree's id after the file at ``parts`` became ``blob``; everything else in it is kept."""
    name, below = parts[0], parts[1:]
    entries = git.run("ls-tree", "-z", "--full-tree", tree).split(b"\0") if tree else []
    kept, folder = [], None
    for entry in filter(None, entries):
        facts, _, entry_name = entry.partition(b"\t")
        if entry_name != name.encode():
            kept.append(entry)
        elif facts.startswith(b"040000"):
            folder = facts.split()[2].decode()
    line = f"040000 tree {_tree_with(git, folder, below, blob)}" if below else f"100644 blob {blob}"
    listing = b"\0".join([*kept, f"{line}\t{name}".encode(), b""])
    return git.run("mktree", "-z", "--missing", given=listing).decode().strip()
