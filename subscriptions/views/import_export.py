"""Subscriptions in other programs: export, import, and the private feed."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.current_user import page_session_id, signed_in_user
from accounts.reauthentication import ProofRequired
from accounts.views.reauthentication import redirect_to_confirmation
from streamsite import xml
from streamsite.cache_headers import PRIVATE_NEVER_STORED, PRIVATE_REVALIDATED
from streamsite.errors import SiteError
from streamsite.view_actions import attempt, redirect_with_message
from subscriptions import opml, private_feed
from subscriptions.api.import_export import opml_response, read_uploaded_opml
from videos.syndication.feeds import CONTENT_TYPE


@login_not_required  # its secret address stands for the account
@require_safe
@PRIVATE_REVALIDATED
def serve_private_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the feed behind a secret address as RSS."""
    found = private_feed.feed_by_token(token)
    response = xml.respond(request, found.content, CONTENT_TYPE, found.modified)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


@login_required
@require_safe
def export_subscriptions(request: HttpRequest) -> HttpResponse:
    """Serve the caller's subscriptions as an OPML file."""
    return opml_response(opml.export_subscriptions(signed_in_user(request)))


@login_required
@require_safe
def import_export_page(request: HttpRequest) -> HttpResponse:
    """Show export, import, and the private feed."""
    return _page(request)


@login_required
@require_POST
def import_subscriptions(request: HttpRequest) -> HttpResponse:
    """Subscribe to the channels that a file names."""
    user = signed_in_user(request)
    outcome = attempt(lambda: opml.import_subscriptions(user, read_uploaded_opml(request.FILES)))
    if isinstance(outcome, SiteError):
        messages.error(request, outcome.detail)
        return _page(request, status=outcome.status)
    return _page(request, outcome=outcome)


@login_required
@require_POST
def change_private_feed(request: HttpRequest) -> HttpResponse:
    """Create a new secret address, which only this page shows, or revoke it (``action=end``)."""
    user = signed_in_user(request)
    if request.POST.get("action") == "end":
        private_feed.revoke(user.pk)
        return redirect_with_message(request, _("Private feed revoked."), "subscriptions-programs")
    address = attempt(
        lambda: private_feed.create_address(user, session_id=page_session_id(request)), ProofRequired
    )
    if isinstance(address, SiteError):
        return redirect_to_confirmation(reverse("subscriptions-programs"))
    return PRIVATE_NEVER_STORED.set_on(_page(request, address=address))


def _page(request: HttpRequest, status: int = 200, **context: object) -> HttpResponse:
    context["feed"] = private_feed.load_status(signed_in_user(request))
    return render(request, "subscriptions/import_export.html", context, status=status)
