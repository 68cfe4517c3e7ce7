"""Registry of the files that rows of the database name. Verifying a backup checks that they are there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from streamsite.backup.entries import Entry, Key

Document = dict[str, Any]
# Yields names of files, such as ``media/sources/AAAAAAAAAAA/source``; one that ends with a slash is that of a folder,
# in which there must be a file.
NamedFiles = Callable[[Document], Iterator[str]]
_named: dict[str, list[NamedFiles]] = {}


def register_references(collection: str, named: NamedFiles) -> None:
    """Add a function that tells which files a document of a collection names."""
    _named.setdefault(collection, []).append(named)


def collections_with_references() -> tuple[str, ...]:
    """Return the collections whose documents name files."""
    return tuple(_named)


def names_in(collection: str, document: Document) -> Iterator[str]:
    """Yield the names of files that a document names."""
    for named in _named[collection]:
        yield from named(document)


def missing_names(wanted: Iterable[str], entries: Iterator[Entry]) -> Iterator[str]:
    """Yield those of the wanted names that are not among the entries."""
    key: Key | None = None
    for name in sorted(set(wanted), key=_key):
        parts = _key(name)
        while key is None or key < parts:
            entry = next(entries, None)
            if entry is None:
                key = ("~",)  # after every source
                break
            key = entry.key
        if key != parts and not (name.endswith("/") and key[: len(parts)] == parts):
            yield name


def _key(name: str) -> Key:
    return tuple(name.rstrip("/").split("/"))
