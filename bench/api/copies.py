"""The collections of the Node backends: copies of the site's, made by the database itself, with usual indexes."""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, DESCENDING, TEXT, IndexModel
from pymongo.database import Database

Document = dict[str, Any]
USERS, VIDEOS, SUBSCRIPTIONS, LIKES = "node_users", "node_videos", "node_subs", "node_likes"
FIELDS = {
    USERS: (
        *("username", "email", "full_name", "bio", "links", "avatar", "cover", "password", "preferences"),
        *("is_active", "is_staff", "is_sensitive", "email_verified", "created_at"),
        *("subscriber_count", "subscription_count", "video_count", "view_count"),
    ),
    VIDEOS: (
        *("channel_id", "title", "description", "tags", "category", "language", "license", "visibility"),
        *(
            "status",
            "progress",
            "duration",
            "width",
            "height",
            "generation",
            "has_storyboard",
            "is_sensitive",
        ),
        *("chapters", "view_count", "like_count", "comment_count", "listed", "allow_comments"),
        *("published_at", "originally_published_on", "created_at", "updated_at", "version"),
    ),
    SUBSCRIPTIONS: ("subscriber_id", "channel_id", "notify", "created_at"),
    LIKES: ("user_id", "video_id", "created_at"),
}
SOURCES = {
    USERS: "accounts_user",
    VIDEOS: "videos_video",
    SUBSCRIPTIONS: "subscriptions_subscription",
    LIKES: "videos_reaction",
}
INDEXES = {
    USERS: [
        IndexModel([("username", ASCENDING)], unique=True),
        IndexModel([("email", ASCENDING)]),
    ],
    VIDEOS: [
        IndexModel([("listed", ASCENDING), ("published_at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel(
            [
                ("channel_id", ASCENDING),
                ("listed", ASCENDING),
                ("published_at", DESCENDING),
                ("_id", DESCENDING),
            ]
        ),
        IndexModel(
            [("title", TEXT), ("tags", TEXT), ("description", TEXT)],
            weights={"title": 10, "tags": 5, "description": 1},
            default_language="none",  # the words are made up
            language_override="text_language",  # ``language`` is the video's, and not always one that MongoDB knows
        ),
    ],
    SUBSCRIPTIONS: [
        IndexModel([("subscriber_id", ASCENDING), ("channel_id", ASCENDING)], unique=True),
        IndexModel([("subscriber_id", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel([("channel_id", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)]),
    ],
    LIKES: [
        IndexModel([("user_id", ASCENDING), ("video_id", ASCENDING)], unique=True),
        IndexModel([("video_id", ASCENDING)]),
    ],
}
MAX_LIKES = 1_000


def like_video(database: Database[Document], video_id: str) -> int:
    """Let up to ``MAX_LIKES`` accounts like a video, as rows that the site knows; return how many there are."""
    row = {
        "_id": {"$concat": ["like-", "$_id"]},
        "user_id": "$_id",
        "video_id": video_id,
        "value": "like",
        "created_at": "$created_at",
    }
    stages: list[Document] = [
        {"$match": {"username": {"$regex": "^user"}}},
        {"$sort": {"username": 1}},
        {"$limit": MAX_LIKES},
        {"$project": row},
        {"$merge": SOURCES[LIKES]},
    ]
    database[SOURCES[USERS]].aggregate(stages)
    count = database[SOURCES[LIKES]].count_documents({"video_id": video_id})
    database[SOURCES[VIDEOS]].update_one({"_id": video_id}, {"$set": {"like_count": count}})
    return count


def copy_collections(database: Database[Document]) -> None:
    """Copy what the Node backends read and write, and make their indexes."""
    for target, source in SOURCES.items():
        fields = dict.fromkeys(FIELDS[target], 1)
        database[source].aggregate([{"$project": fields}, {"$out": target}])
        database[target].create_indexes(INDEXES[target])


def list_cursor(database: Database[Document], page: int, page_size: int) -> str:
    """Return the optimized backend's cursor of a page of the list of videos, counted from 1. Times must be aware."""
    order = [("published_at", DESCENDING), ("_id", DESCENDING)]
    listed = database[VIDEOS].find({"listed": True}, {"published_at": 1}).sort(order)
    (last,) = listed.skip((page - 1) * page_size - 1).limit(1)
    milliseconds = round(last["published_at"].timestamp() * 1_000)
    return f"{milliseconds}_{last['_id']}"
