"""Files in a commit: read them, and make the next commit that has them, without a checkout or an index."""

import secrets
from collections.abc import Mapping

from publisher.state.git.command import Git


def read_file(git: Git, commit: str, path: str) -> bytes | None:
    """The file's bytes in a commit; None where it has no such file. ``path`` is relative to the top."""
    answer = git.run("cat-file", "--batch", given=f"{commit}:{path}\n".encode())
    header, _, rest = answer.partition(b"\n")
    if header.endswith(b" missing"):
        return None
    return rest[: int(header.split()[-1])]


def commit_files(git: Git, parent: str | None, files: Mapping[str, bytes], message: str) -> str:
    """A commit upon ``parent`` (None: the first of its history) in which only these files differ; its id."""
    ref = f"refs/publisher/tmp/{secrets.token_hex(8)}"
    text = message.encode()
    stream = [f"commit {ref}\n".encode(), f"committer {git.text('var', 'GIT_COMMITTER_IDENT')}\n".encode()]
    stream.append(b"data %d\n%s\n" % (len(text), text))
    if parent is not None:
        stream.append(f"from {parent}\n".encode())
    for path, data in files.items():
        stream.append(f'M 100644 inline "{_quoted(path)}"\n'.encode())
        stream.append(b"data %d\n%s\n" % (len(data), data))
    stream.append(b"done\n")
    try:
        git.run("fast-import", "--quiet", "--done", "--date-format=raw", given=b"".join(stream))
        made = git.text("rev-parse", "--verify", f"{ref}^{{commit}}")
        # fast-import, unlike commit, does not look at this setting
        if git.ask("config", "--type=bool", "commit.gpgsign") != "true":
            return made
        parents = ("-p", parent) if parent else ()
        return git.run("commit-tree", "-S", f"{made}^{{tree}}", *parents, given=text).decode().strip()
    finally:
        git.ask("update-ref", "-d", ref)


def _quoted(path: str) -> str:
    """A path in the C-style quotes that fast-import reads."""
    return path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def read_folder(git: Git, commit: str, path: str) -> list[tuple[str, bytes]]:
    """(path below the folder, bytes) of every file of a folder in a commit; empty if there is no such folder."""
    listing = git.ask("ls-tree", "-r", "-z", "--full-tree", f"{commit}:{path}")
    if not listing:
        return []
    names, blobs = [], []
    for line in filter(None, listing.split("\0")):
        facts, _, name = line.partition("\t")
        mode, kind, blob = facts.split()
        if kind == "blob" and mode != "120000":  # a link is none of the form's files
            names.append(name)
            blobs.append(blob)
    answer = git.run("cat-file", "--batch", given="".join(f"{blob}\n" for blob in blobs).encode())
    found, at = [], 0
    for name in names:
        end = answer.index(b"\n", at)
        size = int(answer[at:end].split()[-1])
        found.append((name, answer[end + 1 : end + 1 + size]))
        at = end + 2 + size
    return found
