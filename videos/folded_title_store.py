"""The field ``folded_title`` of videos and of the history, kept in line with ``title``."""

from __future__ import annotations

from collections.abc import Iterator

from pymongo import UpdateOne

from streamsite.mongo.batches import batches
from streamsite.mongo.collections import collection
from streamsite.mongo.repairs import Repair
from videos.folded_titles import fold_title


def fill_folded_titles(table: str, *, unfilled: bool = False) -> None:
    """Write missing and wrong folded titles of the collection ``table``; with ``unfilled`` read only empty ones."""
    condition = {"folded_title": {"$in": ["", None]}} if unfilled else {}
    rows = collection(table)
    for piece in batches(rows, condition, fields=("title", "folded_title")):
        writes = [
            UpdateOne({"_id": row["_id"], "title": row.get("title")}, {"$set": {"folded_title": line}})
            for row in piece
            if (line := fold_title(row.get("title") or "")) != row.get("folded_title")
        ]
        if writes:
            rows.bulk_write(writes, ordered=False)


def _stale(table: str) -> Iterator[str]:
    for piece in batches(collection(table), {}, fields=("title", "folded_title")):
        for row in piece:
            if fold_title(row.get("title") or "") != (row.get("folded_title") or ""):
                yield row["_id"]


def folded_title_repair(table: str) -> Repair:
    """Return the repair of titles in ``table`` that the previous release wrote without folding them."""
    return Repair(f"{table}.folded_title", lambda: _stale(table), lambda ids: _correct(table, ids))


def _correct(table: str, ids: list[str]) -> None:
    rows = collection(table)
    for row in rows.find({"_id": {"$in": ids}}, {"title": 1}):
        line = fold_title(row.get("title") or "")
        rows.update_one({"_id": row["_id"], "title": row.get("title")}, {"$set": {"folded_title": line}})
