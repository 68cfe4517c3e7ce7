"""Where in its captions a video says what was looked for."""

from __future__ import annotations

import html
from typing import Any

from streamsite.folding import fold
from streamsite.mongo.collections import collection
from videos.library import words
from videos.models import Caption, Video
from videos.webvtt import plain

MOST_CUES, MOST_CHARACTERS = 40, 160


def of_videos(videos: list[Video], text: str) -> dict[str, dict[str, Any]]:
    """``{video id: {"start": seconds, "text": ...}}`` of those that say some of the words of ``text``, in one read.

    The cue with the most of the words, the first of several. Words are found whatever their case; accents count
    unless they were typed.
    """
    ids = [video.pk for video in videos if video.has_captions]
    wanted = _needles(text)
    if not ids or not wanted:
        return {}
    lowered = {"$toLower": {"$arrayElemAt": ["$$cue", 2]}}
    # Cues are stored as WebVTT, where "&" and "<" are written as references.
    stored = [html.escape(word, quote=False) for word in wanted]
    says = [{"$gte": [{"$indexOfCP": [lowered, {"$literal": word}]}, 0]} for word in stored]
    cues = {"$filter": {"input": "$cues", "as": "cue", "cond": {"$or": says}, "limit": MOST_CUES}}
    found: dict[str, dict[str, Any]] = {}
    for row in collection(Caption._meta.db_table).aggregate(
        [
            {"$match": {"video_id": {"$in": ids}}},
            {"$project": {"_id": 0, "video_id": 1, "cues": cues}},
            {"$match": {"cues": {"$ne": []}}},
        ]
    ):
        spoken = [(float(cue[0]), plain(str(cue[2]))) for cue in row["cues"]]
        start, said = max(spoken, key=lambda cue: _said(cue[1], wanted))
        moment = {"start": start, "text": said[:MOST_CHARACTERS]}
        had = found.get(row["video_id"])
        if had is None or _said(str(moment["text"]), wanted) > _said(str(had["text"]), wanted):
            found[row["video_id"]] = moment
    return found


def _needles(text: str) -> list[str]:
    """The words and phrases to look for, as typed and without accents."""
    query = words.read(text)
    typed = [word for word in text.casefold().split() if not word.startswith("-")]
    plain = [word.strip('"') for word in typed if fold(word) != word]
    return list(dict.fromkeys([*query.required, *(word for word in plain if word)]))[: words.MOST_WORDS]


def _said(text: str, wanted: list[str]) -> int:
    lowered = text.lower()
    return sum(word in lowered for word in wanted)
