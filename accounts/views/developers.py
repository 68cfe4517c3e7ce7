"""The guide for developers."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from streamsite.markdown_pages import Guide, tokens_guide


@lru_cache(maxsize=1)
def _cached_guide() -> Guide:
    """Return the guide, rendered once per process."""
    return tokens_guide()


@require_safe
def developers_tokens(request: HttpRequest) -> HttpResponse:
    """Show the guide to access and refresh tokens."""
    guide = tokens_guide() if settings.DEBUG else _cached_guide()
    is_english = get_language() is None or str(get_language()).partition("-")[0] == "en"
    return render(
        request, "developers/tokens.html", {"guide": guide, "guide_is_in_this_language": is_english}
    )
