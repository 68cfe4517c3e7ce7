"""Reads of videos: which rows, in which order, for which list. Each order has an index of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.request import Request

from accounts.models import User
from accounts.usernames import normalize_username
from streamsite.api.pagination import Page, paginate, paginate_ranked
from streamsite.mongo import keyset_merge
from streamsite.site_settings.features import require as require_feature
from streamsite.visibility import Viewer
from videos import facets, hidden, sensitivity, tags, video_store
from videos.access import listed_videos_for
from videos.card_rows import with_cards
from videos.library_filters import (
    DURATION_CONDITIONS,
    FIRST_PUBLISHED_SORTS,
    LOOKUPS,
    RELEVANCE,
    SORTS,
    UPLOADED_WITHIN_DAYS,
)
from videos.mappers import serialize_card
from videos.models import Video
from videos.schemas.cards import FoundCardDict, PageOfFoundCardsDict
from videos.search import caption_matches, ordered_results, queries, snippets
from videos.serializers.library import LibraryQuerySerializer

# What results show of a video besides its card: a part of its description, and whether its captions are looked through.
FOUND_FIELDS = ("description", "has_captions")


@dataclass(frozen=True)
class LibraryQuery:
    """The parameters of ``GET /videos``: words, conditions on videos in MongoDB's form, and an order.

    Search documents have the fields of the conditions as well.
    """

    words: str
    conditions: dict[str, object]
    sort: str
    is_exact: bool = False  # the words as they were typed, without correction


def parse_library_query(params: Mapping[str, str], of: str = "") -> LibraryQuery:
    """Return the query of ``LibraryQuerySerializer``'s fields, only of the channel with the id ``of`` if given.

    Raises ``FeatureOff`` for the order "trending" while trending is turned off.
    """
    words = params["q"].strip()
    sort = params["sort"] or (RELEVANCE if words else "newest")
    if sort == "trending":
        require_feature("trending")
    conditions: dict[str, object] = {}
    if of:
        conditions["channel_id"] = of
    elif channel := params["channel"]:
        owner = User.objects.filter(username=normalize_username(channel)).values_list("pk", flat=True).first()
        conditions["channel_id"] = owner or ""
    if tag := tags.tag_key(params["tag"]):
        conditions["tag_keys"] = tag
    if uploaded := params["uploaded"]:
        conditions["published_at"] = {"$gte": timezone.now() - timedelta(days=UPLOADED_WITHIN_DAYS[uploaded])}
    conditions |= _facets(params, with_index=bool(words) or "tag_keys" not in conditions)
    is_exact = params["exact"] in {"1", "true"}
    return LibraryQuery(words, conditions, sort if words or sort != RELEVANCE else "newest", is_exact)


def home_page(request: HttpRequest) -> Page[Video]:
    """Return a page of public videos without those that the viewer hides; takes the parameters of ``GET /videos``."""
    asked = parse_library_query(LibraryQuerySerializer.from_query(request))
    return _searched(request, asked, absolute=False, is_chosen=True)[0]


def library_page(request: HttpRequest | Request, *, of: str = "", absolute: bool = True) -> Page[Video]:
    """Return a page of public videos, or of those of the channel ``of`` (an id), for ``GET /videos``."""
    return _searched(
        request, parse_library_query(LibraryQuerySerializer.from_query(request), of), absolute=absolute
    )[0]


def _searched(
    request: HttpRequest | Request, asked: LibraryQuery, *, absolute: bool, is_chosen: bool = False
) -> tuple[Page[Video], queries.SearchResult | None]:
    """Return a page of the results and, for a search, how they were found.

    ``is_chosen`` says that the site chooses what is listed, so that what the viewer hides is left out. A search has
    everything.
    """
    viewer: Viewer = request.user

    def load(ids: list[str]) -> list[Video]:
        return load_listed(viewer, ids, *FOUND_FIELDS)

    if not asked.words:
        rows = with_cards(_sortable(_filtered(viewer, asked.conditions, is_chosen=is_chosen), asked.sort))
        return paginate(request, rows, SORTS[asked.sort], absolute=absolute), None
    conditions = asked.conditions | sensitivity.not_hidden_match(viewer)
    if asked.sort == RELEVANCE:
        found = queries.find_videos(asked.words, conditions, is_exact=asked.is_exact)
        return paginate_ranked(request, found.ids, load, absolute=absolute), found
    found = ordered_results.find_unordered(asked.words, conditions, is_exact=asked.is_exact)
    is_whole = len(found.ids) <= ordered_results.MAX_IN_MEMORY
    among = listed_videos_for(viewer) if is_whole else _filtered(viewer, asked.conditions)
    rows = with_cards(_sortable(among, asked.sort), *FOUND_FIELDS)
    rows = ordered_results.matching_rows(found, conditions, rows, load)
    return paginate(request, rows, SORTS[asked.sort], absolute=absolute), found


def page_with(request: HttpRequest | Request, name: str, value: str, *, absolute: bool = True) -> Page[Video]:
    """Return a page of the videos whose ``category`` or ``tag`` is ``value``, in the order of ``?sort=``.

    Without those that the viewer hides.
    """
    given = LibraryQuerySerializer.from_query(request)
    asked = parse_library_query(dict.fromkeys(given, "") | {"sort": given["sort"], name: value})
    return _searched(request, asked, absolute=absolute, is_chosen=True)[0]


def newest_with(viewer: Viewer, name: str = "", value: str = "") -> QuerySet[Video]:
    """Return listed videos, channels included, whose ``category`` or ``tag`` is ``value``; order by ``NEWEST``."""
    params = dict.fromkeys(LibraryQuerySerializer().fields, "") | ({name: value} if name else {})
    return _filtered(viewer, parse_library_query(params).conditions).select_related("channel")


def count_with(viewer: Viewer, name: str, value: str, most: int) -> int:
    """Return how many videos the pages of ``page_with`` have; ``most + 1`` where there are more than ``most``."""
    params = dict.fromkeys(LibraryQuerySerializer().fields, "") | {name: value}
    rows = _filtered(viewer, parse_library_query(params).conditions, is_chosen=True)
    return len(rows.order_by(*SORTS["newest"]).values_list("pk", flat=True)[: most + 1])


def _sortable(rows: QuerySet[Video], sort: str) -> QuerySet[Video]:
    return rows.filter(first_published_at__isnull=False) if sort in FIRST_PUBLISHED_SORTS else rows


def library_body(
    request: HttpRequest | Request, *, of: str = "", absolute: bool = True
) -> PageOfFoundCardsDict:
    """Return ``library_page`` as cards in the API's list form.

    Where words were asked for, each has its ``moment`` and ``snippet``, and the list has ``corrected``, the text that
    was searched for instead or ``None``, and ``matched``: ``"all"`` of the words, or ``"most"`` where no video has all.
    """
    asked = parse_library_query(LibraryQuerySerializer.from_query(request), of)
    page, how = _searched(request, asked, absolute=absolute)
    if how is None:
        return cast(PageOfFoundCardsDict, page.body(serialize_card))
    words = how.corrected or asked.words
    moments = caption_matches.find_caption_matches(page.rows, words)
    parts = snippets.description_snippets(page.rows, words)

    def found_card(video: Video) -> FoundCardDict:
        return {**serialize_card(video), "moment": moments.get(video.pk), "snippet": parts.get(video.pk)}

    return {
        **page.body(found_card),
        "corrected": how.corrected or None,
        "matched": "most" if how.is_partial else "all",
    }


def load_listed(viewer: Viewer, ids: list[str], *more: str) -> list[Video]:
    """Return the videos that lists may show ``viewer``, in the order of ``ids``.

    They have what cards show, and ``more`` of their fields.
    """
    found = with_cards(listed_videos_for(viewer), *more).in_bulk(ids)
    return [found[video_id] for video_id in ids if video_id in found]


def _facets(params: Mapping[str, str], *, with_index: bool) -> dict[str, object]:
    """Return the conditions on the fields that ``facets`` combines and, ``with_index``, on ``facets``.

    One of them would do. With both, the index of ``facets`` serves any combination, and that of channels, which holds
    the single fields, looks no further than a video's key. So does that of tags, which nothing else is to compete with.
    """
    asked: dict[str, str] = {}
    conditions: dict[str, object] = {}
    if category := params["category"]:
        asked["category"] = conditions["category"] = category
    if language := params["language"]:
        asked["language"] = conditions["language"] = language
    if duration := params["duration"]:
        asked["length"], conditions["duration"] = duration, DURATION_CONDITIONS[duration]
    if params["captions"] in {"1", "true"}:
        asked["captions"], conditions["has_captions"] = facets.WITH_CAPTIONS, True
    return conditions | ({"facets": facets.facet_key(asked)} if asked and with_index else {})


def _filtered(viewer: Viewer, conditions: dict[str, object], *, is_chosen: bool = False) -> QuerySet[Video]:
    rows = listed_videos_for(viewer)
    if is_chosen:
        rows = rows.filter(hidden.hidden_from(viewer).rest())
    for name, value in conditions.items():
        if name in {"tag_keys", "facets"}:
            rows = rows.filter(**{f"{name}__has_element": value})
        elif isinstance(value, dict):
            rows = rows.filter(**{f"{name}__{LOOKUPS[operator]}": bound for operator, bound in value.items()})
        else:
            rows = rows.filter(**{name: value})
    return rows


def videos_of_channel(viewer: Viewer, channel_id: str) -> QuerySet[Video]:
    """Return the videos of one channel that lists may show ``viewer``; order by ``NEWEST``."""
    return listed_videos_for(viewer).filter(channel_id=channel_id).select_related("channel")


def last_language(channel_id: str) -> str:
    """Return the language of the channel's newest video that has one, "" without any."""
    rows = Video.objects.filter(channel_id=channel_id).exclude(language="").order_by("-created_at", "-id")
    return rows.values_list("language", flat=True).first() or ""


def newest_of_channels(
    viewer: Viewer,
    channel_ids: list[str],
    most: int,
    before: keyset_merge.Moment | None = None,
    *more: str,
) -> list[Video]:
    """Return the newest listed videos of some channels, published before a moment and id.

    They have what cards show, and ``more`` of their fields.

    Two reads; one for the newest of few channels.
    """
    if before is None and len(channel_ids) <= keyset_merge.CHUNK:
        newest = with_cards(listed_videos_for(viewer).filter(channel_id__in=channel_ids), *more)
        return list(newest.order_by(*SORTS["newest"])[:most]) if channel_ids else []
    condition = sensitivity.not_hidden_match(viewer)
    return load_listed(viewer, video_store.newest_ids(channel_ids, most, before, condition), *more)
