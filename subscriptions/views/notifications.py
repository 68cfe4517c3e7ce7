"""Pages of notifications: what one is told, and where one wants to be told."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import preferences, profile
from accounts.models import User
from streamsite.api.pagination import paginate_latest
from streamsite.errors import SiteError
from streamsite.page_limits import count_writes_as
from streamsite.rate_limits import UNSUBSCRIBE
from streamsite.view_helpers import is_htmx
from subscriptions.forms import NotificationsForm
from subscriptions.notifications import queries, services, unfollow_links
from videos.comments import following


@login_required
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """What the viewer is told, the latest first."""
    user = cast(User, request.user)
    known = queries.load_reader(user)
    rows, following = paginate_latest(
        request, lambda before, size: queries.load_page(user.pk, known, before, size), absolute=False
    )
    results, unread = queries.serialize_with_unread(rows, user.pk, known)
    context = {"page": {"next": following, "previous": None, "results": results}, "unread": unread}
    template = "_notifications.html" if is_htmx(request) else "notifications.html"
    return render(request, f"subscriptions/{template}", context)


@login_required
@require_POST
def mark_all_read(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    services.mark_all_read(str(request.user.pk))
    return redirect("notifications")


@count_writes_as(UNSUBSCRIBE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unfollow_thread(request: HttpRequest) -> HttpResponse:
    """Where a mail's link to stop following a thread leads. Opening it changes nothing: mail scanners open links."""
    try:
        account, thread_id = unfollow_links.read_token(request.GET.get("token", ""))
    except SiteError as error:
        context = {"error": error, "settings_page": "settings-notifications"}
        return render(request, "accounts/link_invalid.html", context, status=error.status)
    if request.method == "POST":
        following.unfollow(account.pk, thread_id)
    context = {"account": account, "is_done": request.method == "POST", "address": request.get_full_path()}
    return render(request, "subscriptions/stop_thread.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_notifications(request: HttpRequest) -> HttpResponse:
    """Where the viewer hears of what."""
    user = cast(User, request.user)
    chosen = preferences.with_defaults(user.preferences)
    form = NotificationsForm(request.POST if request.method == "POST" else None, chosen=chosen)
    if form.is_bound and form.is_valid():
        profile.update_preferences(user, form.preferences())
        messages.success(request, "Saved.")
        return redirect("settings-notifications")
    status = 400 if form.is_bound else 200
    return render(request, "subscriptions/settings_notifications.html", {"form": form}, status=status)
