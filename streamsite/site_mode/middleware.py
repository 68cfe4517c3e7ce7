"""Refuses what the site's mode does not allow, before a view, a limit, or a body is looked at."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from streamsite import error_responses
from streamsite.site_mode import rules


class SiteModeMiddleware:
    """Answers 503 to what ``rules`` refuses, as JSON, XML or a page.

    It stands behind the middleware that knows the caller, because staff may use the site during maintenance.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, or refuse it."""
        error = rules.refusal(request)
        return self.get_response(request) if error is None else error_responses.error_response(request, error)
