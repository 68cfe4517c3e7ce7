"""Pages of "Not interested" and "Don't recommend channel", and a card's menu as a page for browsers without scripts."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import channel_for_unsubscribing
from accounts.current_user import signed_in_user
from accounts.mappers import serialize_badge
from streamsite.view_actions import perform_and_redirect
from streamsite.view_helpers import safe_next
from videos import access, hidden, hidden_pages, mappers

SETTINGS = "settings-hidden"
# What the forms send as ``act`` to take it back.
SHOW = "show"


@require_safe
def card_menu(request: HttpRequest, video_id: str) -> HttpResponse:
    """Show what the menu of a video's card offers."""
    video = access.get_watchable(request, video_id).video
    context = {
        "video": mappers.serialize_card(video),
        "is_own": video.channel_id == request.user.pk,
        "next": safe_next(request, "/"),
    }
    return render(request, "videos/card_menu.html", context)


@login_required
@require_POST
def hide_video(request: HttpRequest, video_id: str) -> HttpResponse:
    """Recommend a video no more, or again (``act=show``)."""
    user = signed_in_user(request)
    if request.POST.get("act") == SHOW:
        return perform_and_redirect(
            request, lambda: hidden.show_video(user, video_id), _("Video removed from the list."), SETTINGS
        )
    video = access.video_for_watching(user, video_id)
    return perform_and_redirect(
        request, lambda: hidden.hide_video(user, video), _("We won't recommend this video again."), SETTINGS
    )


@login_required
@require_POST
def hide_channel(request: HttpRequest, username: str) -> HttpResponse:
    """Recommend a channel no more, or again (``act=show``)."""
    user = signed_in_user(request)
    channel = channel_for_unsubscribing(username, lambda other: hidden.is_channel_hidden(user, other.pk))
    if request.POST.get("act") == SHOW:
        return perform_and_redirect(
            request,
            lambda: hidden.show_channel(user, channel.pk),
            _("Channel removed from the list."),
            SETTINGS,
        )
    return perform_and_redirect(
        request,
        lambda: hidden.hide_channel(user, channel),
        _("We won't recommend this channel again."),
        SETTINGS,
    )


@login_required
@require_safe
def hidden_list(request: HttpRequest) -> HttpResponse:
    """List the videos, or with ``show=channels`` the channels, that are not recommended to the viewer."""
    user = signed_in_user(request)
    if request.GET.get("show") == "channels":
        page = hidden_pages.channels_page(request, user, absolute=False).body(serialize_badge)
        return render(request, "videos/hidden.html", {"page": page, "shows_channels": True})
    cards = hidden_pages.videos_page(request, user, absolute=False).body(mappers.serialize_card)
    return render(request, "videos/hidden.html", {"page": cards})
