"""The browsers that show an account's notifications, and the script that shows them."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.current_user import signed_in_user
from streamsite import xml
from streamsite.cache_headers import never_cached
from streamsite.view_actions import attempt, redirect_with_message
from streamsite.view_helpers import allow_get_and_post
from subscriptions.notifications.push import services


@never_cached
@login_required
@allow_get_and_post
def settings_browsers(request: HttpRequest) -> HttpResponse:
    """Render the list of browsers for the settings page, or remove the one with a sent ``id``."""
    user = signed_in_user(request)
    if request.method == "POST":
        attempt(lambda: services.unsubscribe(user, request.POST.get("id", "")))
        return redirect_with_message(request, _("Browser removed."), "settings-notifications")
    return render(request, "subscriptions/_push_browsers.html", {"browsers": services.list_browsers(user)})


@login_not_required  # browsers fetch it again while nobody is signed in
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker at an address that is the same in every release: subscriptions belong to it."""
    return xml.respond(request, _script() if not settings.DEBUG else _script.__wrapped__(), "text/javascript")


@cache
def _script() -> bytes:
    return bytes((settings.BASE_DIR / "static" / "js" / "push" / "worker.js").read_bytes())
