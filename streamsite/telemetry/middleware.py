"""Makes a span of each request, and lets reports of errors name the request."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from streamsite import access_log
from streamsite.metrics.instruments import OTHER
from streamsite.metrics.requests import METHODS
from streamsite.rate_limits import client_address
from streamsite.route_names import route_name
from streamsite.telemetry.current import answering
from streamsite.telemetry.spans import Kind, Span, is_tracing, root

SERVER_ERROR = 500


class TelemetryMiddleware:
    """Makes a trace of each request but those for files; there is no such middleware while both are off.

    What a caller says about traces is ignored: it would decide what is recorded.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not (settings.SENTRY_DSN or settings.OTEL_TRACES):
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        with answering(request):
            if not is_tracing() or request.path.startswith(access_log.FILES):
                return self.get_response(request)
            method = request.method if request.method in METHODS else OTHER
            with root(str(method), Kind.SERVER, {"http.request.method": str(method)}) as span:
                response = self.get_response(request)
                if span is not None:
                    _describe(span, request, response, str(method))
            return response


def _describe(span: Span, request: HttpRequest, response: HttpResponseBase, method: str) -> None:
    route, status = route_name(request), response.status_code
    attributes: dict[str, str | int] = {
        "http.route": route,
        "http.response.status_code": status,
        "streamsite.request_id": getattr(request, "request_id", ""),
    }
    if settings.LOG_CLIENTS:
        attributes["client.address"] = client_address(request)
        if user := access_log.user_id(request):
            attributes["user.id"] = user
    span.describe(attributes, name=f"{method} {route}")
    if status >= SERVER_ERROR:
        span.fail(getattr(request, "log_reason", "").partition(" ")[0] or str(status))
