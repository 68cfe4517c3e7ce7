"""Finding listed videos by words.

Words are looked up in arrays of words, whose indexes are in the order of views: what has them in title, tags or channel
comes first, then what has them in description or captions, and of a word that half of the library has only the most
viewed are read. Phrases need the words in their order; for them there is the text index.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from streamsite.mongo import merging
from streamsite.mongo.collections import collection
from videos.library import words
from videos.library.documents import DOCUMENTS

MOST_MATCHES = 500
HALF_FRESH_DAYS = 90
# How much the most viewed and the newest gain on equally good matches: ties are broken, words decide.
VIEWS_SHARE, FRESH_SHARE = 0.004, 0.05
DAY_MS = 86_400_000
# What a match is worth by where it is; one in the title gains its share of the title's words.
IN_NAMES, BEGUN_IN_NAMES, ANYWHERE, BEGUN_ANYWHERE = 3.0, 2.0, 1.0, 0.5
BY_VIEWS = {"popularity": -1, "_id": -1}
Stages = list[dict[str, Any]]


def find(text: str, filters: Mapping[str, Any], *, most: int = MOST_MATCHES) -> list[str]:
    """Ids of listed videos that hold all words of ``text``, best first, at most ``most``. One read.

    ``"several words"`` must stand together, ``-word`` must not be there; the last word may be a beginning. ``filters``
    is a condition on the documents.
    """
    query = words.read(text)
    if query.is_empty:
        return []
    if any(" " in part for part in (*query.required, *query.excluded)):
        return _find_phrases(query, filters, most)
    # The words of a tag are among the names, which have an index.
    tagged = [{"names": word} for word in words.distinct(filters.get("tag_keys", ""))]
    without = {"words": {"$nin": list(query.excluded)}} if query.excluded else {}
    parts = [
        _found([*condition, *tagged], {**filters, **without}, worth, query.required, most)
        for worth, condition in _places(query)
    ]
    return _best(_read(parts), most)


def with_word(word: str, *, most: int) -> Stages:
    """The stages that find the most viewed videos with a word in title, tags or channel."""
    return [{"$match": {"names": word}}, {"$sort": BY_VIEWS}, {"$limit": most}, {"$project": {"_id": 1}}]


def _places(query: words.Query) -> Iterable[tuple[float, Stages]]:
    """Where the words may be, as conditions, with what a match there is worth."""
    required = list(query.required)
    yield IN_NAMES, [{"names": word} for word in required]
    yield ANYWHERE, [{"words": word} for word in required]
    if query.unfinished:
        begun = {"prefixes": query.unfinished[: words.LONGEST_PREFIX]}
        others = [word for word in required if word != query.unfinished]
        yield BEGUN_IN_NAMES, [begun, *({"names": word} for word in others)]
        if others:
            yield BEGUN_ANYWHERE, [begun, *({"words": word} for word in others)]


def _found(
    conditions: Stages, filters: Mapping[str, Any], worth: float, required: Iterable[str], most: int
) -> Stages:
    title = {
        "$ifNull": ["$title_words", []]
    }  # documents of a former shape have none until they are made anew
    hits = {"$size": {"$setIntersection": [title, list(required)]}}
    share = {"$divide": [hits, {"$max": [1, {"$size": title}]}]}
    return [
        {"$match": {"$and": [*conditions, dict(filters)]}},
        {"$sort": BY_VIEWS},
        {"$limit": most},
        {
            "$project": {
                "published_at": 1,
                "popularity": 1,
                "worth": {"$add": [worth, share]} if worth >= BEGUN_IN_NAMES else {"$literal": worth},
            }
        },
    ]


def _best(rows: Iterable[dict[str, Any]], most: int) -> list[str]:
    now = datetime.now(UTC).replace(tzinfo=None)
    scores: dict[str, float] = {}
    for row in rows:
        age_days = max(0.0, (now - row["published_at"].replace(tzinfo=None)).total_seconds() / 86_400)
        fresh = HALF_FRESH_DAYS / (HALF_FRESH_DAYS + age_days)
        score = row["worth"] + VIEWS_SHARE * row["popularity"] + FRESH_SHARE * fresh
        scores[row["_id"]] = max(score, scores.get(row["_id"], 0.0))
    return sorted(scores, key=lambda video_id: (scores[video_id], video_id), reverse=True)[:most]


def _read(parts: list[Stages]) -> list[dict[str, Any]]:
    pipeline = [*parts[0], *merging.union(DOCUMENTS, parts[1:])]
    return list(collection(DOCUMENTS).aggregate(pipeline, maxTimeMS=settings.MONGODB_TIME_LIMIT_MS))


def _find_phrases(query: words.Query, filters: Mapping[str, Any], most: int) -> list[str]:
    """By the text index: the score of its matches, with a little for views and age."""
    parts = [_matching(query.required, query, filters, most)]
    if query.unfinished:
        others = tuple(word for word in query.required if word != query.unfinished)
        begun = {**filters, "prefixes": query.unfinished[: words.LONGEST_PREFIX]}
        parts.append(_matching(others, query, begun, most))
    rows = [row for part in parts for row in _read([part])]
    return list(dict.fromkeys(row["_id"] for row in rows))[:most]


def _matching(required: tuple[str, ...], query: words.Query, filters: Mapping[str, Any], most: int) -> Stages:
    # In quotes each is required; without, any of them would do.
    said = [f'"{part}"' for part in required] + [f'-"{part}"' for part in query.excluded]
    age_days = {"$divide": [{"$subtract": ["$$NOW", "$published_at"]}, DAY_MS]}
    fresh = {"$divide": [HALF_FRESH_DAYS, {"$add": [HALF_FRESH_DAYS, {"$max": [0, age_days]}]}]}
    gain = {"$add": [1, {"$multiply": [VIEWS_SHARE, "$popularity"]}, {"$multiply": [FRESH_SHARE, fresh]}]}
    return [
        {"$match": {**filters, "$text": {"$search": " ".join(said)}}},
        {"$project": {"score": {"$multiply": [{"$meta": "textScore"}, gain]}}},
        {"$sort": {"score": -1, "_id": -1}},
        {"$limit": most},
    ]
