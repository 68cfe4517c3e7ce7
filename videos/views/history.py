"""Pages of a viewer's history and liked videos, and the forms that work without scripts."""

from __future__ import annotations

from datetime import date
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import profile
from accounts.current_user import signed_in_user
from streamsite import formats
from streamsite.api.pagination import paginate
from streamsite.sanitize import clean_line
from streamsite.view_helpers import is_htmx, render_page_or_part
from videos import access, mappers, watch_marks
from videos.brief_access import get_watchable_brief
from videos.models import Watch
from videos.playback import history as histories
from videos.playback import history_store
from videos.reactions import services
from videos.views._shared import toggle_reaction


@login_required
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """List the videos that the viewer watched, latest first."""
    user = signed_in_user(request)
    words = clean_line(request.GET.get("q", ""))[:100]
    rows = histories.history_of_user(user.pk, words)
    page = access.filter_watchable(user, paginate(request, rows, histories.RECENT, absolute=False))
    paused = watch_marks.is_history_paused(user)

    def entry_with_mark(row: Watch) -> dict[str, object]:
        entry = mappers.serialize_history_entry(row)
        mark = {} if paused else {"mark": watch_marks.mark_of_entry(entry)}
        return {**entry, "video": {**entry["video"], **mark}, "day": timezone.localdate(row.watched_at)}

    body = page.body(entry_with_mark)
    _head_days(body["results"])
    context = {"page": body, "q": words, "paused": paused}
    return render_page_or_part(request, "videos/history.html", "videos/_history_rows.html", context)


def _head_days(entries: list[dict[str, object]]) -> None:
    """Add ``new_day``, a heading, to the first of the entries of each day."""
    before: object = None
    for entry in entries:
        if entry["day"] != before:
            before = entry["day"]
            entry["new_day"] = _day_name(cast(date, before))


def _day_name(day: date) -> str:
    """Return the heading of a day: "Today", "Yesterday", or its date."""
    names = {0: _("Today"), 1: _("Yesterday")}
    return names.get((timezone.localdate() - day).days) or formats.day(day)


@login_required
@require_POST
def remove_from_history(request: HttpRequest, video_id: str) -> HttpResponse:
    """Remove one video from the history."""
    history_store.delete_entry(signed_in_user(request).pk, video_id)
    return HttpResponse() if is_htmx(request) else redirect("history")


@login_required
@require_POST
def clear_history(request: HttpRequest) -> HttpResponse:
    """Remove all of the history, once that is confirmed."""
    if request.POST.get("confirm"):
        history_store.clear_history(signed_in_user(request).pk)
        messages.success(request, _("Watch history cleared."))
    return redirect("history")


@login_required
@require_POST
def pause_history(request: HttpRequest) -> HttpResponse:
    """Stop adding to the history, or resume."""
    paused = request.POST.get("paused") == "1"
    profile.update_preferences(signed_in_user(request), {"history_paused": paused})
    return redirect("history")


@login_required
@require_safe
def liked_videos(request: HttpRequest) -> HttpResponse:
    """List the videos that the viewer likes."""
    user = signed_in_user(request)
    page = paginate(request, services.likes_of_user(user.pk), services.RECENT, absolute=False)
    shown = access.filter_watchable(user, page).body(lambda row: mappers.serialize_card(row.video))
    context = watch_marks.add_watch_marks(user, {"page": shown})
    return render_page_or_part(request, "videos/liked.html", "videos/_grid.html", context)


@login_required
@require_POST
def react(request: HttpRequest, video_id: str) -> HttpResponse:
    """Like or dislike a video; sending the same again withdraws it."""
    user = signed_in_user(request)
    video = get_watchable_brief(request, video_id)
    toggle_reaction(
        request,
        services.get_reaction(user, video),
        lambda value: services.react(user, video, value),
        lambda: services.withdraw(user, video),
    )
    return redirect("watch", video_id=video.pk)
