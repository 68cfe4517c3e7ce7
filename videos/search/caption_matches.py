"""Find the moments at which captions contain the search words."""

from __future__ import annotations

import re
from itertools import accumulate

from streamsite import character_tables, folding
from videos.captions import store as caption_store
from videos.captions.webvtt import plain_text
from videos.models import Video
from videos.schemas.cards import MomentDict
from videos.search import query_text, vocabulary_store

MAX_CUES, MAX_CHARACTERS = 40, 160
MAX_BYTES = 15_000  # of an expression; MongoDB takes 32,764, and PCRE needs more for long ones
# What a word must not follow, for MongoDB and for Python, whose expressions differ here.
STORED_WORD_START, PYTHON_WORD_START = r"(?<![\p{L}\p{N}])", r"(?<!\w)"
WORD_SEPARATORS = r"[\s\p{P}]+", r"[\s\W]+"


def find_caption_matches(videos: list[Video], text: str) -> dict[str, MomentDict]:
    """Return ``{video id: {"start": seconds, "text": cue}}`` for captions with any of the words; one read.

    It is the first cue with the most words. Words match as they do in search.
    """
    ids = [video.pk for video in videos if video.has_captions]
    query = query_text.parse_query(text, vocabulary_store.frequent_languages())
    if not ids or query.is_empty:
        return {}
    expressions = _expressions(query, STORED_WORD_START, WORD_SEPARATORS[0])
    if not expressions:
        return {}
    line = {"$arrayElemAt": ["$$cue", 2]}
    says = [{"$regexMatch": {"input": line, "regex": wanted, "options": "i"}} for wanted in expressions]
    cues = {"$filter": {"input": "$cues", "as": "cue", "cond": {"$or": says}, "limit": MAX_CUES}}
    wanted = [
        re.compile(one, re.IGNORECASE) for one in _expressions(query, PYTHON_WORD_START, WORD_SEPARATORS[1])
    ]
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


def _expressions(query: query_text.Query, beginning: str, between: str) -> list[str]:
    """Return a regular expression for each word and phrase. A word matches at the start of words."""
    wanted = [[(term.run,)] if term.run else list(term.alternatives) for term in query.terms]
    wanted += [[phrase] for phrase in query.phrases]
    found = []
    for alternatives in wanted:
        ways = [_words(forms, beginning, between) for forms in alternatives]
        ends = accumulate(len(way.encode()) + 1 for way in ways)
        found.append("|".join(way for way, end in zip(ways, ends, strict=True) if end < MAX_BYTES))
    return [one for one in found if one]


def _words(forms: tuple[str, ...], beginning: str, between: str) -> str:
    start = "" if character_tables.is_unspaced(forms[0][0]) else beginning
    return start + between.join(folding.accent_insensitive_pattern(form) for form in forms)
