"""Search results in another order than the best first, such as the newest.

Few matches are read completely and then sorted by the rows themselves. Very many are read in order: by time from
an index of words and time, by views and other orders by walking the library in that order and asking the search
index which of the next few match.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import cast

from django.db.models import Q, QuerySet

from streamsite.mongo import keyset_merge
from videos.models import Video
from videos.search import queries as search_queries
from videos.search import store
from videos.search.query_text import Query
from videos.search.store import SEARCH_VIDEOS

MAX_IN_MEMORY = 1_000  # matches that are read whole
BY_TIME = "published_at"
# How many rows of the library are walked through, in so many reads: where fewer have the words, the list ends early.
WALK_STEPS = (250, 750, 2_000, 5_000)
MONGO_OPERATORS = {"lt": "$lt", "lte": "$lte", "gt": "$gt", "gte": "$gte", "exact": "$eq"}
MONGO_FIELDS = {"id": "_id", BY_TIME: BY_TIME}


def find_unordered(
    text: str, filters: Mapping[str, object], *, is_exact: bool = False
) -> search_queries.SearchResult:
    """Return the unordered result of ``queries.find_videos``; over ``MAX_IN_MEMORY`` ids stand for very many."""
    return search_queries.find_videos(text, filters, is_exact=is_exact, look=_match_ids)


def matching_rows(
    found: search_queries.SearchResult,
    filters: Mapping[str, object],
    videos: QuerySet[Video],
    load: Callable[[list[str]], list[Video]],
) -> QuerySet[Video]:
    """Return the matches among ``videos``, to be ordered and paged. ``load`` reads videos by their ids.

    The returned query set supports only ``filter``, ``order_by`` and slices, which is what pagination needs.
    """
    if len(found.ids) <= MAX_IN_MEMORY:
        return videos.filter(pk__in=found.ids)
    return cast(
        "QuerySet[Video]",
        IndexedMatches(search_queries.match_any_query(found.queries, filters), videos, load),
    )


class IndexedMatches:
    """Very many matches: the query set interface that pagination uses, answered from the order's index."""

    def __init__(
        self,
        condition: dict[str, object],
        videos: QuerySet[Video],
        load: Callable[[list[str]], list[Video]],
        beyond: Q | None = None,
        order: tuple[str, ...] = (),
    ) -> None:
        self._condition, self._videos, self._load = condition, videos, load
        self._beyond, self._order = beyond, order

    def filter(self, beyond: Q) -> IndexedMatches:
        """Return the matches that satisfy the condition on the order's fields."""
        return IndexedMatches(self._condition, self._videos, self._load, beyond, self._order)

    def order_by(self, *order: str) -> IndexedMatches:
        """Return the matches in the order of these fields."""
        return IndexedMatches(self._condition, self._videos, self._load, self._beyond, order)

    def __getitem__(self, span: slice) -> list[Video]:
        return self._load(self._by_time(span.stop) if self._is_by_time else self._walked(span.stop))

    @property
    def _is_by_time(self) -> bool:
        return self._order[0].lstrip("-") == BY_TIME

    def _by_time(self, most: int) -> list[str]:
        conditions = [self._condition, *([_q_to_mongo(self._beyond)] if self._beyond else [])]
        order = {MONGO_FIELDS[name.lstrip("-")]: -1 if name.startswith("-") else 1 for name in self._order}
        found = store.aggregate(
            [{"$match": {"$and": conditions}}, {"$sort": order}, {"$limit": most}, {"$project": {"_id": 1}}]
        )
        return [row["_id"] for row in found]

    def _walked(self, most: int) -> list[str]:
        rows = self._videos.filter(self._beyond) if self._beyond else self._videos
        ordered = rows.order_by(*self._order).values_list("pk", flat=True)
        found: list[str] = []
        for start, step in zip(accumulate(WALK_STEPS, initial=0), WALK_STEPS, strict=False):
            ids = list(ordered[start : start + step])
            known = store.matching_ids({"$and": [{"_id": {"$in": ids}}, self._condition]})
            found += [video_id for video_id in ids if video_id in known]
            if len(found) >= most or len(ids) < step:
                break
        return found[:most]


def _match_ids(queries: list[Query], filters: Mapping[str, object]) -> list[str]:
    """Return ids that match any of ``queries``, at most ``MAX_IN_MEMORY`` + 1, in no order.

    Prefixes count only where no video has the word.
    """
    ids = _ids([search_queries.match_all_words(query, filters) for query in queries])
    if not ids:
        ids = _ids(
            [begun for query in queries if (begun := search_queries.match_prefix(query, filters)) is not None]
        )
    return ids


def _ids(conditions: list[dict[str, object]]) -> list[str]:
    parts: list[keyset_merge.Stages] = [
        [{"$match": condition}, {"$limit": MAX_IN_MEMORY + 1}, {"$project": {"_id": 1}}]
        for condition in conditions
    ]
    if not parts:
        return []
    pipeline = [*parts[0], *keyset_merge.union_stages(SEARCH_VIDEOS, parts[1:])]
    found = store.aggregate(pipeline)
    return list(dict.fromkeys(row["_id"] for row in found))[: MAX_IN_MEMORY + 1]


def _q_to_mongo(condition: Q) -> dict[str, object]:
    """Return the MongoDB form of pagination's condition on time and id."""
    parts = []
    for child in condition.children:
        if isinstance(child, Q):
            parts.append(_q_to_mongo(child))
        else:
            path, value = cast("tuple[str, object]", child)
            name, _, lookup = path.partition("__")
            parts.append({MONGO_FIELDS[name]: {MONGO_OPERATORS[lookup or "exact"]: value}})
    return {"$or" if condition.connector == Q.OR else "$and": parts}
