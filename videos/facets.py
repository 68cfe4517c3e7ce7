"""The filters of public lists, combined into one array that one index serves.

``facets`` of a video holds a text for every combination of its category, language, length and "has captions", such as
``category=music;`` and ``category=music;captions=1;``. Whatever combination a list is filtered by is then one equality
on ``video_facets``, so a filter that finds little reads little. The server makes the array from the document's own
fields, so it is right however the fields were written, once ``facet_store.refresh_facets`` was called.
"""

from __future__ import annotations

from collections.abc import Mapping

SHORT_SECONDS, LONG_SECONDS = 4 * 60, 20 * 60
# Lengths of videos: short below SHORT_SECONDS, long above LONG_SECONDS.
SHORT, MEDIUM, LONG = "short", "medium", "long"
# The order in which filters stand in a text.
NAMES = ("category", "language", "length", "captions")
WITH_CAPTIONS = "1"


def facet_key(filters: Mapping[str, str]) -> str:
    """Return the element of ``facets`` that stands for ``filters``, which are some of ``NAMES``; "" for none."""
    return "".join(f"{name}={filters[name]};" for name in NAMES if name in filters)


def _part(name: str, value: object) -> dict[str, object]:
    return {"$concat": [f"{name}=", value, ";"]}


def _when(condition: object, part: object) -> dict[str, object]:
    return {"$cond": [condition, [part], []]}


_LENGTH = {
    "$switch": {
        "branches": [
            {"case": {"$lt": ["$duration", SHORT_SECONDS]}, "then": SHORT},
            {"case": {"$gt": ["$duration", LONG_SECONDS]}, "then": LONG},
        ],
        "default": MEDIUM,
    }
}
_PARTS = {
    "$concatArrays": [
        [_part("category", {"$ifNull": ["$category", ""]})],
        _when({"$gt": ["$language", ""]}, _part("language", "$language")),
        [_part("length", _LENGTH)],
        _when({"$eq": ["$has_captions", True]}, _part("captions", WITH_CAPTIONS)),
    ]
}
# Each part doubles what there is: as it was, and with the part behind it.
_COMBINED = {
    "$reduce": {
        "input": _PARTS,
        "initialValue": [""],
        "in": {
            "$concatArrays": [
                "$$value",
                {"$map": {"input": "$$value", "as": "before", "in": {"$concat": ["$$before", "$$this"]}}},
            ]
        },
    }
}
FACETS = {"$filter": {"input": _COMBINED, "cond": {"$ne": ["$$this", ""]}}}
STAGES = [{"$set": {"facets": FACETS}}]
