"""Pages of channels, subscriptions and the feed."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import channel_by_id_or_name, channel_for_viewing
from accounts.current_user import signed_in_user
from accounts.mappers import serialize_channel
from accounts.models import User
from streamsite.api.pagination import paginate
from streamsite.cache_headers import never_cached
from streamsite.view_actions import perform_and_redirect
from streamsite.view_helpers import is_htmx, redirect_with_query, render_page_or_part
from subscriptions import access, queries, services, sidebar
from subscriptions.channel_page import queries as channel_pages
from subscriptions.channel_page.metadata import channel_metadata
from videos import queries as video_queries
from videos.models import Video
from videos.viewer_state import ViewerState
from videos.views import filters
from videos.watch_marks import add_watch_marks


def channel_context(request: HttpRequest, video: Video, relation: ViewerState) -> dict[str, object]:
    """Return the watch page's context for the subscribe button: the channel as the viewer sees it."""
    known = queries.build_viewer_relation(request.user, video.channel, relation.notify)
    return {"channel": serialize_channel(video.channel, known)}


@require_safe
def channel(request: HttpRequest, username: str) -> HttpResponse:
    """Show a channel as its owner arranged it, or else its newest videos."""
    owner = channel_for_viewing(username)
    body, arranged = channel_pages.load_channel(request.user, owner)
    if not arranged.is_arranged or is_htmx(request):
        return _videos(request, owner, body)
    is_follower = channel_pages.sees_as_follower(body)
    front = channel_pages.build_front_page(request.user, owner, arranged, is_follower=is_follower)
    if not front["featured"] and not front["shelves"]:  # all of it was hidden since
        return _videos(request, owner, body)
    sharing = channel_metadata(request, body)
    context = {"channel": body, "tab": "home", "front": front, "sharing": sharing}
    return render(request, "subscriptions/channel.html", add_watch_marks(request.user, context))


@require_safe
def channel_by_name(request: HttpRequest, name: str) -> HttpResponse:
    """Redirect the addresses that other sites use to the channel: ``name`` is a username or an account's id.

    Not for good: accounts come and go. Raises ``Absent``.
    """
    return redirect_with_query(request, channel_by_id_or_name(name).get_absolute_url())


@require_safe
def channel_videos(request: HttpRequest, username: str) -> HttpResponse:
    """List a channel's public videos, sorted and searched."""
    owner = channel_for_viewing(username)
    return _videos(request, owner, channel_pages.load_channel(request.user, owner)[0])


def _videos(request: HttpRequest, owner: User, body: Mapping[str, object]) -> HttpResponse:
    page = video_queries.library_body(request, of=owner.pk, absolute=False)
    context = {
        "channel": body,
        "tab": "videos",
        "page": page,
        "sharing": channel_metadata(request, body, None if "q" in request.GET else page),
        "q": request.GET.get("q", "").strip(),
        "sort": request.GET.get("sort", ""),
        "exact_url": filters.exact_search_url(request.GET),
    }
    return render_page_or_part(
        request,
        "subscriptions/channel.html",
        "subscriptions/_channel_videos.html",
        add_watch_marks(request.user, context),
    )


@require_safe
def channel_about(request: HttpRequest, username: str) -> HttpResponse:
    """Show a channel's description and links."""
    owner = channel_for_viewing(username)
    body = channel_pages.load_channel(request.user, owner)[0]
    sharing = channel_metadata(request, body)
    context = {"channel": body, "tab": "about", "page": None, "sharing": sharing}
    return render(request, "subscriptions/channel.html", context)


@login_required
@require_POST
def channel_subscribe(request: HttpRequest, username: str) -> HttpResponse:
    """Subscribe, or unsubscribe (``action=unsubscribe``)."""
    subscriber, video_id = signed_in_user(request), request.POST.get("video_id", "")
    leaving = access.channel_for_unsubscribing(subscriber.pk, username)

    def change() -> None:
        if request.POST.get("action") == "unsubscribe":
            services.unsubscribe(subscriber, leaving, video_id=video_id)
        else:
            channel = access.channel_for_subscribing(subscriber.pk, username)
            services.subscribe(subscriber, channel, video_id=video_id, relation=channel.relation)

    return perform_and_redirect(request, change, "", reverse("channel", args=[leaving.username]))


@login_required
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """List the newest videos of the subscribed channels."""
    user = signed_in_user(request)
    page = queries.feed_page(request, user, absolute=False)
    context = add_watch_marks(user, {"page": page})
    return render_page_or_part(request, "subscriptions/feed.html", "videos/_grid.html", context)


@never_cached
@login_required
@require_safe
def sidebar_channels(request: HttpRequest) -> HttpResponse:
    """List the subscribed channels for the sidebar, which loads them when it is shown."""
    channels = sidebar.channels_of(signed_in_user(request))
    context = {"first": channels[: sidebar.FIRST_SHOWN], "rest": channels[sidebar.FIRST_SHOWN :]}
    return render(request, "subscriptions/_sidebar_channels.html", context)


@login_required
@require_safe
def subscriptions(request: HttpRequest) -> HttpResponse:
    """List the channels the caller is subscribed to."""
    # The page shows more of a channel than its badge.
    rows = queries.subscriptions_of_user(signed_in_user(request).pk).defer(None)
    page = queries.without_inactive_channels(paginate(request, rows, queries.RECENT, absolute=False)).body(
        lambda row: serialize_channel(
            row.channel, {"is_self": False, "is_subscribed": True, "notify": row.notify}
        )
    )
    return render_page_or_part(
        request, "subscriptions/list.html", "subscriptions/_channels.html", {"page": page}
    )
