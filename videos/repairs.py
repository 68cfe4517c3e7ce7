"""Repairs of derived video fields that the previous release does not write (see ``streamsite.mongo.repairs``)."""

from __future__ import annotations

from functools import partial

from streamsite.mongo.repairs import Repair
from videos import facets, original_dates, tags, titles
from videos.models import Video, Watch
from videos.search import channels, index


def _refresh_search(video_ids: list[str]) -> None:
    for video_id in video_ids:
        index.refresh(video_id)


def _facets(table: str) -> Repair:
    return Repair(
        f"{table}.facets",
        partial(facets.stale, table),
        lambda keys: facets.refresh(table, {"_id": {"$in": keys}}),
    )


ALL = (
    _facets(Video._meta.db_table),
    Repair(f"{Video._meta.db_table}.tag_keys", tags.stale, tags.refresh),
    Repair(
        f"{Video._meta.db_table}.first_published_at",
        original_dates.stale,
        lambda keys: original_dates.refresh({"_id": {"$in": keys}}),
    ),
    Repair(f"{index.DOCUMENTS}.shape", index.outdated, _refresh_search),
    _facets(index.DOCUMENTS),
    channels.INDEX.repair,
    titles.repair(Video._meta.db_table),
    titles.repair(Watch._meta.db_table),
)
