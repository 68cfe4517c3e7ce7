"""What search knows: one document for each listed video, and none for any other.

``search_video {_id: video, shape, title, tags, tag_keys, title_words, names, names_line, words, line, prefixes,
channel_id, category, language, duration, published_at, has_captions, facets, popularity}``. ``names`` are the forms
(see ``streamsite.folding``) and stems of title, tags and channel, ``words`` those of description and captions as well;
``names_line`` and ``line`` are the words of names, and of description and captions, in their order, for phrases.
``shape`` is that of the document. ``popularity`` is the logarithm of the views, to whole numbers, so that it seldom
changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from pymongo import ASCENDING, DESCENDING, IndexModel

from streamsite import folding, stemming
from streamsite.mongo.collections import collection
from videos import tags
from videos.captions import services
from videos.captions.webvtt import plain
from videos.models import Caption, Video
from videos.search import query_text, vocabulary

DOCUMENTS = "search_video"
INDEXES = {
    DOCUMENTS: [
        IndexModel(
            [("prefixes", ASCENDING), ("popularity", DESCENDING), ("_id", DESCENDING)], name="search_prefix"
        ),
        IndexModel(
            [("names", ASCENDING), ("popularity", DESCENDING), ("_id", DESCENDING)], name="search_name"
        ),
        IndexModel(
            [("words", ASCENDING), ("popularity", DESCENDING), ("_id", DESCENDING)], name="search_word"
        ),
        # For the newest and the oldest that have a word; also of a word that very many have.
        IndexModel(
            [("words", ASCENDING), ("published_at", DESCENDING), ("_id", DESCENDING)],
            name="search_word_newest",
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
    ],
    **vocabulary.INDEXES,
}
COUNTED = {"names_line": 1, "language": 1}  # the fields that words are counted by
MAX_SPOKEN = 20_000  # characters of captions
MOST_WORDS = 3_000  # different ones of a video
SHAPE = 4


def refresh(video_id: str, *, is_counted: bool = True) -> None:
    """Bring the document and, unless ``is_counted`` is false, the counts of its words in line with the video.

    Idempotent.
    """
    video = Video.objects.select_related("channel").filter(pk=video_id, listed=True).first()
    documents = collection(DOCUMENTS)
    if video is None:
        known = documents.find_one_and_delete({"_id": video_id}, COUNTED)
        made: dict[str, Any] | None = None
    else:
        made = document(video, _spoken(video_id, video.language))
        # The former document is the one that was replaced, also when two processes do this at once.
        known = documents.find_one_and_replace({"_id": video_id}, made, COUNTED, upsert=True)
    if is_counted:
        vocabulary.follow(_counted(known), _counted(made))


def rebuild() -> int:
    """Rebuild every document, remove those of no listed video, count all words again. Idempotent.

    Returns the number of documents.
    """
    listed = set()
    for video_id in Video.objects.filter(listed=True).values_list("pk", flat=True).iterator():
        refresh(video_id, is_counted=False)
        listed.add(video_id)
    for row in collection(DOCUMENTS).find({}, {"_id": 1}):
        if row["_id"] not in listed:
            refresh(row["_id"], is_counted=False)
    recount()
    return len(listed)


def recount() -> None:
    """Count the words of all documents again. Idempotent."""
    vocabulary.recount(_counted(row) for row in collection(DOCUMENTS).find({}, COUNTED))


def _counted(known: Mapping[str, Any] | None) -> set[str]:
    # A document that the previous release wrote has no line of words, and its words were not counted.
    if known is None or "names_line" not in known:
        return set()
    return vocabulary.words_of(known["names_line"], _language(known["language"]))


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
    """Build the search document of a listed video whose captions say ``spoken``. Its channel must be loaded."""
    channel = f"{video.channel.get_full_name()} {video.channel.username}"
    names = (video.title, *video.tags, channel)
    language = _language(video.language)
    names_known = [
        *(form for text in names for form in folding.forms(text)),
        *(stem for text in names for stem in stemming.stems(text, language)),
        *query_text.distinct(*tags.keys(video.tags)),
    ]
    known = [
        *names_known,
        *folding.forms(video.description, singles=False),
        *stemming.stems(video.description, language),
        *folding.forms(spoken, singles=False),
    ]
    return {
        "shape": SHAPE,
        "title": video.title,
        "tags": video.tags,
        "tag_keys": tags.keys(video.tags),
        "title_words": query_text.distinct(video.title),
        "names": list(dict.fromkeys(names_known)),
        "names_line": folding.sequence(*names),
        "words": list(dict.fromkeys(known))[:MOST_WORDS],
        "line": folding.sequence(video.description, spoken),
        "prefixes": query_text.prefixes(video.title, " ".join(video.tags), channel),
        "channel_id": video.channel_id,
        "category": video.category,
        "language": video.language,
        "duration": video.duration,
        "published_at": video.published_at,
        "has_captions": video.has_captions,
        "facets": video.facets,
        "popularity": popularity(video.view_count),
    }


def _language(tag: str) -> str:
    """Return the language whose endings are removed; without a tag the site's own."""
    return stemming.language_of(tag or settings.LANGUAGE_CODE)


def _spoken(video_id: str, language: str) -> str:
    """Return what the fullest track says, as plain text."""
    track = services.most_telling(services.of_video(video_id), language)
    if track is None:
        return ""
    cues = Caption.objects.values_list("cues", flat=True).filter(pk=track.pk).first() or []
    return plain("\n".join(str(cue[2]) for cue in cues))[:MAX_SPOKEN].replace("\n", " ")
