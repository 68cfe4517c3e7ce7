"""Helpers of pages that are opened by a link with a token."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts import email_tokens
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


def move_token_to_cookie(request: HttpRequest, name: str, page: str, seconds: int) -> HttpResponse | None:
    """Move ``?token=`` into a cookie that only this page gets, and redirect to the address without it."""
    token = request.GET.get("token")
    if token is None:
        return None
    response = redirect(page)
    response.set_cookie(
        name,
        token[: email_tokens.MAX_TOKEN_LENGTH],
        max_age=seconds,
        path=response.url,
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",  # the click comes from a mail or a terminal
    )
    return response
