"""Pages of channels, subscriptions and the feed."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import channel_for_unsubscribing, channel_for_viewing
from accounts.mappers import serialize_channel as channel_mapping
from accounts.models import User
from streamsite.api.pagination import paginate
from streamsite.errors import SiteError
from streamsite.view_helpers import is_htmx, safe_next
from subscriptions import queries, services
from subscriptions.channel_page import queries as fronts
from videos import queries as video_queries
from videos.models import Video
from videos.viewer_state import ViewerState
from videos.views import filters
from videos.watch_marks import add_watch_marks


def channel_context(request: HttpRequest, video: Video, relation: ViewerState) -> dict[str, Any]:
    """The watch page's subscribe button needs the channel as the viewer sees it."""
    known = queries.build_viewer_relation(request.user, video.channel, relation.notify)
    return {"channel": channel_mapping(video.channel, known)}


@require_safe
def channel(request: HttpRequest, username: str) -> HttpResponse:
    """A channel as its owner arranged it; without that, its newest videos."""
    owner = channel_for_viewing(username)
    body, arranged = fronts.load_channel(request.user, owner)
    if not arranged.is_arranged or is_htmx(request):
        return _videos(request, owner, body)
    front = fronts.build_front_page(owner, arranged)
    if not front["featured"] and not front["shelves"]:  # all of it was hidden since
        return _videos(request, owner, body)
    context = {"channel": body, "tab": "home", "front": front}
    return render(request, "accounts/channel.html", add_watch_marks(request.user, context))


@require_safe
def channel_videos(request: HttpRequest, username: str) -> HttpResponse:
    """A channel's listed videos, sorted and searched."""
    owner = channel_for_viewing(username)
    return _videos(request, owner, fronts.load_channel(request.user, owner)[0])


def _videos(request: HttpRequest, owner: User, body: dict[str, Any]) -> HttpResponse:
    page = video_queries.library_body(request, of=owner.pk, absolute=False)
    template = "accounts/_tab_videos.html" if is_htmx(request) else "accounts/channel.html"
    context = {
        "channel": body,
        "tab": "videos",
        "page": page,
        "q": request.GET.get("q", "").strip(),
        "sort": request.GET.get("sort", ""),
        "instead": filters.exact_search_url(request.GET),
    }
    return render(request, template, add_watch_marks(request.user, context))


@require_safe
def channel_about(request: HttpRequest, username: str) -> HttpResponse:
    """What a channel says about itself."""
    owner = channel_for_viewing(username)
    context = {"channel": fronts.load_channel(request.user, owner)[0], "tab": "about", "page": None}
    return render(request, "accounts/channel.html", context)


@login_required
@require_POST
def channel_subscribe(request: HttpRequest, username: str) -> HttpResponse:
    """Subscribe or unsubscribe by form."""
    owner = channel_for_unsubscribing(username, partial(queries.is_subscribed, str(request.user.pk)))
    subscriber, video_id = cast(User, request.user), request.POST.get("video_id", "")
    try:
        if request.POST.get("action") == "unsubscribe":
            services.unsubscribe(subscriber, owner, video_id=video_id)
        else:
            owner = channel_for_viewing(username)
            services.subscribe(subscriber, owner, video_id=video_id)
    except SiteError as error:
        messages.error(request, error.detail)
    return redirect(safe_next(request, owner.get_absolute_url()))


@login_required
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The newest videos of the subscribed channels."""
    page = queries.feed_page(request, str(request.user.pk), absolute=False)
    template = "videos/_grid.html" if is_htmx(request) else "subscriptions/feed.html"
    return render(request, template, add_watch_marks(request.user, {"page": page}))


@login_required
@require_safe
def subscriptions(request: HttpRequest) -> HttpResponse:
    """The channels the caller is subscribed to."""
    rows = queries.subscriptions_of_user(str(request.user.pk))
    page = queries.without_inactive_channels(paginate(request, rows, queries.RECENT, absolute=False)).body(
        lambda row: channel_mapping(
            row.channel, {"is_self": False, "is_subscribed": True, "notify": row.notify}
        )
    )
    template = "subscriptions/_channels.html" if is_htmx(request) else "subscriptions/list.html"
    return render(request, template, {"page": page})
