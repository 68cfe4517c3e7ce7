"""The counters of videos, comments and channels, for ``streamsite.mongo.counters``."""

from __future__ import annotations

from accounts.models import User
from streamsite.mongo.counters import Counter, counting
from videos.access import LISTED
from videos.models import Case, Comment, CommentReaction, Reaction, Report, Video
from videos.models.comment import State
from videos.models.reaction import Value
from videos.playback.statistics import CHANNEL_TOTALS, VIDEO_TOTALS

VIDEOS, COMMENTS, CHANNELS = Video._meta.db_table, Comment._meta.db_table, User._meta.db_table
SHOWN = {"state": State.SHOWN.value}


def opinions(counted: str, rows: str, key: str, also: tuple[str, ...] = ()) -> tuple[Counter, Counter]:
    """Likes and dislikes of something; ``also`` follows the likes."""
    like = counting(counted, "like_count", rows, key, {"value": Value.LIKE.value}, also=also)
    return like, counting(counted, "dislike_count", rows, key, {"value": Value.DISLIKE.value})


def said_about(counted: str, about: str) -> Counter:
    """Shown comments on things of one kind, and the shown replies in their threads: see ``comments.states``."""
    is_reply = {"$gt": ["$parent", ""]}
    by_thread = {
        "_id": {"$cond": [is_reply, "$parent", "$_id"]},
        "subject": {"$first": "$subject"},
        "shown": {"$max": {"$not": [is_reply]}},
        "n": {"$sum": 1},
    }
    stages = (
        {"$match": SHOWN | {"about": about}},
        {"$group": by_thread},
        {"$match": {"shown": True}},
        {"$group": {"_id": "$subject", "n": {"$sum": "$n"}}},
    )
    return Counter(counted, "comment_count", COMMENTS, stages)


def _views(counted: str, totals: str) -> Counter:
    return Counter(counted, "view_count", totals, ({"$project": {"n": "$views"}},))


ALL = (
    *opinions(VIDEOS, Reaction._meta.db_table, "video_id"),
    *opinions(COMMENTS, CommentReaction._meta.db_table, "comment_id", also=("score",)),
    said_about(VIDEOS, "video"),
    counting(COMMENTS, "reply_count", COMMENTS, "parent", SHOWN | {"parent": {"$gt": ""}}, also=("score",)),
    _views(VIDEOS, VIDEO_TOTALS),
    _views(CHANNELS, CHANNEL_TOTALS),
    counting(CHANNELS, "video_count", VIDEOS, "channel_id", LISTED),
    counting(Case._meta.db_table, "report_count", Report._meta.db_table, "case_id"),
)
