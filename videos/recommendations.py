"""Trending and related videos, each with the reason why it is listed.

Of the viewer, only what they get to see of sensitive videos counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from rest_framework.request import Request

from accounts.models import User
from streamsite import formats
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import paginate
from streamsite.mongo import keyset_merge
from streamsite.site_settings.features import features
from streamsite.visibility import Viewer
from videos import facets, hidden, mappers, queries, sensitivity, tags, video_store
from videos.access import listed_match_for, listed_videos_for
from videos.card_rows import with_cards
from videos.hooks import home_page
from videos.hooks.home_page import Shelf
from videos.library_filters import SORTS
from videos.models import CATEGORIES, Video
from videos.playback import statistics_store
from videos.schemas.cards import RecommendationDict
from videos.search import queries as search_queries
from videos.search import query_text
from videos.search.store import SEARCH_VIDEOS

TRENDING_DAYS = 7
# Of these the recommended ones are chosen.
MAX_TRENDING_READ = 40
# Fewer are no choice: a small site's newest videos are below anyway.
MIN_RECOMMENDED = 4
VIDEOS = Video._meta.db_table
MAX_RELATED, MAX_SAME_CHANNEL, MAX_PER_KEYWORD, MIN_KEYWORD_LENGTH = 20, 6, 30, 3


def recommendable_videos(viewer: Viewer) -> QuerySet[Video]:
    """Return the videos that the site may choose for ``viewer``: listed, and not hidden by them."""
    return listed_videos_for(viewer).filter(hidden.hidden_from(viewer).rest())


def trending_page(request: HttpRequest | Request, *, absolute: bool = True) -> PageDict[RecommendationDict]:
    """Return a page of trending videos in the API's list form; each with ``reason``."""
    page = paginate(
        request,
        with_cards(recommendable_videos(request.user)),
        SORTS["trending"],
        absolute=absolute,
    )
    views = _recent_views([video.pk for video in page.rows])
    return page.body(
        lambda video: {
            **mappers.serialize_card(video),
            "reason": _format_views(views.get(video.pk, 0)),
        }
    )


def recommended_shelf(user: User, before: Sequence[Shelf]) -> Shelf:
    """Return what is trending, first in the categories that the viewer is in the middle of.

    It is empty for who neither follows nor watches anything, and where there is little to choose from.
    """
    title, url = _("Recommended"), reverse("trending") if features().trending else ""
    if not before:
        return Shelf("recommended", title, url, [])
    taken = home_page.shown_ids(before)
    liked = {entry["category"] for shelf in before for entry in shelf.entries if "category" in entry}
    trending = with_cards(recommendable_videos(user).exclude(channel=user), "category")
    rows = list(trending.order_by(*SORTS["trending"])[:MAX_TRENDING_READ])
    chosen = sorted((row for row in rows if row.pk not in taken), key=lambda row: row.category not in liked)
    if len(chosen) < MIN_RECOMMENDED:
        chosen = []
    entries = [{"video": mappers.serialize_card(row)} for row in chosen[: home_page.MAX_CANDIDATES]]
    return Shelf("recommended", title, url, entries, is_recommended=True)


def related_videos(viewer: Viewer, video: Video, *, most: int = MAX_RELATED) -> list[RecommendationDict]:
    """Return videos of the same channel, on the same subject and in the same category; two reads."""
    chosen = _select_related(viewer, video, most)
    return [
        {**mappers.serialize_card(other), "reason": _reason(video, other, chosen[other.pk])}
        for other in queries.load_listed(viewer, list(chosen)[:most], "tags")
    ]


def _select_related(viewer: Viewer, video: Video, most: int) -> dict[str, str]:
    """Return ids in order, each with its source: ``channel``, ``subject``, ``category`` or ``site``. One read."""
    unwanted = hidden.hidden_from(viewer)
    listed = listed_match_for(viewer) | unwanted.rest_match()
    shown = sensitivity.not_hidden_match(viewer) | unwanted.rest_match()
    pipeline = [
        *_newest(listed | _same_channel(video, unwanted), MAX_SAME_CHANNEL + 1),
        _from("channel"),
        *keyset_merge.union_stages(
            VIDEOS, [[*_newest(listed | _same_category(video), most + 1), _from("category")]]
        ),
        *keyset_merge.union_stages(VIDEOS, [[*_newest(listed, most + 1), _from("site")]]),
        *keyset_merge.union_stages(
            SEARCH_VIDEOS,
            [
                [
                    *search_queries.popular_with_word_stages(word, shown, most=MAX_PER_KEYWORD),
                    _from(f" {word}"),
                ]
                for word in _keywords(video)
            ],
        ),
    ]
    found: dict[str, list[str]] = {"channel": [], "category": [], "site": []}
    for source, video_id in video_store.ids_by_source(pipeline):
        found.setdefault(source, []).append(video_id)
    channel, category, site = (found.pop(name) for name in ("channel", "category", "site"))
    sources = {
        "channel": channel,
        "subject": _rank_by_shared_keywords(found.values()),
        "category": category,
        "site": site,
    }
    chosen: dict[str, str] = {}
    for name, ids in sources.items():
        for video_id in ids:
            if video_id != video.pk:
                chosen.setdefault(video_id, name)
    return chosen


def _keywords(video: Video) -> list[str]:
    """Return keywords from tags and title; short words only when there are no others."""
    words = query_text.unique_words(" ".join(video.tags), video.title)
    return ([word for word in words if len(word) >= MIN_KEYWORD_LENGTH] or words)[: query_text.MAX_WORDS]


def _rank_by_shared_keywords(found: Iterable[list[str]]) -> list[str]:
    """Return ids by the keywords that they share with the video; rare keywords count more."""
    weights: dict[str, float] = {}
    for ids in found:
        for video_id in ids:
            weights[video_id] = weights.get(video_id, 0.0) + 1 / len(ids)
    return sorted(weights, key=lambda video_id: weights[video_id], reverse=True)


def _same_channel(video: Video, unwanted: hidden.Hidden) -> dict[str, object]:
    """Return the condition for the video's channel, or one that nothing meets where the viewer hides the channel."""
    return {"channel_id": {"$in": []} if video.channel_id in unwanted.channels else video.channel_id}


def _same_category(video: Video) -> dict[str, object]:
    return {"facets": facets.facet_key({"category": video.category})}


def _newest(condition: dict[str, object], most: int) -> list[dict[str, object]]:
    return [
        {"$match": condition},
        {"$sort": {"published_at": -1, "_id": -1}},
        {"$limit": most},
    ]


def _from(source: str) -> dict[str, object]:
    return {"$project": {"source": {"$literal": source}}}


def _reason(video: Video, other: Video, source: str) -> str:
    if source == "channel":
        return _("More from %(channel)s") % {"channel": video.channel.get_full_name()}
    if source == "subject":
        return _shared_keyword(video, other)
    if source == "category":
        return _("New in %(category)s") % {"category": dict(CATEGORIES).get(video.category, "")}
    return pgettext("video", "New")


def _shared_keyword(video: Video, other: Video) -> str:
    known = set(tags.tag_keys(other.tags))
    shared = [tag for tag in video.tags if tags.tag_key(tag) in known]
    return _("Also about #%(tag)s") % {"tag": shared[0]} if shared else _("On a similar topic")


def _format_views(views: int) -> str:
    if not views:
        return pgettext("video", "New")
    shown = ngettext("%(views)s view in the last 7 days", "%(views)s views in the last 7 days", views)
    return shown % {"views": formats.number(views)}


def _recent_views(video_ids: list[str]) -> dict[str, int]:
    since = (datetime.now(UTC) - timedelta(days=TRENDING_DAYS - 1)).date().isoformat()
    return statistics_store.views_since(video_ids, since)
