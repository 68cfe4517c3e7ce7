"""The origin that URLs in answers start with: ``SITE_URL``, or in a local network the one that the caller used.

``script/server --host`` opens a site without a name of its own to a local network. A phone cannot open
``http://localhost:8000``, and a machine has several addresses, so that URLs there name the host of the request when it
is one of ``NETWORK_HOSTS``. Outside of requests, in mails for example, they start with ``SITE_URL``.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase

Handler = Callable[[HttpRequest], HttpResponseBase]

_used: ContextVar[str] = ContextVar("used_origin", default="")


def current() -> str:
    """Return scheme, host and port without a slash at the end, such as ``https://video.example.org``."""
    return _used.get() or str(settings.SITE_URL)


def _of(request: HttpRequest) -> str:
    try:
        host = request.get_host()
    except DisallowedHost:
        return ""
    return f"http://{host}" if split_domain_port(host)[0] in settings.NETWORK_HOSTS else ""


class OriginMiddleware:
    """Let URLs in the answer start with the address that the request was sent to, in a local network."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Handle the request with its own address as the origin of URLs."""
        if not settings.NETWORK_HOSTS:
            return self.get_response(request)
        token = _used.set(_of(request))
        try:
            return self.get_response(request)
        finally:
            _used.reset(token)
