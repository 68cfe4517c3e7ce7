"""Reads of notifications: an account's own and what its channels announced, merged by time when somebody looks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from accounts.mappers import badge
from accounts.models import User
from streamsite.api.renderers import iso
from streamsite.mongo.collections import collection
from streamsite.mongo.merging import Moment, earlier, newest_parts, union
from subscriptions.models import Broadcast, Notification, Notify, Post, ReadMarks, Subscription
from subscriptions.notifications.kinds import BROADCAST, KINDS, POST, VIDEO, sentence, wishes
from subscriptions.posts.access import LISTED as LISTED_POSTS
from videos.access import GATED_BY, as_gated, may_watch
from videos.access import LISTED as LISTED_VIDEOS
from videos.models import Video

OWN, ANNOUNCED = Notification._meta.db_table, Broadcast._meta.db_table
MOST_CHANNELS = 2_000
MOST_UNREAD = 100
# What ``badge`` and the sentences need of an account.
SHOWN_OF_PEOPLE = ("username", "full_name", "avatar", "subscriber_count", "is_active")
VIDEO_ID_OF_URL = {"$substrCP": ["$url", 7, 11]}
WATCH_PAGE = re.compile(r"\A/watch/([A-Za-z0-9_-]{11})(?:[?#]|\Z)")
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """A row of either kind, as far as order and reading need it."""

    pk: str
    created_at: datetime
    row: dict[str, Any]
    is_read: bool
    is_old: bool = False

    @property
    def id(self) -> str:
        """Its id, for cursors."""
        return self.pk


def channels_with_bell(user_id: str) -> dict[str, datetime]:
    """The channels whose news an account wants, and since when."""
    rows = Subscription.objects.filter(subscriber_id=user_id, notify=Notify.ALL)
    return dict(rows.values_list("channel_id", "created_at")[:MOST_CHANNELS])


@dataclass(frozen=True)
class Reader:
    """How far an account has read, the channels whose news it wants (since when), and of which kinds."""

    marks: ReadMarks
    channels: dict[str, datetime]
    kinds: list[str]


def reader(user: User) -> Reader:
    """What deciding about an account's notifications needs, in one read."""
    kinds = [kind for kind in BROADCAST if wishes(user.preferences, kind)[0]]
    stages: list[dict[str, Any]] = [{"$match": {"_id": user.pk}}]
    if kinds:
        bell = [
            {"$match": {"subscriber_id": user.pk, "notify": Notify.ALL.value}},
            {"$limit": MOST_CHANNELS},
            {"$project": {"_id": 0, "channel_id": 1, "created_at": 1}},
        ]
        stages += [{"$unionWith": {"coll": Subscription._meta.db_table, "pipeline": bell}}]
    marks, channels = ReadMarks(user_id=user.pk), {}
    for row in collection(ReadMarks._meta.db_table).aggregate(stages):
        if "channel_id" in row:
            channels[row["channel_id"]] = _aware(row["created_at"]) or BEGINNING
        else:
            marks.read_until, marks.read = _aware(row.get("read_until")), row.get("read") or []
    return Reader(marks, channels, kinds)


def page(user_id: str, known: Reader, before: Moment | None, size: int) -> list[Entry]:
    """The next ``size`` entries, the latest first. One read."""
    own = {"user_id": user_id, "on_page": True} | (earlier("created_at", before) if before else {})
    stages: list[dict[str, Any]] = [
        {"$match": own},
        {"$sort": {"created_at": -1, "_id": -1}},
        {"$limit": size},
    ]
    news = newest_parts(
        "channel_id",
        list(known.channels),
        {"kind": {"$in": known.kinds}},
        by="created_at",
        most=size,
        before=before,
    )
    stages += union(ANNOUNCED, news)
    rows = list(collection(OWN).aggregate(stages))
    rows.sort(key=lambda row: (row["created_at"], row["_id"]), reverse=True)
    return [_entry(row, known.marks, known.channels) for row in rows[:size]]


def unread(user_id: str, known: Reader) -> int:
    """How many an account has not read, at most ``MOST_UNREAD``. One read that stops there."""
    marks, channels = known.marks, known.channels
    own = {"user_id": user_id, "on_page": True, "is_read": False}
    stages: list[dict[str, Any]] = [
        {"$match": own},
        {"$limit": MOST_UNREAD},
        {
            "$set": {
                "about": {
                    "$cond": [{"$eq": [{"$substrCP": ["$url", 0, 7]}, "/watch/"]}, VIDEO_ID_OF_URL, None]
                }
            }
        },
        {
            "$lookup": {
                "from": Video._meta.db_table,
                "localField": "about",
                "foreignField": "_id",
                "as": "video",
            }
        },
        {"$project": {"about": 1, "video": dict.fromkeys(("_id", *GATED_BY), 1)}},
    ]
    if channels:
        since = max(_aware(marks.read_until) or BEGINNING, min(channels.values()))
        news = {
            "channel_id": {"$in": list(channels)},
            "created_at": {"$gt": since},
            "kind": {"$in": known.kinds},
            "_id": {"$nin": marks.read},
        }
        fields = {"channel_id": 1, "created_at": 1}
        pipeline = [
            {"$match": news},
            {"$limit": MOST_UNREAD},
            *_still_listed(Video._meta.db_table, LISTED_VIDEOS, "video"),
            *_still_listed(Post._meta.db_table, LISTED_POSTS, "post"),
            {"$match": {"$or": [{"video": {"$ne": []}}, {"post": {"$ne": []}}]}},
            {"$project": fields},
        ]
        stages += [{"$unionWith": {"coll": ANNOUNCED, "pipeline": pipeline}}]
    rows = collection(OWN).aggregate(stages)
    return min(MOST_UNREAD, sum(1 for row in rows if _counts(row, user_id, channels)))


def _counts(row: dict[str, Any], user_id: str, channels: dict[str, datetime]) -> bool:
    """Whether a row that was not read is one that the list shows."""
    if row.get("channel_id") is not None:
        return not _is_older(row, channels)
    if not row.get("about"):
        return True
    return bool(row["video"]) and _may_read_of(user_id, as_gated(row["video"][0]))


def _still_listed(table: str, listed: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The stage that adds what was announced, if it is still in lists."""
    pipeline = [{"$match": listed}, {"$project": {"_id": 1}}]
    join = {"from": table, "localField": "subject", "foreignField": "_id", "pipeline": pipeline, "as": name}
    return [{"$lookup": join}]


def _is_older(row: dict[str, Any], channels: dict[str, datetime]) -> bool:
    """Whether it was announced before the account subscribed."""
    channel = row.get("channel_id")
    return channel is not None and (_aware(row["created_at"]) or BEGINNING) < channels[channel]


def shown(entries: Sequence[Entry], reader_id: str) -> list[dict[str, Any]]:
    """Entries as people read them. What one is about may be gone or hidden from them: then it is left out."""
    entries = [entry for entry in entries if not entry.is_old]
    actors, things, videos = _named(entries)
    found = []
    for entry in entries:
        row = entry.row
        if "subject" in row:
            what = things.get(row["subject"])
            actor = actors.get(row["channel_id"])
            if what is None or actor is None or not actor.is_active:
                continue
            found.append(_body(entry, actor, what[0], what[1], ""))
            continue
        actor = actors.get(row.get("actor_id") or "")
        if actor is not None and not actor.is_active:
            continue
        about = _video_of(row["url"])
        if about and not _may_read_of(reader_id, videos.get(about)):
            continue
        found.append(_body(entry, actor, row["title"], row["url"], row.get("what", "")))
    return found


def _body(entry: Entry, actor: User | None, title: str, url: str, what: str) -> dict[str, Any]:
    kind = entry.row["kind"]
    who = actor.get_full_name() if actor is not None else ""
    return {
        "id": entry.pk,
        "kind": kind,
        "text": sentence(kind, who=who, what=what, title=title),
        "url": url,
        "actor": badge(actor) if actor is not None else None,
        "icon": KINDS[kind].icon,
        "is_read": entry.is_read,
        "created_at": iso(entry.created_at),
    }


def _entry(row: dict[str, Any], marks: ReadMarks, channels: dict[str, datetime]) -> Entry:
    at = _aware(row["created_at"]) or BEGINNING
    if "subject" not in row:
        return Entry(row["_id"], at, row, bool(row.get("is_read")))
    until = _aware(marks.read_until)
    is_read = row["_id"] in marks.read or (until is not None and at <= until)
    return Entry(row["_id"], at, row, is_read, is_old=_is_older(row, channels))


def _video_of(url: str) -> str:
    """The id of the video that a row leads to."""
    match = WATCH_PAGE.match(url)
    return match[1] if match else ""


def _may_read_of(reader_id: str, video: Video | None) -> bool:
    return video is not None and may_watch(User(pk=reader_id), video)


def _named(
    entries: Sequence[Entry],
) -> tuple[dict[str, User], dict[str, tuple[str, str]], dict[str, Video]]:
    """What entries need to be shown, in one read.

    Who did it; titles and addresses of what was announced and may be seen; the videos that other rows lead to.
    """
    rows = [entry.row for entry in entries]
    people = {row.get("actor_id") or row.get("channel_id") for row in rows} - {None}
    stages: list[dict[str, Any]] = [
        {"$match": {"_id": {"$in": list(people)}}},
        {"$project": dict.fromkeys(SHOWN_OF_PEOPLE, 1)},
    ]
    for kind, table, listed, text in (
        (VIDEO, Video._meta.db_table, LISTED_VIDEOS, "title"),
        (POST, Post._meta.db_table, LISTED_POSTS, "text"),
    ):
        ids = list({row["subject"] for row in rows if row.get("subject") and row["kind"] == kind})
        pipeline = [{"$match": {"_id": {"$in": ids}} | listed}, {"$project": {text: 1}}]
        stages += [{"$unionWith": {"coll": table, "pipeline": pipeline}}] if ids else []
    ids = list({about for row in rows if "subject" not in row and (about := _video_of(row["url"]))})
    pipeline = [
        {"$match": {"_id": {"$in": ids}}},
        {"$project": {"_id": 0, "video": {name: f"${name}" for name in ("_id", *GATED_BY)}}},
    ]
    stages += [{"$unionWith": {"coll": Video._meta.db_table, "pipeline": pipeline}}] if ids else []
    actors: dict[str, User] = {}
    things: dict[str, tuple[str, str]] = {}
    videos: dict[str, Video] = {}
    for row in collection(User._meta.db_table).aggregate(stages) if rows else ():
        if "video" in row:
            video = as_gated(row["video"])
            videos[video.pk] = video
            continue
        thing: Video | Post | None = None
        if "title" in row:
            thing = Video(pk=row["_id"], title=row["title"])
        elif "text" in row:
            thing = Post(pk=row["_id"], text=row["text"])
        if thing is not None:
            things[row["_id"]] = (str(thing), thing.get_absolute_url())
        else:
            user_id = row.pop("_id")
            actors[user_id] = User(pk=user_id, **row)
    return actors, things, videos


def _aware(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)
