"""Notifications, and the settings of where they arrive."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import preferences, profile
from accounts.current_user import signed_in_user
from accounts.views._links import invalid_link_page
from streamsite.api.pagination import paginate_latest
from streamsite.cache_headers import never_cached
from streamsite.errors import SiteError
from streamsite.page_limits import count_writes_as
from streamsite.rate_limits import UNSUBSCRIBE
from streamsite.view_actions import attempt, form_status, perform, posted_data, redirect_with_message
from streamsite.view_helpers import allow_get_and_post, render_page_or_part
from subscriptions.forms import NotificationsForm
from subscriptions.notifications import muting, queries, services, unfollow_links
from subscriptions.notifications.push import services as push
from videos.comments import following


@login_required
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """List the caller's notifications, latest first."""
    context = _open_list(request)
    return render_page_or_part(
        request, "subscriptions/notifications.html", "subscriptions/_notifications.html", context
    )


@never_cached
@login_required
@require_safe
def notification_panel(request: HttpRequest) -> HttpResponse:
    """Render the latest notifications for the panel that pages open at the bell."""
    return render(request, "subscriptions/_notification_panel.html", _open_list(request))


def _open_list(request: HttpRequest) -> dict[str, object]:
    """Return ``{page, unread}``: a page of the caller's notifications, and how many are unread.

    The first page marks what is new as seen.
    """
    user = signed_in_user(request)
    reader = queries.load_reader(user)
    entries, next_url = paginate_latest(
        request, lambda before, size: queries.load_page(user.pk, reader, before, size), absolute=False
    )
    rows, unread = queries.load_rows(entries, user.pk, reader)
    if not request.GET.get("cursor") and queries.has_unseen(entries, reader):
        services.mark_seen(user.pk)
    return {"page": {"next": next_url, "previous": None, "results": rows}, "unread": unread}


@login_required
@require_POST
def mark_all_read(request: HttpRequest) -> HttpResponse:
    """Mark the notifications with the sent ``ids`` as read, separated by commas; without any, all."""
    user = signed_in_user(request)
    ids = [each for each in request.POST.get("ids", "").split(",") if each]
    if ids:
        services.mark_read(user.pk, ids[: services.MAX_MARKED])
    else:
        services.mark_all_read(user.pk)
    return redirect("notifications")


@login_required
@require_POST
def mute(request: HttpRequest) -> HttpResponse:
    """Turn off notifications of a sent ``kind``, or those of a ``channel`` about its videos and posts."""
    user = signed_in_user(request)
    if channel := request.POST.get("channel", ""):
        muting.mute_channel(user, channel)
        text = _("You won't get notifications about new videos and posts from @%(channel)s.") % {
            "channel": channel
        }
    else:
        muting.mute_kind(user, request.POST.get("kind", ""))
        text = _("You won't get notifications like this on the site. You can turn them back on in Settings.")
    return redirect_with_message(request, text, "notifications")


@count_writes_as(UNSUBSCRIBE)
@never_cached
@allow_get_and_post
def unfollow_thread(request: HttpRequest) -> HttpResponse:
    """Stop following a thread by a mail's link. Opening it changes nothing: mail scanners open links."""
    found = attempt(lambda: unfollow_links.read_token(request.GET.get("token", "")))
    if isinstance(found, SiteError):
        return invalid_link_page(request, found, settings_page="settings-notifications")
    account, thread_id = found
    if request.method == "POST":
        following.unfollow(account.pk, thread_id)
    context = {"account": account, "is_done": request.method == "POST", "address": request.get_full_path()}
    return render(request, "subscriptions/stop_thread.html", context)


@login_required
@allow_get_and_post
def settings_notifications(request: HttpRequest) -> HttpResponse:
    """Choose which notifications arrive on the site, by email, on both or not at all."""
    user = signed_in_user(request)
    form = NotificationsForm(posted_data(request), chosen=preferences.with_defaults(user.preferences))
    response = perform(
        request,
        form,
        lambda: profile.update_preferences(user, form.preferences()),
        lambda _done: redirect_with_message(request, _("Saved."), "settings-notifications"),
    )
    context = {"form": form, "browsers": push.list_browsers(user)}
    return response or render(
        request, "subscriptions/settings_notifications.html", context, status=form_status(form)
    )
