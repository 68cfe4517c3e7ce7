"""Every page sign-in, Django admin's included, gets a session document; signing out ends it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import account_marks, audit, sessions, tasks
from accounts.models import User

SESSION_KEY = "sid"


@receiver(user_logged_in)
def open_session(sender: type, request: HttpRequest | None, user: User, **extra: Any) -> None:
    """Start the document that governs the page's session."""
    if request is None:
        return
    remember = bool(getattr(request, "remember_me", False))
    amr = getattr(request, "amr", ["pwd"])
    document = sessions.create_session(request, user, client=sessions.PAGE, remember=remember, amr=amr)
    audit.record("login", user.pk, request=request, session_id=document["_id"])
    request.session[SESSION_KEY] = document["_id"]
    request.session.set_expiry(None if remember else 0)


@receiver(user_logged_out)
def close_session(sender: type, request: HttpRequest | None, user: User | None, **extra: Any) -> None:
    """End the document with the page's session."""
    if request is None or user is None:
        return
    if not getattr(request, "session_ended", False):
        account_marks.record_sign_out(request, user.pk)
    session_id = request.session.get(SESSION_KEY)
    if session_id:
        sessions.revoke(session_id, user.pk, "logout")
        audit.record("logout", user.pk, request=request, session_id=session_id)


@receiver(sessions.refresh_token_reused)
def alert_token_reuse(sender: type, user: User, session: dict[str, Any], **extra: Any) -> None:
    """A used refresh token came again: somebody has a copy, and its owner has to know."""
    audit.record("refresh_reused", user.pk, session_id=session["_id"])
    tasks.enqueue_mail(
        "refresh_reused", user, user_agent=session["user_agent"], ip_prefix=session["ip_prefix"]
    )
