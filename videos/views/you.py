"""The hub of a signed-in viewer: their lists, their channel, and the settings that one changes often."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import preferences, profile
from accounts.current_user import signed_in_user
from accounts.models import User
from videos.access import may_watch
from videos.hooks.home_page import MAX_ENTRIES, Shelf
from videos.mappers import serialize_card
from videos.playback import history
from videos.watch_marks import add_watch_marks


@login_required
@require_safe
def you(request: HttpRequest) -> HttpResponse:
    """Show the hub, with the videos watched last."""
    user = signed_in_user(request)
    theme = preferences.value_of(user.preferences, "theme")
    context = add_watch_marks(user, {"shelf": _recently_watched(user), "chosen_theme": theme})
    return render(request, "videos/you.html", context)


def _recently_watched(user: User) -> Shelf:
    rows = history.history_of_user(user.pk).order_by(*history.RECENT)[: 2 * MAX_ENTRIES]
    entries = [{"video": serialize_card(row.video)} for row in rows if may_watch(user, row.video)]
    return Shelf("history", _("History"), "/history", entries[:MAX_ENTRIES])


@login_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Store the theme. Raises ``Invalid``."""
    profile.update_preferences(signed_in_user(request), {"theme": request.POST.get("theme", "")})
    return redirect("you")
