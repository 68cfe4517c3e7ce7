"""Pages behind the unsubscribe link of a mail. Opening it changes nothing: mail scanners open links."""

from __future__ import annotations

from functools import partial

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts import unsubscribe_links
from accounts.models import User
from accounts.views._links import invalid_link_page
from streamsite.cache_headers import never_cached
from streamsite.errors import SiteError
from streamsite.page_limits import count_writes_as
from streamsite.rate_limits import UNSUBSCRIBE
from streamsite.view_actions import attempt
from streamsite.view_helpers import allow_get_and_post

_invalid_link_page = partial(invalid_link_page, settings_page="settings-notifications")


@login_not_required
@csrf_exempt  # The link's token proves the request: mail programs send no cookie (RFC 8058).
@count_writes_as(UNSUBSCRIBE)
@never_cached
@allow_get_and_post
def unsubscribe(request: HttpRequest) -> HttpResponse:
    """Ask whether to unsubscribe; a POST, from the page's button or from a mail program, does it at once."""
    found = attempt(lambda: unsubscribe_links.read_token(request.GET.get("token", "")))
    if isinstance(found, SiteError):
        return _invalid_link_page(request, found)
    user, kind = found
    if request.method != "POST":
        return _page(request, user, "ask", address=request.get_full_path())
    return _page(request, user, "done", undo_token=unsubscribe_links.unsubscribe(user, kind))


@login_not_required
@never_cached
@require_POST
def undo_unsubscribe(request: HttpRequest) -> HttpResponse:
    """Subscribe the account again to what it just unsubscribed from."""
    user = attempt(lambda: unsubscribe_links.resubscribe(request.POST.get("token", "")))
    if isinstance(user, SiteError):
        return _invalid_link_page(request, user)
    return _page(request, user, "undone")


def _page(request: HttpRequest, user: User, state: str, **context: str) -> HttpResponse:
    return render(request, "accounts/unsubscribe.html", {"account": user, "state": state} | context)
