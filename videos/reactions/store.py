"""Reactions of viewers to any kind of target. The outcome of an upsert or a delete decides the counters.

Safe to repeat, safe in parallel: the unique index of the rows lets each exist once, and only the update that changed
a row changes a counter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from pymongo import ReturnDocument

from streamsite.errors import Absent, Invalid
from streamsite.ids import object_id
from streamsite.mongo.collections import collection
from streamsite.mongo.upserts import upsert
from videos.models.reaction import ReactionValue

COUNTER_FIELDS = {ReactionValue.LIKE: "like_count", ReactionValue.DISLIKE: "dislike_count"}
CounterChange = dict[str, int]


@dataclass(frozen=True)
class ReactionResult:
    """The target's likes afterwards, and the changes of its counters, which are empty for a repetition."""

    likes: int
    change: CounterChange = field(default_factory=dict)


@dataclass(frozen=True)
class ReactionStore:
    """Reactions in the collection ``rows``, whose field ``key`` names a document of the collection ``counted``.

    ``values`` are those that can be given. ``scores`` are further fields that follow a counter.
    """

    rows: str
    key: str
    counted: str
    values: tuple[ReactionValue, ...] = (ReactionValue.LIKE, ReactionValue.DISLIKE)
    scores: dict[str, str] = field(default_factory=dict)

    def set_reaction(
        self,
        user_id: str,
        target_id: str,
        value: object,
        *,
        likes: int | None = None,
        given_at: datetime | None = None,
        **extra: object,
    ) -> ReactionResult:
        """Set the viewer's reaction. Raises ``Invalid`` for an unknown one, ``Absent`` for a deleted target.

        ``likes`` are the target's likes, if the caller has just read them: then a repetition reads nothing more.
        ``given_at`` is when it was given, if not now; ``extra`` are further fields of a new row.
        """
        if not isinstance(value, str) or value not in self.values:
            raise Invalid(
                _("Unknown reaction."),
                fields={"value": [_("Choose one of: %(values)s.") % {"values": ", ".join(self.values)}]},
            )
        former = self._replace(user_id, target_id, value, extra, given_at or timezone.now())
        if former == value:
            return self._unchanged(target_id, likes)
        return self._count(target_id, ReactionValue(value), ReactionValue(former) if former else None)

    def remove_reaction(self, user_id: str, target_id: str, *, likes: int | None = None) -> ReactionResult:
        """Remove the viewer's reaction. Raises ``Absent`` for a deleted target; ``likes`` as in ``set_reaction``."""
        removed = collection(self.rows).find_one_and_delete(
            {"user_id": user_id, self.key: target_id}, projection={"_id": 0, "value": 1}
        )
        return (
            self._count(target_id, None, ReactionValue(removed["value"]))
            if removed
            else self._unchanged(target_id, likes)
        )

    def reactions_of(self, user_id: str, target_ids: Iterable[str]) -> dict[str, str]:
        """Return the viewer's reactions to some targets, by target id. One read."""
        which = {"user_id": user_id, self.key: {"$in": list(target_ids)}}
        found = collection(self.rows).find(which, {"_id": 0, self.key: 1, "value": 1})
        return {row[self.key]: row["value"] for row in found}

    def union_stage(self, user_id: str, target_ids: Iterable[str]) -> dict[str, object]:
        """Return the stage that adds the rows of ``reactions_of``, ``{key, value}``, to those of another collection."""
        which = {"user_id": user_id, self.key: {"$in": list(target_ids)}}
        pipeline = [{"$match": which}, {"$project": {"_id": 0, self.key: 1, "value": 1}}]
        return {"$unionWith": {"coll": self.rows, "pipeline": pipeline}}

    def delete_for_user(self, user_id: str) -> None:
        """Delete a deleted account's reactions. Idempotent: each deleted row decides the counters once."""
        for row in collection(self.rows).find({"user_id": user_id}, {self.key: 1, "value": 1}):
            if collection(self.rows).delete_one({"_id": row["_id"]}).deleted_count:
                self._increase(row[self.key], self._change(None, ReactionValue(row["value"])))

    def delete_for_targets(self, target_ids: Iterable[str]) -> None:
        """Delete the reactions to deleted targets, whose counters are deleted with them."""
        collection(self.rows).delete_many({self.key: {"$in": list(target_ids)}})

    def delete_where(self, condition: Mapping[str, object]) -> None:
        """Delete the reactions that match ``condition``, to targets that are deleted."""
        collection(self.rows).delete_many(dict(condition))

    def _replace(
        self, user_id: str, target_id: str, value: str, extra: dict[str, object], given_at: datetime
    ) -> str | None:
        """Store the reaction; return the former one, ``value`` itself when nothing changed. One command."""
        pair = {"user_id": user_id, self.key: target_id}
        fresh = {"_id": object_id(), **extra}
        kept: dict[str, object] = {
            name: {"$ifNull": [f"${name}", {"$literal": given}]} for name, given in fresh.items()
        }
        # A repetition stays where it is in the list of likes.
        since = {"$cond": [{"$eq": ["$value", value]}, "$created_at", given_at]}
        stages = [{"$set": {**kept, "value": value, "created_at": since}}]
        before = upsert(
            lambda: collection(self.rows).find_one_and_update(
                pair,
                stages,
                upsert=True,
                projection={"_id": 0, "value": 1},
                return_document=ReturnDocument.BEFORE,
            )
        )
        return None if before is None else str(before["value"])

    def _change(self, now: ReactionValue | None, former: ReactionValue | None) -> CounterChange:
        steps = {COUNTER_FIELDS[value]: step for value, step in ((now, 1), (former, -1)) if value is not None}
        return steps | {score: steps[name] for score, name in self.scores.items() if name in steps}

    def _count(
        self, target_id: str, now: ReactionValue | None, former: ReactionValue | None
    ) -> ReactionResult:
        change = self._change(now, former)
        likes = self._increase(target_id, change)
        if likes is None:  # deleted in between
            self.delete_for_targets([target_id])
            raise Absent
        return ReactionResult(likes, change)

    def _increase(self, target_id: str, change: CounterChange) -> int | None:
        """Change the target's counters; return its likes afterwards, ``None`` if it was deleted."""
        after = collection(self.counted).find_one_and_update(
            {"_id": target_id},
            {"$inc": change},
            projection={"like_count": 1},
            return_document=ReturnDocument.AFTER,
        )
        return None if after is None else int(after["like_count"])

    def _unchanged(self, target_id: str, likes: int | None) -> ReactionResult:
        if likes is not None:
            return ReactionResult(likes)
        found = collection(self.counted).find_one({"_id": target_id}, {"like_count": 1})
        if found is None:
            raise Absent
        return ReactionResult(int(found["like_count"]))
