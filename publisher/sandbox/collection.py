"""A collection: values of one kind by key, in the order they came, optionally kept on disk as well."""

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

Value = TypeVar("Value")


class Storage(Protocol):
    """Keeps collections on disk."""

    def write(self, collection: str, key: str, value: object) -> None:
        """Write one value."""

    def delete(self, collection: str, key: str) -> None:
        """Delete one value."""

    def delete_all(self, collection: str) -> None:
        """Delete a whole collection."""


class Collection(Generic[Value]):
    """A dict that tells its storage what changes. Values are frozen, so readers need no lock."""

    def __init__(self, name: str, storage: Storage | None = None) -> None:
        self.name = name
        self._storage = storage
        self._values: dict[str, Value] = {}

    def put(self, key: str, value: Value) -> Value:
        """Add or replace; a replaced value keeps its place in the order."""
        self._values[key] = value
        if self._storage:
            self._storage.write(self.name, key, value)
        return value

    def remove(self, key: str) -> None:
        """Remove a value, if it is there."""
        self._values.pop(key, None)
        if self._storage:
            self._storage.delete(self.name, key)

    def get(self, key: str) -> Value | None:
        """Return the value, or None."""
        return self._values.get(key)

    def all(self) -> list[Value]:
        """Return every value, oldest first."""
        return list(self._values.values())

    def newest_first(self) -> Iterator[Value]:
        """Yield every value, newest first; a copy, so that writers don't disturb it."""
        return reversed(self.all())

    def contents(self) -> dict[str, Value]:
        """Return a copy of the whole collection."""
        return dict(self._values)

    def fill(self, values: dict[str, Value]) -> None:
        """Replace everything, on disk too."""
        self._values = dict(values)
        if self._storage:
            self._storage.delete_all(self.name)
            for key, value in values.items():
                self._storage.write(self.name, key, value)

    def load(self, values: dict[str, Value]) -> None:
        """Take what was read back from disk."""
        self._values = dict(values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: str) -> bool:
        return key in self._values
