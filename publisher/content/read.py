"""List the files of the content folder, read one file, and find documents that share a key."""

from collections.abc import Callable, Sequence
from pathlib import Path

from publisher.content.conflicts import merge_conflict
from publisher.content.documents import default_key, read_markdown, read_yaml
from publisher.content.files import SourceFile, find_files, narrow
from publisher.errors import UsageError
from publisher.model.config import Config, FrontMatter
from publisher.model.diagnostic import Diagnostic, Position, few
from publisher.model.document import Document


def source_files(
    root: Path, config: Config, paths: Sequence[Path] | None = None
) -> tuple[list[SourceFile], list[Diagnostic]]:
    """Return the files to read, and the problems of what is not a file.

    Raise `UsageError` where there is no content
    folder, or ``paths`` lie elsewhere.
    """
    if not (root / config.content).is_dir():
        raise UsageError(
            f"The folder {config.content}/ doesn't exist in {root}.",
            "`publisher init` makes a project; -C DIR names one; `content:` in publisher.yaml names the folder.",
        )
    found = list(find_files(root, config.content) if paths is None else narrow(root, config.content, paths))
    files = [file for file in found if isinstance(file, SourceFile)]
    return files, [problem for problem in found if isinstance(problem, Diagnostic)]


def read_document(
    text: str, name: str, folder: str, front_matter: FrontMatter = FrontMatter()
) -> tuple[list[Document], list[Diagnostic]]:
    """Return the documents and problems in the text of the file ``name`` under the content folder ``folder``.

    If there are very many problems, only the first are returned.
    """
    if conflict := merge_conflict(text, name):
        return [], [conflict]
    key = default_key(name, folder)
    if name.endswith(".md"):
        documents, problems = read_markdown(text, name, key, front_matter)
    else:
        documents, problems = read_yaml(text, name, key)
    return documents, list(few(problems, name))


def key_clashes(
    keys: Sequence[str], place: Callable[[int], tuple[str, Position]]
) -> tuple[set[int], list[Diagnostic]]:
    """Return the indexes of documents whose key an earlier document has, and the diagnostics.

    ``place`` gives a document's path, and the place of its id there.

    Earlier is by path, then as given. Keys that differ in capitals only are the same file where file systems
    don't tell them apart.
    """
    if len({key.casefold() for key in keys}) == len(keys):
        return set(), []  # as it should be
    places = [(key, *place(index)) for index, key in enumerate(keys)]
    first: dict[str, tuple[str, str, Position]] = {}
    lost, clashes = set(), []
    for index in sorted(range(len(places)), key=lambda index: places[index][1]):
        key, path, at = places[index]
        known_key, known_path, known_at = first.setdefault(key.casefold(), places[index])
        if places[index] is first[key.casefold()]:
            continue
        lost.add(index)
        where = f"{known_path}:{known_at.line}"
        message = f"The key {key!r} is used twice: {where} has it, too."
        if known_key != key:
            message = f"The keys {key!r} and {known_key!r} ({where}) differ in capitals only."
        remedy = "Give one of them another `id`."
        clashes.append(Diagnostic("key-duplicate", message, path, at, remedy))
    return lost, clashes
