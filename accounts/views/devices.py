"""The devices that are signed in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import sessions
from accounts.signals import SESSION_KEY
from streamsite.api.renderers import iso


@login_required
@require_safe
def settings_sessions(request: HttpRequest) -> HttpResponse:
    """The devices that are signed in."""
    listed = sessions.listing(str(request.user.pk), request.session.get(SESSION_KEY))
    for entry in listed:
        for name in ("created_at", "last_used_at", "expires_at"):
            entry[name] = iso(entry[name])
    return render(
        request,
        "accounts/settings_sessions.html",
        {"sessions": listed},
    )


@login_required
@require_POST
def revoke_session(request: HttpRequest, session_id: str) -> HttpResponse:
    """Sign a device out."""
    if sessions.revoke(session_id, str(request.user.pk), "revoked_by_user"):
        messages.success(request, "The device was signed out.")
    return redirect("settings-sessions")
