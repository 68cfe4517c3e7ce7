"""Settings: the devices that are signed in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import audit, sessions
from accounts.current_user import page_session_id, signed_in_user
from streamsite.api.renderers import iso
from streamsite.view_actions import redirect_with_message


@login_required
@require_safe
def settings_sessions(request: HttpRequest) -> HttpResponse:
    """List the devices that are signed in."""
    listed = sessions.list_sessions(signed_in_user(request), page_session_id(request))
    shown = [
        {
            **entry,
            "created_at": iso(entry["created_at"]),
            "last_used_at": iso(entry["last_used_at"]),
            "expires_at": iso(entry["expires_at"]),
        }
        for entry in listed
    ]
    return render(request, "accounts/settings_sessions.html", {"sessions": shown})


@login_required
@require_POST
def revoke_session(request: HttpRequest, session_id: str) -> HttpResponse:
    """Sign a device out."""
    user_id = signed_in_user(request).pk
    if sessions.revoke(session_id, user_id, "revoked_by_user"):
        audit.record("session_revoked", user_id, request=request, session_id=session_id)
        messages.success(request, _("Device signed out."))
    return redirect("settings-sessions")


@login_required
@require_POST
def revoke_others(request: HttpRequest) -> HttpResponse:
    """Sign every device out but this one."""
    user_id = signed_in_user(request).pk
    ended = sessions.revoke_all(user_id, "logout_all", keep=page_session_id(request))
    audit.record("logout_all", user_id, request=request)
    message = ngettext(
        "Signed out of %(count)d other device.", "Signed out of %(count)d other devices.", ended
    ) % {"count": ended}
    return redirect_with_message(request, message, "settings-sessions")
