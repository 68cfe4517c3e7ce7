"""Finding listed videos by words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from streamsite.mongo.collections import collection
from videos.library import words
from videos.library.documents import DOCUMENTS

MOST_MATCHES = 500
HALF_FRESH_DAYS = 90
# How much the most viewed and the newest gain on equally good matches: ties are broken, words decide.
VIEWS_SHARE, FRESH_SHARE = 0.004, 0.05
DAY_MS = 86_400_000


def find(text: str, filters: Mapping[str, Any], *, most: int = MOST_MATCHES) -> list[str]:
    """Ids of listed videos that hold all words of ``text``, best first, at most ``most``.

    ``"several words"`` must stand together, ``-word`` must not be there; the last word may be a beginning. ``filters``
    is a condition on the documents.
    """
    query = words.read(text)
    if query.is_empty:
        return []
    found = _matching(query.required, query, filters, most)
    if query.unfinished and len(found) < most:
        others = tuple(word for word in query.required if word != query.unfinished)
        begun = {**filters, "prefixes": query.unfinished[: words.LONGEST_PREFIX]}
        more = _matching(others, query, begun, most) if others else _beginning(begun, query, most)
        found = list(dict.fromkeys(found + more))
    return found[:most]


def any_of(said: list[str], *, most: int) -> list[dict[str, Any]]:
    """The stages that find the ids of listed videos that hold any of some words or phrases, best first."""
    words_only = [words.fold(word).replace('"', " ").lstrip("-") for word in said]
    return _stages(" ".join(words_only), {}, most)


def _matching(
    required: tuple[str, ...], query: words.Query, filters: Mapping[str, Any], most: int
) -> list[str]:
    # In quotes each is required; without, any of them would do.
    said = [f'"{part}"' for part in required] + [f'-"{part}"' for part in query.excluded]
    return _ranked(" ".join(said), filters, most)


def _ranked(said: str, filters: Mapping[str, Any], most: int) -> list[str]:
    rows = collection(DOCUMENTS).aggregate(
        _stages(said, filters, most), maxTimeMS=settings.MONGODB_TIME_LIMIT_MS
    )
    return [row["_id"] for row in rows]


def _stages(said: str, filters: Mapping[str, Any], most: int) -> list[dict[str, Any]]:
    age_days = {"$divide": [{"$subtract": ["$$NOW", "$published_at"]}, DAY_MS]}
    fresh = {"$divide": [HALF_FRESH_DAYS, {"$add": [HALF_FRESH_DAYS, {"$max": [0, age_days]}]}]}
    gain = {"$add": [1, {"$multiply": [VIEWS_SHARE, "$popularity"]}, {"$multiply": [FRESH_SHARE, fresh]}]}
    return [
        {"$match": {**filters, "$text": {"$search": said}}},
        {"$project": {"score": {"$multiply": [{"$meta": "textScore"}, gain]}}},
        {"$sort": {"score": -1, "_id": -1}},
        {"$limit": most},
    ]


def _beginning(filters: Mapping[str, Any], query: words.Query, most: int) -> list[str]:
    rows = (
        collection(DOCUMENTS)
        .find({**filters, **_without(query)}, {"_id": 1})
        .sort([("popularity", -1), ("_id", -1)])
        .limit(most)
        .max_time_ms(settings.MONGODB_TIME_LIMIT_MS)
    )
    return [row["_id"] for row in rows]


def _without(query: words.Query) -> dict[str, Any]:
    """Where no text index is asked, a word to leave out is one of the title's, the tags' or the channel's."""
    excluded = [part[: words.LONGEST_PREFIX] for part in query.excluded if " " not in part]
    return {"$nor": [{"prefixes": {"$in": excluded}}]} if excluded else {}
