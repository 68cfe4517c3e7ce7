"""Who is signed in, for every template."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest

from accounts import account_marks, deliverability, email_verification, preferences
from accounts.mappers import serialize_badge


def me(request: HttpRequest) -> dict[str, Any]:
    """``me``: the signed-in channel's badge, or ``None``. ``theme``, ``autoplay``, ``autoplay_open``: what they chose.
    ``must_verify_email``: whether they are to be reminded that publishing needs it. ``refused_address``: an address of
    theirs that a mail server refused for good, or ``""``. ``account_mark``: see ``account_marks``.

    ``theme`` is ``None`` until somebody chooses: then each browser's own memory decides.
    """
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {
            "me": None,
            "theme": None,
            "autoplay": True,
            "autoplay_open": True,
            "must_verify_email": False,
            "refused_address": "",
            "account_mark": "",
        }
    chosen = preferences.with_defaults(user.preferences)
    theme = chosen["theme"] if "theme" in user.preferences else None
    playing = {name: chosen[name] for name in ("autoplay", "autoplay_open")}
    return {
        "me": serialize_badge(user),
        "theme": theme,
        "must_verify_email": email_verification.needs_verified_email(user),
        "refused_address": deliverability.refused_address(user),
        # Called by the template that uses it, which is how the page says that it checks the mark.
        "account_mark": partial(account_marks.mark_for_page, request),
        **playing,
    }
