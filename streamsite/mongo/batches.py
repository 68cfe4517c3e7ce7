"""Walking a collection of any size in pieces, for the data steps of migrations.

A step that is killed is run again. It continues where it stopped if its condition leaves out what was done, such as
"the field is not there", and it never holds more than one piece in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pymongo.collection import Collection

Document = dict[str, Any]
SIZE = 1_000


def batches(
    source: Collection[Document],
    condition: Mapping[str, object],
    *,
    fields: tuple[str, ...] = (),
    size: int = SIZE,
) -> Iterator[list[Document]]:
    """Yield the documents that match ``condition``, ``size`` at a time in the order of ``_id``, with these fields.

    Each piece is asked for when the one before is done, so what is written meanwhile is seen, and no cursor can expire.
    All ids must be of one type.
    """
    shown = dict.fromkeys(("_id", *fields), True)
    reached: Document = {}
    while True:
        piece = list(source.find({"$and": [dict(condition), reached]}, shown).sort("_id", 1).limit(size))
        if not piece:
            return
        yield piece
        reached = {"_id": {"$gt": piece[-1]["_id"]}}


def id_batches(
    source: Collection[Document], condition: Mapping[str, object], *, size: int = SIZE
) -> Iterator[list[Any]]:
    """Yield only the ids of ``batches``."""
    for piece in batches(source, condition, size=size):
        yield [document["_id"] for document in piece]
