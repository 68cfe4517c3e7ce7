"""Writes on pages are limited like those of the API, by the same counters.

A view names its group with ``count_writes_as``; the usual one is ``WRITES``. The administration has a group of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from streamsite import csrf, error_responses, errors
from streamsite.http_methods import SAFE_METHODS
from streamsite.rate_limits import ADMIN_WRITES, WRITES, Limit, enforce, throttle_key

# What was typed is given back on the page that refuses it, up to this many bytes of a form without files.
RETURNED_BYTES = 100_000
# Such values never go back into a page.
SECRET_WORDS = ("password", "otp", "token", "code")

View = TypeVar("View", bound=Callable[..., object])


def count_writes_as(limit: Limit) -> Callable[[View], View]:
    """Count a page's writes in another group than ``WRITES``."""

    def decorate(view: View) -> View:
        view.write_limit = limit  # type: ignore[attr-defined]
        return view

    return decorate


class PageLimitMiddleware:
    """Counts every unsafe request to a page, by account or else by address, before its body is read.

    The API counts its own in ``streamsite.api.throttling``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; writes are counted in ``process_view``."""
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[object, ...],
        kwargs: dict[str, object],
    ) -> HttpResponseBase | None:
        """Count a write to a page; return a refusal when it is one too many."""
        if request.method in SAFE_METHODS or request.path.startswith("/api/"):
            return None
        is_admin = bool(request.resolver_match and request.resolver_match.app_name == "admin")
        limit = ADMIN_WRITES if is_admin else getattr(view, "write_limit", WRITES)
        try:
            enforce(limit, str(request.user.pk) if request.user.is_authenticated else throttle_key(request))
        except errors.Throttled as error:
            return _refuse(request, error)
        return None


def _refuse(request: HttpRequest, error: errors.Throttled) -> HttpResponseBase:
    fields = _typed(request)
    if not fields:
        return error_responses.error_response(request, error)
    context = {"error": error, "request_id": getattr(request, "request_id", ""), "fields": fields}
    response = render(request, "429.html", context, status=error.status)
    return error_responses.add_headers(response, error)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the form's fields for another try, if it comes from our own page and holds nothing secret."""
    length = request.META.get("CONTENT_LENGTH") or ""
    is_small = length.isdecimal() and int(length) <= RETURNED_BYTES
    is_plain = request.content_type == "application/x-www-form-urlencoded"
    if not (is_small and is_plain and request.method == "POST" and request.user.is_authenticated):
        return []
    if csrf.rejection(request, request.POST) is not None:
        return []
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    fields = [(name, str(value)) for name, value in sent if name != "csrfmiddlewaretoken"]
    is_secret = any(word in name for name, _ in fields for word in SECRET_WORDS)
    return [] if is_secret else fields
