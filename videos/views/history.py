"""Pages of what a viewer left behind: history, liked videos, and the forms that work without scripts."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import profile
from accounts.models import User
from streamsite.api.pagination import paginate
from streamsite.sanitize import clean_line
from streamsite.view_helpers import is_htmx
from videos import access, mappers, watch_marks
from videos.playback import history as histories
from videos.reactions import services


@login_required
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """What the viewer watched."""
    user = cast(User, request.user)
    words = clean_line(request.GET.get("q", ""))[:100]
    rows = histories.history_of_user(user.pk, words)
    page = access.filter_watchable(user, paginate(request, rows, histories.RECENT, absolute=False))
    shown, paused = page.body(mappers.serialize_history_entry), watch_marks.is_history_paused(user)
    if not paused:
        for entry in shown["results"]:
            entry["video"]["mark"] = watch_marks.mark_of_entry(entry)
    template = "videos/_history_rows.html" if is_htmx(request) else "videos/history.html"
    return render(request, template, {"page": shown, "q": words, "paused": paused})


@login_required
@require_POST
def remove_from_history(request: HttpRequest, video_id: str) -> HttpResponse:
    """Remove one video from the history."""
    histories.delete_entry(str(request.user.pk), video_id)
    return HttpResponse() if is_htmx(request) else redirect("history")


@login_required
@require_POST
def clear_history(request: HttpRequest) -> HttpResponse:
    """Remove all of it, once that was confirmed."""
    if request.POST.get("confirm"):
        histories.clear_history(str(request.user.pk))
        messages.success(request, "Your history is empty.")
    return redirect("history")


@login_required
@require_POST
def pause_history(request: HttpRequest) -> HttpResponse:
    """Stop adding to the history, or go on."""
    paused = request.POST.get("paused") == "1"
    profile.update_preferences(cast(User, request.user), {"history_paused": paused})
    return redirect("history")


@login_required
@require_safe
def liked_videos(request: HttpRequest) -> HttpResponse:
    """What the viewer likes."""
    user = cast(User, request.user)
    page = paginate(request, services.likes_of_user(user.pk), services.RECENT, absolute=False)
    shown: dict[str, Any] = access.filter_watchable(user, page).body(
        lambda row: mappers.serialize_card(row.video)
    )
    template = "videos/_grid.html" if is_htmx(request) else "videos/liked.html"
    return render(request, template, watch_marks.add_watch_marks(user, {"page": shown}))


@login_required
@require_POST
def react(request: HttpRequest, video_id: str) -> HttpResponse:
    """Like or dislike; the same once more takes it back."""
    user = cast(User, request.user)
    video = access.get_watchable(request, video_id).video
    value = request.POST.get("value", "")
    if services.get_reaction(user, video) == value:
        services.withdraw(user, video)
    else:
        services.react(user, video, value)
    return redirect(video.get_absolute_url())
