"""Who is signed in, for every template."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from accounts.mappers import badge


def me(request: HttpRequest) -> dict[str, Any]:
    """``me``: the signed-in channel's badge, or ``None``."""
    user: Any = getattr(request, "user", None)
    return {"me": badge(user) if user is not None and user.is_authenticated else None}
