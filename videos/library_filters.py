"""Orders and filters of the public library. Each order has an index of its own."""

from __future__ import annotations

from videos import facets

NEWEST = ("-published_at", "-id")
RELEVANCE = "relevance"
SORTS = {
    "newest": NEWEST,
    "oldest": ("published_at", "id"),
    "views": ("-view_count", "-id"),
    "likes": ("-like_count", "-id"),
    "trending": ("-trend", "-id"),
    "original_newest": ("-first_published_at", "-id"),
    "original_oldest": ("first_published_at", "id"),
}
# Until the repairs ran, what the previous release published has no such moment: the pages of a list would skip it.
FIRST_PUBLISHED_SORTS = ("original_newest", "original_oldest")
DURATION_CONDITIONS = {
    facets.SHORT: {"$lt": facets.SHORT_SECONDS},
    facets.MEDIUM: {"$gte": facets.SHORT_SECONDS, "$lte": facets.LONG_SECONDS},
    facets.LONG: {"$gt": facets.LONG_SECONDS},
}
LOOKUPS = {"$lt": "lt", "$lte": "lte", "$gt": "gt", "$gte": "gte"}
UPLOADED_WITHIN_DAYS = {"hour": 1 / 24, "today": 1, "week": 7, "month": 31, "year": 366}
