"""Where the unsubscribe link of a mail leads. Opening it changes nothing: mail scanners open links."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts import unsubscribe_links
from accounts.models import User
from streamsite.errors import SiteError
from streamsite.page_limits import count_writes_as
from streamsite.rate_limits import UNSUBSCRIBE


@csrf_exempt  # The link's token proves the request: mail programs send no cookie (RFC 8058).
@count_writes_as(UNSUBSCRIBE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest) -> HttpResponse:
    """Ask whether to unsubscribe; a POST does it at once, from the page's button or from a mail program."""
    try:
        user, kind = unsubscribe_links.read_token(request.GET.get("token", ""))
    except SiteError as error:
        return _invalid(request, error)
    if request.method != "POST":
        return _page(request, user, "ask", address=request.get_full_path())
    return _page(request, user, "done", undo_token=unsubscribe_links.unsubscribe(user, kind))


@never_cache
@require_POST
def undo_unsubscribe(request: HttpRequest) -> HttpResponse:
    """Take the last click back."""
    try:
        user = unsubscribe_links.resubscribe(request.POST.get("token", ""))
    except SiteError as error:
        return _invalid(request, error)
    return _page(request, user, "undone")


def _page(request: HttpRequest, user: User, state: str, **context: str) -> HttpResponse:
    return render(request, "accounts/unsubscribe.html", {"account": user, "state": state} | context)


def _invalid(request: HttpRequest, error: SiteError) -> HttpResponse:
    context = {"error": error, "settings_page": "settings-notifications"}
    return render(request, "accounts/link_invalid.html", context, status=error.status)
