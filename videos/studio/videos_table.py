"""The owner's own videos: filters and sort orders. Each order has an index that starts with the channel."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from streamsite.api.pagination import Page, paginate
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
SORT_NAMES = (
    ("newest", _("Newest")),
    ("oldest", _("Oldest")),
    ("views", _("Most viewed")),
    ("likes", _("Most liked")),
)
FILTERS = {
    "visibility": Visibility.values,
    "status": Status.values,
    "category": [key for key, _label in CATEGORIES],
}
MAX_QUERY_LENGTH = 100


def own_videos_page(
    request: HttpRequest | Request, owner_id: str, wanted: dict[str, str], *, absolute: bool = True
) -> Page[Video]:
    """Return a page of the owner's videos in every state, channels loaded.

    ``wanted`` has the fields of ``StudioVideosQuerySerializer``.
    """
    rows: QuerySet[Video] = own_videos(owner_id).select_related("channel")
    rows = rows.filter(**{name: wanted[name] for name in FILTERS if wanted[name]})
    rows = folded_titles.filter_by_words(rows, clean_line(wanted["q"])[:MAX_QUERY_LENGTH])
    return paginate(request, rows, SORTS[wanted["sort"] or "newest"], absolute=absolute)
