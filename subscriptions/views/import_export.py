"""Pages about subscriptions in other programs, and the private feed itself."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.reauthentication import ProofRequired
from accounts.views.reauthentication import redirect_to_confirmation
from accounts.web_sessions import SESSION_KEY
from streamsite import xml
from streamsite.errors import SiteError
from subscriptions import opml, private_feed
from subscriptions.api.import_export import opml_response, read_uploaded_opml
from videos.syndication.feeds import CONTENT_TYPE


@require_safe
def serve_private_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The feed behind a secret address, as RSS."""
    found = private_feed.feed_by_token(token)
    answer = xml.respond(request, found.content, CONTENT_TYPE, found.modified)
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@login_required
@require_safe
def export_subscriptions(request: HttpRequest) -> HttpResponse:
    """Subscriptions as a file."""
    return opml_response(opml.export_subscriptions(cast(User, request.user)))


@login_required
@require_safe
def import_export_page(request: HttpRequest) -> HttpResponse:
    """Export, import, and the private feed."""
    return _page(request)


@login_required
@require_POST
def import_subscriptions(request: HttpRequest) -> HttpResponse:
    """Subscribe to what a file names."""
    try:
        outcome = opml.import_subscriptions(cast(User, request.user), read_uploaded_opml(request.FILES))
    except SiteError as error:
        messages.error(request, error.detail)
        return _page(request, status=error.status)
    return _page(request, outcome=outcome)


@login_required
@require_POST
def change_private_feed(request: HttpRequest) -> HttpResponse:
    """Make a new secret address, which is shown this once, or end it."""
    user = cast(User, request.user)
    if request.POST.get("action") == "end":
        private_feed.revoke(user.pk)
        messages.success(request, "The private feed has ended.")
        return redirect("subscriptions-programs")
    try:
        address = private_feed.create_address(user, session_id=request.session.get(SESSION_KEY))
    except ProofRequired:
        return redirect_to_confirmation(reverse("subscriptions-programs"))
    answer = _page(request, address=address)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _page(request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    context["feed"] = private_feed.load_status(cast(User, request.user))
    return render(request, "subscriptions/programs.html", context, status=status)
