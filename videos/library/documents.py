"""What search knows: one document for each listed video, and none for any other.

``search_video {_id: video, shape, title, tags, tag_keys, channel, description, captions, title_words, names, words,
prefixes, channel_id, category, language, duration, published_at, has_captions, facets, popularity}``. ``names`` are
the words of title, tags and channel, ``words`` those of description and captions as well; ``shape`` is that of the
document. ``popularity`` is the logarithm of the views, to whole numbers, so that it seldom changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pymongo import ASCENDING, DESCENDING, TEXT, IndexModel

from streamsite.mongo.collections import collection
from videos import captions, tags
from videos.library import words
from videos.models import Caption, Video
from videos.webvtt import plain

DOCUMENTS = "search_video"
INDEXES = {
    DOCUMENTS: [
        IndexModel(
            [("title", TEXT), ("channel", TEXT), ("tags", TEXT), ("description", TEXT), ("captions", TEXT)],
            name="search_text",
            weights={"title": 20, "channel": 8, "tags": 8, "description": 2, "captions": 1},
            default_language="none",
            language_override="text_language",
        ),
        IndexModel(
            [("prefixes", ASCENDING), ("popularity", DESCENDING), ("_id", DESCENDING)], name="search_prefix"
        ),
        IndexModel(
            [("names", ASCENDING), ("popularity", DESCENDING), ("_id", DESCENDING)], name="search_name"
        ),
        IndexModel(
            [("words", ASCENDING), ("popularity", DESCENDING), ("_id", DESCENDING)], name="search_word"
        ),
        # For filters that find less than the words do.
        IndexModel(
            [("facets", ASCENDING), ("popularity", DESCENDING), ("_id", DESCENDING)], name="search_facets"
        ),
        IndexModel(
            [("channel_id", ASCENDING), ("popularity", DESCENDING), ("_id", DESCENDING)],
            name="search_channel",
        ),
        IndexModel([("published_at", DESCENDING)], name="search_newest"),
    ]
}
MAX_SPOKEN = 20_000  # characters of captions
MOST_WORDS = 3_000  # different ones of a video
SHAPE = 4


def refresh(video_id: str) -> None:
    """Bring the document in line with the video."""
    video = Video.objects.select_related("channel").filter(pk=video_id, listed=True).first()
    if video is None:
        collection(DOCUMENTS).delete_one({"_id": video_id})
        return
    collection(DOCUMENTS).replace_one(
        {"_id": video_id}, document(video, _spoken(video_id, video.language)), upsert=True
    )


def rebuild() -> int:
    """Make every document anew and remove those of no listed video; how many there are then. Safe to repeat."""
    listed = set()
    for video_id in Video.objects.filter(listed=True).values_list("pk", flat=True).iterator():
        refresh(video_id)
        listed.add(video_id)
    for row in collection(DOCUMENTS).find({}, {"_id": 1}):
        if row["_id"] not in listed:
            refresh(row["_id"])
    return len(listed)


def is_outdated() -> bool:
    """Whether documents have a former shape: after an update all of them do, so one is looked at."""
    one = collection(DOCUMENTS).find_one({}, {"shape": 1})
    return one is not None and one.get("shape") != SHAPE


def outdated() -> Iterator[str]:
    """Yield the videos whose document has a former shape: the previous release writes them during a rolling update."""
    for row in collection(DOCUMENTS).find({"shape": {"$ne": SHAPE}}, {"_id": 1}):
        yield row["_id"]


def missing(video_ids: set[str]) -> set[str]:
    """Those of some listed videos that search does not know, or knows in a former shape."""
    known = collection(DOCUMENTS).find({"_id": {"$in": list(video_ids)}, "shape": SHAPE}, {"_id": 1})
    return video_ids - {row["_id"] for row in known}


def set_popularity(video_id: str, views: int) -> None:
    """Follow the views."""
    collection(DOCUMENTS, acknowledged_by=1).update_one(
        {"_id": video_id, "popularity": {"$ne": popularity(views)}},
        {"$set": {"popularity": popularity(views)}},
    )


def popularity(views: int) -> int:
    """0 for none, 1 for one, 2 for two or three, 3 for four to seven, and so on."""
    return max(views, 0).bit_length()


def document(video: Video, spoken: str) -> dict[str, Any]:
    """What search knows of a listed video whose captions say ``spoken``. Its channel must be loaded."""
    names = f"{video.channel.get_full_name()} {video.channel.username}"
    names_said = words.distinct(video.title, " ".join(video.tags), names)
    all_said = [*names_said, *words.distinct(video.description, spoken)]
    return {
        "shape": SHAPE,
        "title_words": words.distinct(video.title),
        "names": names_said,
        "words": list(dict.fromkeys(all_said))[:MOST_WORDS],
        "title": video.title,
        "tags": video.tags,
        "tag_keys": tags.keys(video.tags),
        "channel": names,
        "description": video.description,
        "captions": spoken,
        "prefixes": words.prefixes(video.title, " ".join(video.tags), names),
        "channel_id": video.channel_id,
        "category": video.category,
        "language": video.language,
        "duration": video.duration,
        "published_at": video.published_at,
        "has_captions": video.has_captions,
        "facets": video.facets,
        "popularity": popularity(video.view_count),
    }


def _spoken(video_id: str, language: str) -> str:
    """Return what the fullest track says, as plain text."""
    track = captions.most_telling(captions.of_video(video_id), language)
    if track is None:
        return ""
    cues = Caption.objects.values_list("cues", flat=True).filter(pk=track.pk).first() or []
    return plain("\n".join(str(cue[2]) for cue in cues))[:MAX_SPOKEN].replace("\n", " ")
