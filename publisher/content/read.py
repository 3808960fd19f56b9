"""A project's content folder to documents and diagnostics: every file once, every problem at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from publisher.content.documents import default_key, read_markdown, read_yaml
from publisher.content.files import SourceFile, find_files, narrow, read_text
from publisher.errors import UsageError
from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic, sort_diagnostics
from publisher.model.document import Document


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: documents sorted by key, and every problem of the files that gave none."""

    documents: tuple[Document, ...]
    diagnostics: tuple[Diagnostic, ...]


def read_documents(root: Path, config: Config, paths: Sequence[Path] | None = None) -> Reading:
    """Read the content of the project at ``root``, or of it only ``paths`` (absolute files or folders).

    Raises `UsageError` where there is no content folder, or ``paths`` lie elsewhere.
    """
    if not (root / config.content).is_dir():
        raise UsageError(
            f"There is no folder {config.content}/ in {root}.",
            "`publisher init` makes a project; -C DIR names one; `content:` in publisher.yaml names the folder.",
        )
    found = find_files(root, config.content) if paths is None else narrow(root, config.content, paths)
    documents: list[Document] = []
    diagnostics: list[Diagnostic] = []
    for file in found:
        if isinstance(file, Diagnostic):
            diagnostics.append(file)
            continue
        made, problems = read_file(file, config.content)
        documents += made
        diagnostics += problems
    unique, clashes = _one_key_once(documents)
    return Reading(tuple(unique), sort_diagnostics([*diagnostics, *clashes]))


def read_file(file: SourceFile, folder: str) -> tuple[list[Document], list[Diagnostic]]:
    """The documents and problems of one source file under the content folder ``folder``."""
    text = read_text(file)
    if isinstance(text, Diagnostic):
        return [], [text]
    reader = read_markdown if file.name.endswith(".md") else read_yaml
    return reader(text, file.name, default_key(file.name, folder))


def _one_key_once(documents: Sequence[Document]) -> tuple[list[Document], list[Diagnostic]]:
    """The first document of each key, sorted by key; the others are diagnostics that name both places.

    Keys that differ in capitals only are the same file where file systems don't tell them apart.
    """
    first: dict[str, Document] = {}
    clashes = []
    for document in sorted(documents, key=lambda document: (document.path, document.position())):
        known = first.setdefault(document.key.casefold(), document)
        if known is not document:
            where = f"{known.path}:{known.position('id').line}"
            message = f"The key {document.key!r} is taken: {where} has it too."
            if known.key != document.key:
                message = f"The keys {document.key!r} and {known.key!r} ({where}) differ in capitals only."
            remedy = "Give one of the two another `id`."
            at = document.position("id")
            clashes.append(Diagnostic("key-duplicate", message, document.path, at, remedy))
    return sorted(first.values(), key=lambda document: document.key), clashes
