"""Receivers: web sign-ins, Django admin's included, get a session document; signing out ends it."""

from __future__ import annotations

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import account_marks, audit, sessions, tasks
from accounts.auth_session_store import SessionDoc
from accounts.models import User
from accounts.signals import refresh_token_reused
from accounts.web_sessions import SESSION_KEY


@receiver(user_logged_in)
def open_session(sender: type, request: HttpRequest | None, user: User, **extra: object) -> None:
    """Create the session document that governs the web session."""
    if request is None:
        return
    remember = bool(getattr(request, "remember_me", False))
    amr = getattr(request, "amr", ["pwd"])
    document = sessions.create_session(
        request,
        user,
        client=sessions.PAGE,
        remember=remember,
        amr=amr,
        is_proof=getattr(request, "is_proof", True),
    )
    audit.record("login", user.pk, request=request, session_id=document["_id"])
    request.session[SESSION_KEY] = document["_id"]
    request.session.set_expiry(None if remember else 0)


@receiver(user_logged_out)
def close_session(sender: type, request: HttpRequest | None, user: User | None, **extra: object) -> None:
    """Revoke the session on logout."""
    if request is None or user is None:
        return
    if not getattr(request, "session_ended", False):
        account_marks.record_sign_out(request, user.pk)
    session_id = request.session.get(SESSION_KEY)
    if session_id:
        sessions.revoke(session_id, user.pk, "logout")
        audit.record("logout", user.pk, request=request, session_id=session_id)


@receiver(refresh_token_reused)
def alert_token_reuse(sender: type, user: User, session: SessionDoc, **extra: object) -> None:
    """Alert the owner that a refresh token was reused."""
    audit.record("refresh_reused", user.pk, session_id=session["_id"])
    tasks.enqueue_mail(
        "refresh_reused", user, user_agent=session["user_agent"], ip_prefix=session["ip_prefix"]
    )
