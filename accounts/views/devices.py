"""The devices that are signed in."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import audit, sessions
from accounts.models import User
from accounts.web_sessions import SESSION_KEY
from streamsite.api.renderers import iso


@login_required
@require_safe
def settings_sessions(request: HttpRequest) -> HttpResponse:
    """The devices that are signed in."""
    listed = sessions.list_sessions(cast(User, request.user), request.session.get(SESSION_KEY))
    shown = [
        {
            **entry,
            "created_at": iso(entry["created_at"]),
            "last_used_at": iso(entry["last_used_at"]),
            "expires_at": iso(entry["expires_at"]),
        }
        for entry in listed
    ]
    return render(
        request,
        "accounts/settings_sessions.html",
        {"sessions": shown},
    )


@login_required
@require_POST
def revoke_session(request: HttpRequest, session_id: str) -> HttpResponse:
    """Sign a device out."""
    user_id = str(request.user.pk)
    if sessions.revoke(session_id, user_id, "revoked_by_user"):
        audit.record("session_revoked", user_id, request=request, session_id=session_id)
        messages.success(request, "The device was signed out.")
    return redirect("settings-sessions")


@login_required
@require_POST
def revoke_others(request: HttpRequest) -> HttpResponse:
    """Sign out every device but this one."""
    user_id = str(request.user.pk)
    ended = sessions.revoke_all(user_id, "logout_all", keep=request.session.get(SESSION_KEY))
    audit.record("logout_all", user_id, request=request)
    messages.success(request, f"{ended} other device{'' if ended == 1 else 's'} logged out.")
    return redirect("settings-sessions")
