"""Request ids and their log lines, security headers, CORS of the API, and the translation of errors into responses."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import quote

from corsheaders.middleware import CorsMiddleware
from django.core.handlers.wsgi import get_bytes_from_wsgi
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, ResolverMatch, is_valid_path, resolve
from django.utils.encoding import escape_uri_path
from django.utils.http import escape_leading_slashes

from streamsite import access_log, cors, error_responses, errors, logs, request_turns
from streamsite.headers import CONTENT_POLICY, PERMISSIONS_POLICY
from streamsite.http_methods import READ_METHODS
from streamsite.metrics.requests import count_request

Handler = Callable[[HttpRequest], HttpResponseBase]

# Characters that stay in a query string: those with a meaning in URLs, and quoted ones.
QUERY_SAFE_CHARACTERS = "/#%[]=:;$&()+,!?*@'~"


def framed_content_policy(ancestors: str) -> str:
    """Return the policy of a page that the sources in ``ancestors`` may frame, such as ``*`` or ``example.org:*``."""
    return CONTENT_POLICY.replace("frame-ancestors 'none'", f"frame-ancestors {ancestors}")


class RequestIdMiddleware:
    """Gives requests an id, on the response and on log lines, and logs and counts responses."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Give the request an id and log it."""
        begun = request_turns.arrival(request.META)
        with logs.bind_request_id(request) as request_id:
            response = self.get_response(request)
            access_log.log_request(request, response, begun)
            count_request(request, response, time.perf_counter() - begun)
        response["X-Request-Id"] = request_id
        return response


class SecurityHeadersMiddleware:
    """Adds security headers to responses without their own, and the API's rate-limit headers.

    Responses that pages of other origins may load say so themselves (``cors.allow_any_origin``, frames); all others are
    for this site only.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add the headers that the view did not set."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        for name, value in getattr(request, "rate_limit_headers", {}).items():
            response.headers.setdefault(name, value)
        return response


class ApiCorsMiddleware(CorsMiddleware):
    """Applies the API's CORS allow-list; ``streamsite.cors`` names the headers.

    ``OPTIONS`` of an upload is a preflight and a request of the upload protocol at once: the view answers it.
    """

    def check_preflight(self, request: HttpRequest) -> HttpResponseBase | None:
        """Answer preflights, except those of uploads."""
        response = super().check_preflight(request)
        is_upload = request.path_info.rstrip("/").startswith("/api/v1/uploads")
        return None if is_upload else response


class TrailingSlashMiddleware:
    """Serve an API address with a trailing slash like the one without it, and redirect pages and files to theirs.

    Addresses that end with a slash by themselves, such as those of the administration, stay, and so do addresses that
    have no route without it. Redirects keep the query string: 301, or 308 for methods whose body a 301 would lose.
    ``OPTIONS`` is answered in place, because browsers do not follow the redirect of a preflight.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve or redirect an address with a trailing slash."""
        path, shorter = request.path_info, request.path_info.removesuffix("/")
        if shorter == path or shorter.endswith("/"):
            return self.get_response(request)
        is_api = shorter.startswith("/api/")
        match = None if is_api else _match(path, shorter)
        if match is not None and request.method != "OPTIONS":
            return _redirect(request, is_open=cors.allows_any_origin(match.func))
        if is_api or match is not None:
            request.path_info, request.path = shorter, request.path.removesuffix("/")
        return self.get_response(request)


def _match(path: str, shorter: str) -> ResolverMatch | None:
    """Return the route of ``shorter``, ``path`` without its slash; ``None`` when ``path`` has one itself."""
    # Names of media files may contain slashes, but do not end with one.
    if is_valid_path(path) and not path.startswith("/media/"):
        return None
    try:
        return resolve(shorter)
    except Resolver404:
        return None


def _redirect(request: HttpRequest, *, is_open: bool) -> HttpResponse:
    """Redirect to the same address without its trailing slash, on the same host."""
    target = escape_leading_slashes(escape_uri_path(request.path.removesuffix("/")))
    # As bytes, because WSGI has them as Latin-1. Characters that the client should have quoted are quoted.
    query = quote(get_bytes_from_wsgi(request.META, "QUERY_STRING", ""), safe=QUERY_SAFE_CHARACTERS)
    location = f"{target}?{query}" if query else target
    status = 301 if request.method in READ_METHODS else 308
    response = HttpResponse(status=status, headers={"Location": location})
    if is_open:
        # Pages of other origins that may read the target must be able to follow the redirect.
        cors.allow_any_origin(response)
    return response


class ErrorMiddleware:
    """Turns ``SiteError``, database outages and deleted objects into the contract's JSON or an error page.

    Errors of other middleware are out of its reach; ``server_error`` answers them.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; errors reach ``process_exception``."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Respond to an error that a caller can cause or that is an outage; ``None`` for faults of the site."""
        error = errors.from_exception(exception)
        if error is None:
            return None
        error_responses.note_for_log(request, error, exception)
        return error_responses.error_response(request, error)
