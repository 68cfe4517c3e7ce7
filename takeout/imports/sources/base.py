"""What all readers of archives have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from takeout.imports import codes, json_stream
from takeout.imports.containers import Container, Texts
from takeout.imports.errors import BadArchive
from takeout.imports.items import Item
from takeout.imports.report import REFUSED, Report


class Source(Protocol):
    """A reader of the archives of one program. Making one raises ``BadArchive`` for the archives of others.

    ``origin`` names where the ids in the archive are from, and ``site_id`` the site of this software that wrote it.
    """

    origin: str
    site_id: str

    def read(self, kind: str) -> Iterator[Item]:
        """Yield the objects of a kind."""
        ...


class Files:
    """The files of an archive, which note in the report what cannot be read and go on."""

    def __init__(self, container: Container, texts: Texts, report: Report) -> None:
        self.container, self.texts, self.report = container, texts, report
        self.names = container.names

    def rows(self, kind: str, name: str, key: str = "") -> Iterator[json_stream.Object]:
        """Yield the objects of a JSON file's array, as far as they can be read."""
        if self.container.size(name) is None:
            return
        try:
            yield from json_stream.iter_array(self.texts.pieces(name), key)
        except BadArchive as error:
            self.report.note(kind, REFUSED, error.code, title=name)

    def document(self, kind: str, name: str, most: int = 4 * 1024**2) -> json_stream.Object:
        """Return the object of a JSON file, an empty one when it cannot be read."""
        try:
            return json_stream.read_object(self.texts.read(name, most))
        except BadArchive as error:
            self.report.note(kind, REFUSED, error.code, title=name)
            return {}


def require(condition: bool) -> None:
    """Raise ``BadArchive`` for an archive of another program."""
    if not condition:
        raise BadArchive(codes.WRONG_FORMAT)
