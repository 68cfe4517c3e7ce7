"""Full text search over videos: the one thing about them that the ORM cannot say."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from pymongo import TEXT, IndexModel

from streamsite.mongo.collections import collection

VIDEOS = "videos_video"
INDEXES = {
    VIDEOS: [
        IndexModel(
            [("title", TEXT), ("tags", TEXT), ("description", TEXT)],
            name="video_text",
            weights={"title": 10, "tags": 5, "description": 1},
            default_language="none",
            language_override="text_language",
        ),
    ],
}
# Words only: quotes and minus signs stay, they mean phrase and exclusion to $text.
NOT_WORDS = re.compile(r"[^\w\s\"'-]+")
MOST_CHARACTERS = 200


def search(text: str, *, most: int) -> list[str]:
    """Ids of listed videos that match, best first, at most ``most``. Everything in ``text`` is taken as words."""
    words = NOT_WORDS.sub(" ", text)[:MOST_CHARACTERS].strip()
    if not words:
        return []
    score: dict[str, Any] = {"$meta": "textScore"}
    rows = (
        collection(VIDEOS)
        .find({"$text": {"$search": words}, "listed": True}, {"_id": 1, "score": score})
        .sort([("score", score), ("_id", 1)])
        .limit(most)
        .max_time_ms(settings.MONGODB_TIME_LIMIT_MS)
    )
    return [row["_id"] for row in rows]
