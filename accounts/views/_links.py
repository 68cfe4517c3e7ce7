"""The page of a mailed link that does not work."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from streamsite.errors import SiteError


def invalid_link_page(
    request: HttpRequest, error: SiteError, *, again: str = "", settings_page: str = ""
) -> HttpResponse:
    """Say why a mailed link does not work.

    The page leads to the page named ``again``, which sends another link, or to the settings, those named
    ``settings_page`` if given.
    """
    context = {"error": error, "again": again, "settings_page": settings_page}
    return render(request, "accounts/link_invalid.html", context, status=error.status)
