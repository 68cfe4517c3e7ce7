"""Lists of what a viewer hid, for the API and the page where they take it back."""

from __future__ import annotations

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import User
from streamsite.api.pagination import Page, paginate_ranked
from videos import hidden
from videos.access import may_watch
from videos.models import Video


def videos_page(request: HttpRequest | Request, user: User, *, absolute: bool = True) -> Page[Video]:
    """Return a page of the videos that the account hides, latest first; those that it may watch."""

    def load(ids: list[str]) -> list[Video]:
        found = Video.objects.select_related("channel").in_bulk(ids)
        return [found[one] for one in ids if one in found and may_watch(user, found[one])]

    return paginate_ranked(request, hidden.hidden_videos(user), load, absolute=absolute)


def channels_page(request: HttpRequest | Request, user: User, *, absolute: bool = True) -> Page[User]:
    """Return a page of the channels that the account hides, latest first, without inactive ones."""

    def load(ids: list[str]) -> list[User]:
        found = User.objects.filter(is_active=True).in_bulk(ids)
        return [found[one] for one in ids if one in found]

    return paginate_ranked(request, hidden.hidden_channels(user), load, absolute=absolute)
