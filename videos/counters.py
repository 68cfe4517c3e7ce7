"""The counters of videos, comments and channels, for ``streamsite.mongo.counters``."""

from __future__ import annotations

from accounts.models import User
from streamsite.mongo.counters import Counter, build_counter
from videos.access import LISTED
from videos.models import Case, Comment, CommentReaction, Reaction, Report, Video
from videos.models.comment import CommentState
from videos.models.reaction import ReactionValue
from videos.playback.statistics_store import CHANNEL_TOTALS, VIDEO_TOTALS

VIDEOS, COMMENTS, CHANNELS = Video._meta.db_table, Comment._meta.db_table, User._meta.db_table
SHOWN = {"state": CommentState.SHOWN.value}


def reaction_counters(
    counted: str, rows: str, key: str, also: tuple[str, ...] = ()
) -> tuple[Counter, Counter]:
    """Return the counters of likes and dislikes of ``counted``; the fields ``also`` follow the likes."""
    like = build_counter(counted, "like_count", rows, key, {"value": ReactionValue.LIKE.value}, also=also)
    return like, build_counter(counted, "dislike_count", rows, key, {"value": ReactionValue.DISLIKE.value})


def comment_counters(counted: str, about: str) -> Counter:
    """Return the counters of comments: shown ones per target, and shown replies per thread. See ``comments.states``."""
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
    *reaction_counters(VIDEOS, Reaction._meta.db_table, "video_id"),
    *reaction_counters(COMMENTS, CommentReaction._meta.db_table, "comment_id", also=("score",)),
    comment_counters(VIDEOS, "video"),
    build_counter(
        COMMENTS, "reply_count", COMMENTS, "parent", SHOWN | {"parent": {"$gt": ""}}, also=("score",)
    ),
    _views(VIDEOS, VIDEO_TOTALS),
    _views(CHANNELS, CHANNEL_TOTALS),
    build_counter(CHANNELS, "video_count", VIDEOS, "channel_id", LISTED),
    build_counter(Case._meta.db_table, "report_count", Report._meta.db_table, "case_id"),
)
