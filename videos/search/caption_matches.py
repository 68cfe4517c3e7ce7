"""Find the moments at which captions contain the search words."""

from __future__ import annotations

import re

from videos.captions import store as caption_store
from videos.captions.webvtt import plain_text
from videos.models import Video
from videos.schemas.cards import MomentDict
from videos.search import query_text, vocabulary_store, word_patterns

MAX_CUES, MAX_CHARACTERS = 40, 160


def find_caption_matches(videos: list[Video], text: str) -> dict[str, MomentDict]:
    """Return ``{video id: {"start": seconds, "text": cue}}`` for captions with any of the words; one read.

    It is the first cue with the most words. Words match as they do in search.
    """
    ids = [video.pk for video in videos if video.has_captions]
    query = query_text.parse_query(text, vocabulary_store.frequent_languages())
    if not ids or query.is_empty:
        return {}
    expressions = word_patterns.stored_expressions(query)
    if not expressions:
        return {}
    line = {"$arrayElemAt": ["$$cue", 2]}
    says = [{"$regexMatch": {"input": line, "regex": wanted, "options": "i"}} for wanted in expressions]
    cues = {"$filter": {"input": "$cues", "as": "cue", "cond": {"$or": says}, "limit": MAX_CUES}}
    wanted = [re.compile(one, re.IGNORECASE) for one in word_patterns.python_expressions(query)]
    found: dict[str, MomentDict] = {}
    best: dict[str, int] = {}
    for row in caption_store.aggregate(
        [
            {"$match": {"video_id": {"$in": ids}}},
            {"$project": {"_id": 0, "video_id": 1, "cues": cues}},
            {"$match": {"cues": {"$ne": []}}},
        ]
    ):
        for start, text in ((float(cue[0]), plain_text(str(cue[2]))) for cue in row["cues"]):
            count = sum(one.search(text) is not None for one in wanted)
            if count > best.get(row["video_id"], 0):
                best[row["video_id"]] = count
                found[row["video_id"]] = {"start": start, "text": text[:MAX_CHARACTERS]}
    return found
