"""Writes collections of a backup into a database: pages of documents, then corrections in their order, then indexes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, cast

import bson
from bson.codec_options import CodecOptions
from bson.errors import InvalidBSON
from bson.raw_bson import RawBSONDocument
from pymongo import DeleteOne, ReplaceOne, WriteConcern
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.read_concern import ReadConcern

Document = dict[str, Any]
RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
BATCH = 500


class UnreadablePage(Exception):
    """The bytes of a page are not documents."""


def raw_collection(
    database: Database[Document], name: str, read_concern: ReadConcern | None = None
) -> Collection[RawBSONDocument]:
    """Return a collection whose documents stay as they are, whatever types and orders they hold."""
    found = database.get_collection(name, codec_options=RAW, read_concern=read_concern)
    return cast("Collection[RawBSONDocument]", found)


def documents_of(page: bytes) -> Iterator[RawBSONDocument]:
    """Yield the documents of a page as they are. Raises ``UnreadablePage``."""
    try:
        yield from bson.decode_iter(page, RAW)
    except InvalidBSON:
        raise UnreadablePage from None


def final_documents(pages: Iterator[bytes], changes: list[bytes]) -> Iterator[Document]:
    """Yield a collection's documents with its corrections applied, decoded. Raises ``UnreadablePage``."""
    corrected: dict[bytes, Document | None] = {}
    for page in changes:
        for correction in _decoded(page):
            corrected[bson.encode({"_id": correction["i"]})] = correction.get("d")
    for page in pages:
        for document in _decoded(page):
            if bson.encode({"_id": document["_id"]}) not in corrected:
                yield document
    yield from (document for document in corrected.values() if document is not None)


def _decoded(page: bytes) -> Iterator[Document]:
    try:
        yield from bson.decode_iter(page)
    except InvalidBSON:
        raise UnreadablePage from None


class CollectionLoader:
    """Fills one collection anew."""

    def __init__(self, database: Database[Document], name: str) -> None:
        self._database, self._name = database, name
        self._into = raw_collection(database, name).with_options(
            write_concern=WriteConcern("majority", j=True)
        )

    def create(self, options: Document) -> None:
        """Drop the collection and make an empty one."""
        self._database.drop_collection(self._name)
        self._database.create_collection(self._name, **options)

    def insert(self, page: bytes) -> int:
        """Insert the documents of a page; return their number. Raises ``UnreadablePage``."""
        count, documents = 0, documents_of(page)
        while batch := list(islice(documents, BATCH)):
            self._into.insert_many(batch, ordered=False)
            count += len(batch)
        return count

    def correct(self, page: bytes) -> None:
        """Apply the corrections of a page, in their order. Raises ``UnreadablePage``."""
        corrections = documents_of(page)
        while batch := list(islice(corrections, BATCH)):
            self._into.bulk_write([_operation(correction) for correction in batch], ordered=True)

    def create_indexes(self, indexes: Sequence[Document]) -> None:
        """Create the collection's indexes as they were."""
        # One without a collation has none; made anew it would inherit the collection's.
        wanted = [
            {"collation": {"locale": "simple"}}
            | {name: value for name, value in index.items() if name not in {"v", "ns"}}
            for index in indexes
            if index["name"] != "_id_"
        ]
        if wanted:
            self._database.command("createIndexes", self._name, indexes=wanted)


def _operation(correction: RawBSONDocument) -> ReplaceOne[RawBSONDocument] | DeleteOne:
    key = {"_id": {"$eq": correction["i"]}}
    if "d" in correction:
        return ReplaceOne(key, correction["d"], upsert=True)
    return DeleteOne(key)
