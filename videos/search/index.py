"""The search index: one document for each listed video, and none for any other.

``search_video {_id: video, shape, title, tags, tag_keys, title_words, names, names_line, words, line, pairs,
prefixes, channel_id, category, language, duration, published_at, has_captions, facets, popularity, is_marked,
shown_as_sensitive}``. ``names`` are the forms (see ``streamsite.folding``) and stems of title, tags and channel,
``words`` also those of description and captions; ``names_line`` and ``line`` are the words of names, and of
description and captions, in order, for phrases, which are looked up by ``pairs`` (see ``phrase_pairs``). ``shape``
is the schema version. ``popularity`` is the logarithm of the views, rounded to an integer so that it seldom changes.
``is_marked`` says that the video itself is marked as sensitive.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.conf import settings
from pymongo import ASCENDING, DESCENDING, IndexModel

from streamsite import folding, stemming
from videos import tags
from videos.captions import services
from videos.captions.webvtt import plain_text
from videos.models import Caption, Video
from videos.search import phrase_pairs, query_text, store, vocabulary_store
from videos.search.store import SEARCH_VIDEOS

# The fields of videos and channels that documents are made of.
VIDEO_FIELDS = (
    *("title", "description", "tags", "category", "language", "duration", "published_at", "has_captions"),
    *("facets", "view_count", "is_sensitive", "is_sensitive_by_staff", "shown_as_sensitive", "channel_id"),
)
CHANNEL_FIELDS = ("full_name", "username")
INDEXES = {
    SEARCH_VIDEOS: [
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
        # For phrases. Without ids, which would double it.
        IndexModel([("pairs", ASCENDING), ("popularity", DESCENDING)], name="search_pair"),
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
}
COUNTED_FIELDS = {"names_line": 1, "language": 1}  # the fields that words are counted by
MAX_CAPTION_CHARACTERS = 20_000  # characters of captions
MAX_WORDS = 3_000  # different ones of a video
SCHEMA_VERSION = 5


def refresh_document(video_id: str, *, is_counted: bool = True) -> None:
    """Update the video's document and, unless ``is_counted`` is false, the counts of its words. Idempotent."""
    video = Video.objects.select_related("channel").filter(pk=video_id, listed=True).first()
    if video is None:
        known = store.pop(video_id, COUNTED_FIELDS)
        made: dict[str, object] | None = None
    else:
        made = build_document(video, _caption_text(video_id, video.language))
        known = store.replace(video_id, made, COUNTED_FIELDS)
    if is_counted:
        vocabulary_store.update_counts(_counted_terms(known), _counted_terms(made))


def recount_terms() -> None:
    """Recount the words of all documents. Idempotent."""
    vocabulary_store.rebuild_counts(_counted_terms(row) for row in store.iter_documents({}, COUNTED_FIELDS))


def _counted_terms(known: store.Document | None) -> set[str]:
    # A document that the previous release wrote has no line of words, and its words were not counted.
    if known is None or "names_line" not in known:
        return set()
    return vocabulary_store.document_terms(known["names_line"], _language(known["language"]))


def has_outdated_documents() -> bool:
    """Return whether documents have an old schema version; one is enough, since an update changes them all."""
    one = store.find_any({}, {"shape": 1})
    return one is not None and one.get("shape") != SCHEMA_VERSION


def iter_outdated_ids() -> Iterator[str]:
    """Yield videos whose document has an old schema version; the previous release writes such in rolling updates."""
    for row in store.iter_documents({"shape": {"$ne": SCHEMA_VERSION}}):
        yield row["_id"]


def find_missing_ids(video_ids: set[str]) -> set[str]:
    """Return those of the listed videos whose document is missing or has an old schema version."""
    known = store.iter_documents({"_id": {"$in": list(video_ids)}, "shape": SCHEMA_VERSION})
    return video_ids - {row["_id"] for row in known}


def update_popularity(video_id: str, views: int) -> None:
    """Store the popularity that follows from the number of views."""
    store.set_popularity(video_id, popularity_bucket(views))


def popularity_bucket(views: int) -> int:
    """Return the logarithmic popularity of a view count: 0 for none, 1 for one, 2 for two or three, and so on."""
    return max(views, 0).bit_length()


def build_document(video: Video, spoken: str) -> dict[str, object]:
    """Return the search document of a listed video with the caption text ``spoken``. Its channel must be loaded."""
    channel = f"{video.channel.get_full_name()} {video.channel.username}"
    names = (video.title, *video.tags, channel)
    language = _language(video.language)
    names_line = folding.phrase_text(*names)
    line = folding.phrase_text(video.description, spoken)
    names_known = [
        *(form for text in names for form in folding.index_forms(text)),
        *(stem for text in names for stem in stemming.stems(text, language)),
        *query_text.unique_words(*tags.video_keys(video.tags, video.title, video.description)),
    ]
    known = [
        *names_known,
        *folding.index_forms(video.description, singles=False),
        *stemming.stems(video.description, language),
        *folding.index_forms(spoken, singles=False),
    ]
    return {
        "shape": SCHEMA_VERSION,
        "title": video.title,
        "tags": video.tags,
        "tag_keys": tags.video_keys(video.tags, video.title, video.description),
        "title_words": query_text.unique_words(video.title),
        "names": list(dict.fromkeys(names_known)),
        "names_line": names_line,
        "words": list(dict.fromkeys(known))[:MAX_WORDS],
        "line": line,
        "pairs": phrase_pairs.document_pairs(names_line, line),
        "prefixes": query_text.word_prefixes(video.title, " ".join(video.tags), channel),
        "channel_id": video.channel_id,
        "category": video.category,
        "language": video.language,
        "duration": video.duration,
        "published_at": video.published_at,
        "has_captions": video.has_captions,
        "facets": video.facets,
        "popularity": popularity_bucket(video.view_count),
        "is_marked": video.is_sensitive or video.is_sensitive_by_staff,
        "shown_as_sensitive": video.shown_as_sensitive,
    }


def _language(tag: str) -> str:
    """Return the language for stemming, by default the site's."""
    return stemming.language_of(tag or settings.LANGUAGE_CODE)


def _caption_text(video_id: str, language: str) -> str:
    track = services.fullest_track(services.list_tracks(video_id), language)
    return caption_texts([track]).get(video_id, "") if track else ""


def caption_texts(tracks: Iterable[Caption]) -> dict[str, str]:
    """Return the plain text of caption tracks by their videos."""
    rows = Caption.objects.filter(pk__in=[track.pk for track in tracks]).values_list("video_id", "cues")
    return {video_id: _cue_text(cues) for video_id, cues in rows}


def _cue_text(cues: list[list[object]]) -> str:
    return plain_text("\n".join(str(cue[2]) for cue in cues))[:MAX_CAPTION_CHARACTERS].replace("\n", " ")
