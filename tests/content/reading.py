"""Read the documents of a content folder without rendering them, from the functions that `project.load` uses."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from publisher.content.files import SourceFile, read_text
from publisher.content.read import key_clashes, read_document, source_files
from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic, sort_diagnostics
from publisher.model.document import Document


class Reading(NamedTuple):
    """Documents sorted by key, and every problem."""

    documents: tuple[Document, ...]
    diagnostics: tuple[Diagnostic, ...]


def read_documents(root: Path, config: Config, paths: Sequence[Path] | None = None) -> Reading:
    """Read the content of the project at ``root``, or only ``paths`` of it."""
    files, diagnostics = source_files(root, config, paths)
    documents: list[Document] = []
    for file in files:
        made, problems = read_file(file, config.content)
        documents += made
        diagnostics += problems
    lost, clashes = key_clashes(
        [d.key for d in documents], lambda at: (documents[at].path, documents[at].position("id"))
    )
    kept = [document for index, document in enumerate(documents) if index not in lost]
    kept.sort(key=lambda document: document.key)
    return Reading(tuple(kept), sort_diagnostics([*diagnostics, *clashes]))


def read_file(file: SourceFile, folder: str) -> tuple[list[Document], list[Diagnostic]]:
    """The documents and problems of one source file under the content folder ``folder``."""
    text = read_text(file)
    return ([], [text]) if isinstance(text, Diagnostic) else read_document(text, file.name, folder)
