"""Every page sign-in, Django admin's included, gets a session document; signing out ends it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import sessions
from accounts.models import User

SESSION_KEY = "sid"


@receiver(user_logged_in)
def open_session(sender: type, request: HttpRequest | None, user: User, **extra: Any) -> None:
    """Start the document that governs the page's session."""
    if request is None:
        return
    remember = bool(getattr(request, "remember_me", False))
    document = sessions.start(request, user, client=sessions.PAGE, remember=remember)
    request.session[SESSION_KEY] = document["_id"]
    request.session.set_expiry(None if remember else 0)


@receiver(user_logged_out)
def close_session(sender: type, request: HttpRequest | None, user: User | None, **extra: Any) -> None:
    """End the document with the page's session."""
    if request is None or user is None:
        return
    session_id = request.session.get(SESSION_KEY)
    if session_id:
        sessions.revoke(session_id, user.pk, "logout")
