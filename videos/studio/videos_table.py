"""The owner's own videos: filters and sort orders. Each order has an index that starts with the channel."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from rest_framework.request import Request

from streamsite.api.pagination import Page, paginate
from streamsite.errors import Invalid
from streamsite.sanitize import clean_line
from streamsite.visibility import Visibility
from videos import folded_titles
from videos.access import own_videos
from videos.models import CATEGORIES, Status, Video

SORTS = {
    "newest": ("-created_at", "-id"),
    "oldest": ("created_at", "id"),
    "views": ("-view_count", "-id"),
    "likes": ("-like_count", "-id"),
}
SORT_NAMES = (("newest", "Newest"), ("oldest", "Oldest"), ("views", "Most viewed"), ("likes", "Most liked"))
FILTERS = {
    "visibility": Visibility.values,
    "status": Status.values,
    "category": [key for key, _ in CATEGORIES],
}
MAX_QUERY_LENGTH = 100


def parse_filters(params: QueryDict) -> dict[str, str]:
    """Return ``q``, ``visibility``, ``status``, ``category`` and ``sort`` of the query, "" for absent ones.

    Raises ``Invalid`` for an unknown value.
    """
    found = {"q": clean_line(params.get("q", ""))[:MAX_QUERY_LENGTH]}
    for name, among in [*FILTERS.items(), ("sort", list(SORTS))]:
        found[name] = params.get(name, "")
        if found[name] and found[name] not in among:
            raise Invalid(f"Unknown {name}.", fields={name: [f"One of: {', '.join(among)}."]})
    return found


def own_videos_page(
    request: HttpRequest | Request, owner_id: str, wanted: dict[str, str], *, absolute: bool = True
) -> Page[Video]:
    """Return a page of the owner's videos in every state, channels loaded; ``wanted`` is from ``parse_filters``."""
    rows: QuerySet[Video] = own_videos(owner_id).select_related("channel")
    rows = rows.filter(**{name: wanted[name] for name in FILTERS if wanted[name]})
    rows = folded_titles.filter_by_words(rows, wanted["q"])
    return paginate(request, rows, SORTS[wanted["sort"] or "newest"], absolute=absolute)
