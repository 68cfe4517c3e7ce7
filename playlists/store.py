"""MongoDB access for ``playlists_playlist`` and ``playlists_playlistitem``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pymongo import UpdateOne

from playlists.models import Playlist, PlaylistItem
from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import session_for
from streamsite.visibility import is_listed
from videos.access import LISTED
from videos.models import Video
from videos.playback_gate import unlisted_open_match

LISTS, ITEMS = Playlist._meta.db_table, PlaylistItem._meta.db_table
Document = dict[str, object]


@dataclass(frozen=True)
class Surroundings:
    """Ids of items in order: before one, and from it on; how many come before it; the list's first and last."""

    before: list[str] = field(default_factory=list)
    onwards: list[str] = field(default_factory=list)
    place: int = 0
    first: str | None = None
    last: str | None = None


def first_video_ids(orders: Mapping[str, str]) -> dict[str, str]:
    """Return the id of each playlist's first video in one read. ``orders`` holds the field of order by playlist id.

    Each playlist costs one step into the index of its order, however long it is.
    """
    if not orders:
        return {}
    pipeline: list[Document] = [{"$match": {"_id": {"$in": list(orders)}}}, {"$project": {"_id": 1}}]
    names = sorted(set(orders.values()))
    for name in names:
        first = [{"$sort": {name: 1, "_id": 1}}, {"$limit": 1}, {"$project": {"_id": 0, "video_id": 1}}]
        join = {"from": ITEMS, "localField": "_id", "foreignField": "playlist_id", "pipeline": first}
        pipeline.append({"$lookup": {**join, "as": name}})
    found = {}
    for row in collection(LISTS).aggregate(pipeline):
        if rows := row[orders[row["_id"]]]:
            found[row["_id"]] = rows[0]["video_id"]
    return found


def set_item_fields(changes: Mapping[str, Document]) -> None:
    """Set fields of up to 5,000 items by id in one command. Joins the caller's transaction."""
    writes = [UpdateOne({"_id": item_id}, {"$set": fields}) for item_id, fields in changes.items()]
    if writes:
        collection(ITEMS).bulk_write(writes, ordered=False, session=session_for("default"))


def find_surroundings(
    playlist_id: str, name: str, key: float, item_id: str, *, before: int, onwards: int
) -> Surroundings:
    """Return the surroundings of an item whose order field ``name`` is ``key``, in one read through that order's index.

    Its place is counted over at most 5,000 index keys.
    """
    mine: Document = {"playlist_id": playlist_id}
    ahead = {**mine, name: {"$lte": key}, "$or": [{name: {"$lt": key}}, {"_id": {"$lt": item_id}}]}
    behind = {**mine, name: {"$gte": key}, "$or": [{name: {"$gt": key}}, {"_id": {"$gte": item_id}}]}
    up, down = {name: 1, "_id": 1}, {name: -1, "_id": -1}

    def some(which: Document, order: Mapping[str, int], limit: int, part: str) -> list[Document]:
        return [
            {"$match": which},
            {"$sort": order},
            {"$limit": limit},
            {"$project": {"_id": 1, "part": {"$literal": part}}},
        ]

    def more(pipeline: list[Document]) -> Document:
        return {"$unionWith": {"coll": ITEMS, "pipeline": pipeline}}

    found: dict[str, list[str]] = {"before": [], "onwards": [], "first": [], "last": []}
    place = 0
    for row in collection(ITEMS).aggregate(
        [
            *some(behind, up, onwards, "onwards"),
            more(some(ahead, down, before, "before")),
            more(some(mine, up, 1, "first")),
            more(some(mine, down, 1, "last")),
            more([{"$match": {**mine, name: {"$lt": key}}}, {"$count": "place"}]),
            more([{"$match": {**mine, name: key, "_id": {"$lt": item_id}}}, {"$count": "place"}]),
        ]
    ):
        if "part" in row:
            found[row["part"]].append(row["_id"])
        else:
            place += row["place"]
    return Surroundings(
        before=found["before"][::-1],
        onwards=found["onwards"],
        place=place,
        first=next(iter(found["first"]), None),
        last=next(iter(found["last"]), None),
    )


def watch_later_stages(playlist_id: str, video_id: str) -> tuple[str, list[Document]]:
    """Return collection and pipeline that tell ``videos.viewer_state`` whether a playlist contains a video."""
    held: Document = {"$match": {"playlist_id": playlist_id, "video_id": video_id}}
    return ITEMS, [held, {"$limit": 1}, {"$project": {"_id": 0, "in_watch_later": {"$literal": True}}}]


def refresh_public_totals(playlists: Iterable[Playlist]) -> dict[str, tuple[int, float]]:
    """Return playlists' public item count and duration (seconds) by playlist id, and store them until they change.

    One read and one write for all of them.
    """
    lists = list(playlists)
    totals = compute_public_totals(lists)
    store_public_totals(lists, totals)
    return totals


def compute_public_totals(playlists: Iterable[Playlist]) -> dict[str, tuple[int, float]]:
    """Compute playlists' public item count and duration (seconds) by playlist id, from their items. One read.

    Follows ``access.may_show_video`` for viewers who neither contribute nor own the video.
    """
    lists = {one.pk: one for one in playlists}
    seen = [
        {"$match": {"$or": [LISTED, unlisted_open_match()]}},
        {"$project": {"listed": 1, "channel_id": 1}},
    ]
    join = {
        "from": Video._meta.db_table,
        "localField": "video_id",
        "foreignField": "_id",
        "pipeline": seen,
        "as": "video",
    }
    kinds = {"list": "$playlist_id", "listed": "$video.listed", "channel": "$video.channel_id"}
    totals = dict.fromkeys(lists, (0, 0.0))
    for row in collection(ITEMS).aggregate(
        [
            {"$match": {"playlist_id": {"$in": list(lists)}}},
            {"$lookup": join},
            {"$unwind": "$video"},
            {"$group": {"_id": kinds, "items": {"$sum": 1}, "seconds": {"$sum": "$duration"}}},
        ]
    ):
        one, key = lists[row["_id"]["list"]], row["_id"]
        if key["listed"] or key["channel"] == one.owner_id or not is_listed(one.visibility):
            items, seconds = totals[one.pk]
            totals[one.pk] = items + int(row["items"]), seconds + float(row["seconds"])
    return totals


def store_public_totals(playlists: Iterable[Playlist], totals: Mapping[str, tuple[int, float]]) -> None:
    """Store public item count and duration of the playlists that have not changed since they were read. One write."""
    collection(LISTS).bulk_write(
        [
            UpdateOne(
                {"_id": one.pk, "version": one.version, "shown_turn": one.shown_turn},
                {"$set": {"shown_items": totals[one.pk][0], "shown_duration": totals[one.pk][1]}},
            )
            for one in playlists
        ],
        ordered=False,
    )
