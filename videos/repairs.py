"""Repairs of derived video fields that the previous release does not write (see ``streamsite.mongo.repairs``)."""

from __future__ import annotations

from functools import partial

from streamsite.mongo.repairs import Repair
from videos import facet_store, folded_title_store, sensitive_marks, tags, video_store
from videos.models import Video, Watch
from videos.search import channels, index
from videos.search import store as search_store


def _refresh_search(video_ids: list[str]) -> None:
    for video_id in video_ids:
        index.refresh_document(video_id)


def _facets(table: str) -> Repair:
    return Repair(
        f"{table}.facets",
        partial(facet_store.iter_stale_ids, table),
        lambda keys: facet_store.refresh_facets(table, {"_id": {"$in": keys}}),
    )


ALL = (
    _facets(Video._meta.db_table),
    Repair(f"{Video._meta.db_table}.tag_keys", video_store.iter_stale_tag_keys, tags.refresh_tag_keys),
    Repair(
        f"{Video._meta.db_table}.first_published_at",
        video_store.iter_stale_first_published,
        lambda keys: video_store.refresh_first_published({"_id": {"$in": keys}}),
    ),
    Repair(
        f"{Video._meta.db_table}.shown_as_sensitive",
        sensitive_marks.iter_stale_videos,
        sensitive_marks.repair_videos,
    ),
    Repair(
        f"{search_store.SEARCH_VIDEOS}.shown_as_sensitive",
        sensitive_marks.iter_stale_documents,
        _refresh_search,
    ),
    Repair(f"{search_store.SEARCH_VIDEOS}.shape", index.iter_outdated_ids, _refresh_search),
    _facets(search_store.SEARCH_VIDEOS),
    channels.INDEX.repair,
    folded_title_store.folded_title_repair(Video._meta.db_table),
    folded_title_store.folded_title_repair(Watch._meta.db_table),
)
