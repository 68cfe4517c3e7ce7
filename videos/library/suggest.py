"""What to offer while somebody types: titles and channels that have all the words, the last one perhaps unfinished."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.conf import settings

from streamsite.folding import fold, split
from streamsite.mongo.collections import collection
from videos.library import channels, words
from videos.library.documents import DOCUMENTS

MOST = 8
# Read for each suggestion, since several videos may have one title.
SPARE = 3


def suggest(text: str) -> list[dict[str, str]]:
    """``[{kind: "video"|"channel", text, url}]``, the most viewed first, channels in front; at most ``MOST``."""
    typed = [word[: words.LONGEST_PREFIX] for word in split(text[: words.MOST_CHARACTERS])][
        : words.MOST_WORDS
    ]
    if not typed:
        return []
    return (_channels(text) + _titles(typed))[:MOST]


def _titles(typed: list[str]) -> list[dict[str, str]]:
    # The index is asked for the longest word, which the fewest have; the others are looked at in what it finds.
    longest = max(typed, key=len)
    which: dict[str, Any] = {"prefixes": longest}
    if others := [word for word in typed if word != longest]:
        which = {"$and": [which, *({"prefixes": word} for word in others)]}
    rows = (
        collection(DOCUMENTS)
        .find(which, {"title": 1})
        .sort([("popularity", -1), ("_id", -1)])
        .limit(MOST * SPARE)
        .max_time_ms(settings.MONGODB_TIME_LIMIT_MS)
    )
    titles: dict[str, str] = {}
    for row in rows:
        titles.setdefault(fold(row["title"]), row["title"])
    return [{"kind": "video", "text": title, "url": f"/search?q={quote(title)}"} for title in titles.values()]


def _channels(text: str) -> list[dict[str, str]]:
    return [
        {"kind": "channel", "text": user.get_full_name(), "url": user.get_absolute_url()}
        for user in channels.begun_with(text)
    ]
