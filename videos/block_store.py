"""The collection of blocks, read together with others in one command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from streamsite.mongo.collections import collection
from videos.models import Block

BLOCKS = Block._meta.db_table


def aggregate(stages: Sequence[Mapping[str, object]]) -> list[dict[str, Any]]:
    """Return the rows of a pipeline on blocks."""
    return list(collection(BLOCKS).aggregate(list(stages)))


def blockers_between(first: str, second: str) -> frozenset[str]:
    """Return which of two accounts block the other one. One command."""
    pairs = [{"blocker_id": first, "blocked_id": second}, {"blocker_id": second, "blocked_id": first}]
    rows = collection(BLOCKS).find({"$or": pairs}, {"_id": 0, "blocker_id": 1})
    return frozenset(row["blocker_id"] for row in rows)


def join_blocks(viewer_id: str) -> list[dict[str, object]]:
    """Return the stages that join the blocks between ``viewer_id`` and each account, for ``joined_blockers``."""
    return [
        _join("blocker_id", {"blocked_id": viewer_id}, "blocks_viewer"),
        _join("blocked_id", {"blocker_id": viewer_id}, "blocked_by_viewer"),
    ]


def joined_blockers(account: Mapping[str, Any]) -> frozenset[str]:
    """Return what ``blockers_between`` does, from an account with the stages of ``join_blocks``."""
    rows = [*account["blocks_viewer"], *account["blocked_by_viewer"]]
    return frozenset(row["blocker_id"] for row in rows)


def _join(foreign_field: str, condition: Mapping[str, object], name: str) -> dict[str, object]:
    pipeline = [{"$match": condition}, {"$project": {"_id": 0, "blocker_id": 1}}]
    join = {"from": BLOCKS, "localField": "_id", "foreignField": foreign_field, "pipeline": pipeline}
    return {"$lookup": {**join, "as": name}}
