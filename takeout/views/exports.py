"""Settings: archives of the account's data."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.current_user import page_session_id, signed_in_user
from accounts.reauthentication import ProofRequired
from accounts.views.reauthentication import redirect_to_confirmation
from streamsite.cache_headers import never_cached
from streamsite.errors import SiteError
from streamsite.view_actions import attempt, perform_and_redirect
from takeout import mappers, tasks
from takeout.exports import services

SHOWN = 10


@never_cached
@login_required
@require_safe
def settings_export(request: HttpRequest) -> HttpResponse:
    """Show the latest exports with their progress."""
    return _page(request)


@login_required
@require_POST
def request_export(request: HttpRequest) -> HttpResponse:
    """Request an archive, with media if ``with_media`` is sent."""
    user = signed_in_user(request)
    outcome = attempt(
        lambda: services.request_export(
            user,
            session_id=page_session_id(request),
            enqueue=tasks.enqueue_export,
            with_media="with_media" in request.POST,
        )
    )
    if isinstance(outcome, ProofRequired):
        return redirect_to_confirmation("/settings/export")
    if isinstance(outcome, SiteError):
        return _page(request, status=outcome.status, refusal=outcome.detail)
    if outcome.is_new:
        audit.record("export_requested", user.pk, request=request)
    return redirect("settings-export")


@login_required
@require_POST
def delete_export(request: HttpRequest, export_id: str) -> HttpResponse:
    """Cancel an export, or delete its archive."""
    user = signed_in_user(request)
    return perform_and_redirect(
        request, lambda: services.cancel_export(user, export_id), _("Export deleted."), "settings-export"
    )


def _page(request: HttpRequest, status: int = 200, **context: object) -> HttpResponse:
    entries = services.list_exports(signed_in_user(request), None, SHOWN)
    context["exports"] = [mappers.serialize_export(entry.document) for entry in entries]
    return render(request, "takeout/settings_export.html", context, status=status)
