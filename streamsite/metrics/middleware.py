"""Answers ``/metrics`` to those who may read it; for everyone else there is no such page.

It is answered like the probes, before everything that could refuse it: Prometheus asks for an address, not for the
site's name. Whoever may not read it goes on to what every missing address gets.
"""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Callable
from hmac import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from streamsite import access_log, headers, logs
from streamsite.cache_headers import NEVER_STORED
from streamsite.http_methods import READ_METHODS
from streamsite.metrics import exposition

PATH = "/metrics"
# What proxies add. A request that has one of these was passed on, wherever its last step came from.
PROXY_HEADERS = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_SERVER",
    "HTTP_X_REAL_IP",
    "HTTP_X_CLIENT_IP",
    "HTTP_X_ACCEL_SETS_CACHE_CONTROL",
    "HTTP_FORWARDED",
    "HTTP_VIA",
    "HTTP_CF_CONNECTING_IP",
    "HTTP_CDN_LOOP",
    "HTTP_TRUE_CLIENT_IP",
)
LOOPBACK_NAME = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?", re.IGNORECASE | re.ASCII)


def may_read(request: HttpRequest) -> bool:
    """Return whether the request has the token, or comes from this machine and through no proxy."""
    return _has_token(request) or _is_from_this_machine(request)


def _has_token(request: HttpRequest) -> bool:
    scheme, _, given = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    expected = settings.METRICS_TOKEN
    return (
        bool(expected)
        and scheme.lower() == "bearer"
        and compare_digest(given.strip().encode(errors="replace"), expected.encode())
    )


def _is_from_this_machine(request: HttpRequest) -> bool:
    """Return whether the connection begins on this machine, as far as that can be told.

    Behind a web server on the same machine every connection does, so three things are asked at once: that the address
    is loopback, that no proxy has left a header, and that the name is one for this machine. A proxy that adds nothing
    keeps the site's public name; one that replaces the name adds a header, or would break every form of the site.
    nginx of ``script/server`` comes by a socket without an address.
    """
    return (
        _is_loopback(request.META.get("REMOTE_ADDR", ""))
        and not any(name in request.META for name in PROXY_HEADERS)
        and LOOPBACK_NAME.fullmatch(request.META.get("HTTP_HOST", "")) is not None
    )


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


class MetricsMiddleware:
    """Answers ``GET /metrics``, or passes the request on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer if this is for Prometheus."""
        if request.path_info != PATH or request.method not in READ_METHODS or not may_read(request):
            return self.get_response(request)
        begun = time.perf_counter()
        with logs.bind_request_id(request) as request_id:
            response = HttpResponse(exposition.text(), content_type=exposition.CONTENT_TYPE)
            access_log.log_request(request, response, begun, is_probe=True)
        response["X-Request-Id"] = request_id
        for name, value in headers.security_headers().items():
            response[name] = value
        NEVER_STORED.set_on(response)
        response["Content-Length"] = str(len(response.content))
        return response
