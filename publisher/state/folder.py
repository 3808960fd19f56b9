"""Keep the state as a folder with one small document for each post.

Branches merge in git, and writing a record always costs the same.

Pure: which file holds what. Files on disk and on a git branch have the same names and bytes.

    meta.json                 version, lineage, service; written once
    posts/3f/2026-11-hello.json   what is known of one name; the first two hex digits of its sha256 are its folder
    authors/urn%3Ali….json    until when a rate limit of one author lasts
    pause.json                a pause of all publishing
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from publisher.model.state import Event, State, Status
from publisher.state.edits import (
    AuditEdit,
    DeferEdit,
    Edit,
    EventEdit,
    IdentityEdit,
    PauseEdit,
    PostEdit,
)
from publisher.state.records import Json, extra_of, with_extra
from publisher.state.statefile import KNOWN, decode, from_json, parse, to_bytes, to_json, unusable

META = "meta.json"
PAUSE = "pause.json"
_POSTS = "posts/"
_AUTHORS = "authors/"

LONGEST = 150
"""Characters of a file name before it is cut and its hash appended.

Most file systems allow 255 bytes (NAME_MAX of Linux, component length of NTFS), eCryptfs 143 (its
documentation).
"""

_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(?=$|\.)")
"""Names that Windows takes for a device, with any suffix.

Source: "Naming Files, Paths, and Namespaces" (Microsoft Learn).
"""

_KEYED = ("posts", "slots", "uploads", "failures", "past", "held")


def post_path(name: str) -> str:
    """Return the path of the file of an entry's name.

    Different names have different paths, also where case is ignored.
    """
    digest = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{_POSTS}{digest[:2]}/{_file_name(name, digest)}"


def author_path(author: str) -> str:
    """Return the path of the file of an author's rate limit."""
    return _AUTHORS + _file_name(author, sha256(author.encode("utf-8", "surrogatepass")).hexdigest())


def _file_name(name: str, digest: str) -> str:
    # "/" becomes "+"; capitals, "+", "%" and "~" are written as %XX, so that every name has one spelling
    quoted = quote(name, safe="/@#", errors="surrogatepass").replace("+", "%2B").replace("~", "%7E")
    quoted = re.sub(r"%[0-9A-F]{2}|[A-Z]", lambda m: m[0] if m[0][0] == "%" else f"%{ord(m[0]):02X}", quoted)
    quoted = quoted.replace("/", "+")
    if quoted.startswith(".") or _DEVICE.match(quoted):
        quoted = f"%{ord(quoted[0]):02X}{quoted[1:]}"
    # 33 characters for "~" and 128 bits of the hash: long names that begin alike still get different files
    if len(quoted) > LONGEST or not quoted:
        quoted = f"{quoted[: LONGEST - 33]}~{digest[:32]}"
    return f"{quoted}.json"


def documents(state: State, edits: Iterable[Edit]) -> dict[str, Json]:
    """Return path -> document of every file that edits change; ``state`` is the state after them.

    Entries come before removals. A process that dies between two files then leaves a moved entry twice, never
    lost.
    """
    names, authors, paths = set[str](), set[str](), dict[str, Json]()
    for edit in edits:
        match edit:
            case EventEdit(event):
                names.add(event.key)
            case DeferEdit(author):
                authors.add(author)
            case PauseEdit():
                paths[PAUSE] = to_json(State(pause=state.pause))
            case IdentityEdit():
                paths[META] = _meta(state)
            case AuditEdit():
                pass
            case _:
                names.add(edit.key)
    history: dict[str, list[Event]] = {}
    for event in state.history:
        history.setdefault(event.key, []).append(event)
    for name in sorted(names, key=lambda name: (name not in state.posts, name)):
        paths[post_path(name)] = _document(state, name, tuple(history.get(name, ())))
    for author in sorted(authors):
        limit = {author: state.deferred[author]} if author in state.deferred else {}
        paths[author_path(author)] = {"author": author, **to_json(State(deferred=limit))}
    return paths


def paths_of(edits: Iterable[Edit]) -> set[str]:
    """Return the files of the posts that edits are about."""
    return {post_path(edit.key) for edit in edits if isinstance(edit, PostEdit)}


def all_documents(state: State) -> dict[str, Json]:
    """Return path -> document of every file of a state."""
    names = {name for part in _KEYED for name in getattr(state, part)} | {
        event.key for event in state.history
    }
    edits: list[Edit] = [IdentityEdit("", ""), *(DeferEdit(author, None) for author in state.deferred)]
    edits += [PauseEdit(None)] if state.pause else []
    history: dict[str, list[Event]] = {}
    for event in state.history:
        history.setdefault(event.key, []).append(event)
    found = documents(state, edits)
    found |= {post_path(name): _document(state, name, tuple(history.get(name, ()))) for name in sorted(names)}
    return found


def _meta(state: State) -> Json:
    return to_json(State(lineage=state.lineage, service=state.service, extra=state.extra))


def _document(state: State, name: str, history: tuple[Event, ...]) -> Json:
    parts: dict[str, Any] = {}
    for part in _KEYED:
        values: Mapping[str, Any] = getattr(state, part)
        if name in values:
            parts[part] = {name: values[name]}
    document = to_json(State(history=history, **parts))
    # The file of a removed key stays, with a status that only says so. If it vanished, git's rename detection
    # could merge a removal and an addition into one wrong file.
    if name not in state.posts:
        past = state.past.get(name, ())
        moved = past[-1].moved_to if past else None
        status = Status.MOVED if moved else Status.FORGOTTEN
        document["posts"] = {name: {"status": status.value} | ({"to": moved} if moved else {})}
    return document


def with_unknown(document: Json, path: str, before: bytes | None, name: str) -> bytes:
    """Return a document as bytes, with unknown fields of the file that it replaces.

    The state has those of meta.json.
    """
    extra = extra_of(parse(before, name), KNOWN | {"author"}) if before and path != META else ""
    return to_bytes(with_extra(document, extra))


def combine(files: Iterable[tuple[str, bytes]], location: str) -> State:
    """Return the state in a folder's files: (path in the folder, bytes). Raise `StateError`, naming the file.

    Files that are none of the form's, such as a README, are left alone.
    """
    parts: dict[str, dict[str, Any]] = {part: {} for part in (*_KEYED, "deferred")}
    whole, history = State(), list[Event]()
    for path, data in files:
        own = path in (META, PAUSE) or (path.startswith((_POSTS, _AUTHORS)) and path.endswith(".json"))
        if not own:
            continue
        name = f"{location.rstrip('/')}/{path}"
        state = decode_part(path, data, name)
        for part, known in parts.items():
            known.update(getattr(state, part))
        history.extend(state.history)
        if path == META:
            whole = replace(whole, lineage=state.lineage, service=state.service, extra=state.extra)
        elif path == PAUSE:
            whole = replace(whole, pause=state.pause)
    # files come in the order of their names, and the history is one line of time
    history.sort(key=lambda event: (event.at, event.key))
    views = {part: MappingProxyType(known) for part, known in parts.items()}
    return replace(whole, history=tuple(history), **views)  # type: ignore[arg-type] # the parts are mappings


def decode_part(path: str, data: bytes, name: str) -> State:
    """Return the part of a state in one file. Raise `StateError` if its key belongs to another file."""
    if path.startswith(_AUTHORS):
        document = parse(data, name)
        author = document.pop("author", None) if isinstance(document, dict) else None
        if not isinstance(author, str) or author_path(author) != path:
            raise unusable(name, f"is not the file of the author {author!r} that it names")
        return from_json(document, name)
    if not path.startswith(_POSTS):
        return decode(data, name)
    document = parse(data, name)
    keys = (
        list(document["posts"])
        if isinstance(document, dict) and isinstance(document.get("posts"), dict)
        else []
    )
    if len(keys) != 1 or post_path(keys[0]) != path:
        raise unusable(
            name, f"is not the file of the key {', '.join(map(repr, keys)) or 'none'} that it contains"
        )
    state = from_json(document, name)
    if any(set(getattr(state, part)) - set(keys) for part in _KEYED):
        raise unusable(name, f"has facts of other keys than {keys[0]!r}")
    return state
