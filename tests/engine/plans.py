"""Explained plans: stages that scan a whole collection or sort in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypedDict, cast

from streamsite.mongo.engine.client import get_client

Document = Mapping[str, object]

EXPLAINED = ("find", "aggregate", "count", "distinct", "update", "delete", "findAndModify")
# What belongs to the command's transport, not to its meaning.
DROPPED_OPTIONS = (
    "lsid",
    "$clusterTime",
    "$db",
    "txnNumber",
    "autocommit",
    "startTransaction",
    "readConcern",
    "writeConcern",
)


# A join by a field; "from" is no name that a class can have.
Lookup = TypedDict("Lookup", {"from": str, "foreignField": str, "pipeline": list[Document]}, total=False)


def find_plan_faults(database: str, command: Document) -> list[str]:
    """Return ``COLLSCAN`` and ``SORT`` with their collection, for each place where the plan has one."""
    kind = next(iter(command))
    if kind not in EXPLAINED:
        return []
    if kind in ("update", "delete"):
        statements = "updates" if kind == "update" else "deletes"
        parts: list[Document] = [
            {**command, statements: [statement]} for statement in cast(list[Document], command[statements])
        ]
    else:
        parts = [command]
    return [fault for part in parts for fault in _faults(database, kind, part)]


def _faults(database: str, kind: str, command: Document) -> Iterator[str]:
    bare = {key: value for key, value in command.items() if key not in DROPPED_OPTIONS}
    plan = get_client()[database].command("explain", bare, verbosity="queryPlanner")
    found = list(_stages(plan))
    for stage in found:
        # A text search is ordered by how well it matches, which no index can hold; it is limited.
        if stage == "COLLSCAN" or (stage in ("SORT", "$sort") and "TEXT_MATCH" not in found):
            yield f"{stage} {command[kind]}"
    for lookup in _lookups(cast(list[Mapping[str, Lookup]], command.get("pipeline", []))):
        matched = {lookup["foreignField"]: "x"}
        if "pipeline" in lookup:
            stages = [{"$match": matched}, *lookup["pipeline"]]
            joined: Document = {"aggregate": lookup["from"], "pipeline": stages, "cursor": {}}
        else:
            joined = {"find": lookup["from"], "filter": matched}
        yield from _faults(database, next(iter(joined)), joined)


def _stages(plan: object) -> Iterator[str]:
    """Yield the names of the stages of the winning plan, inner ones included."""
    if isinstance(plan, list):
        for part in plan:
            yield from _stages(part)
    elif isinstance(plan, dict):
        if isinstance(plan.get("stage"), str):
            yield plan["stage"]
        yield from (key for key in plan if key == "$sort")
        for key, part in plan.items():
            # What a $lookup does is not in its plan: that is asked for by itself.
            if key not in ("rejectedPlans", "command", "parsedQuery", "slotBasedPlan", "$lookup"):
                yield from _stages(part)


def _lookups(pipeline: list[Mapping[str, Lookup]]) -> Iterator[Lookup]:
    for stage in pipeline:
        if "$lookup" in stage and "foreignField" in stage["$lookup"]:
            yield stage["$lookup"]
