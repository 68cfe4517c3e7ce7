"""Request ids and their log lines, security headers, CORS of the API, and the translation of errors into responses."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import quote

from corsheaders.middleware import CorsMiddleware
from django.core.handlers.wsgi import get_bytes_from_wsgi
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.urls import Resolver404, ResolverMatch, is_valid_path, resolve
from django.utils.encoding import escape_uri_path
from django.utils.http import escape_leading_slashes

from streamsite import cors, errors, logs
from streamsite.headers import CONTENT_POLICY, PERMISSIONS_POLICY

Handler = Callable[[HttpRequest], HttpResponseBase]

# What a query string may hold as it is: the characters with a meaning in URLs, and what is quoted already.
QUERY_SAFE_CHARACTERS = "/#%[]=:;$&()+,!?*@'~"


def framed_content_policy(ancestors: str) -> str:
    """Return the policy of a page that the sources in ``ancestors`` may frame, such as ``*`` or ``example.org:*``."""
    return CONTENT_POLICY.replace("frame-ancestors 'none'", f"frame-ancestors {ancestors}")


class RequestIdMiddleware:
    """Gives requests an id, on the response and on log lines, and writes one line for each when it is answered."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        begun = time.perf_counter()
        with logs.bind_request_id(request) as request_id:
            response = self.get_response(request)
            logs.log_request(request, response, begun)
        response["X-Request-Id"] = request_id
        return response


class SecurityHeadersMiddleware:
    """Security headers on everything that does not bring its own, and the API's rate limits.

    What pages of other origins may load says so itself (``cors.open_to_all``, frames); the rest is for this site.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        for name, value in getattr(request, "rate_limit_headers", {}).items():
            response.headers.setdefault(name, value)
        return response


class ApiCorsMiddleware(CorsMiddleware):
    """CORS of the API by its allow-list; ``streamsite.cors`` names the headers.

    ``OPTIONS`` of an upload is a preflight and a request of the upload protocol at once: the view answers it.
    """

    def check_preflight(self, request: HttpRequest) -> HttpResponseBase | None:
        response = super().check_preflight(request)
        is_upload = request.path_info.rstrip("/").startswith("/api/v1/uploads")
        return None if is_upload else response


class PageCompressionMiddleware(GZipMiddleware):
    """Pages are sent compressed, with a padding of random length that hides how well what they hold compresses.

    Nothing else is: JSON may mix secrets with what a caller sent, and media are compressed already.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        return super().process_response(request, response) if is_page else response


class TrailingSlashMiddleware:
    """Serve an API address with a trailing slash like the one without it, and redirect pages and files to theirs.

    Addresses that end with a slash by themselves, such as those of the administration, stay. So does what has no route
    without the slash. Redirects keep the query string: 301, or 308 for methods whose body a 301 would lose. ``OPTIONS``
    is answered in place, because browsers do not follow the redirect of a preflight.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
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
    # The names of media files may have slashes in them, but do not end with one.
    if is_valid_path(path) and not path.startswith("/media/"):
        return None
    try:
        return resolve(shorter)
    except Resolver404:
        return None


def _redirect(request: HttpRequest, *, is_open: bool) -> HttpResponse:
    """Redirect to the same address without its trailing slash, on the same host."""
    target = escape_leading_slashes(escape_uri_path(request.path.removesuffix("/")))
    # As bytes, because WSGI has them as Latin-1; what a client should have quoted is quoted.
    query = quote(get_bytes_from_wsgi(request.META, "QUERY_STRING", ""), safe=QUERY_SAFE_CHARACTERS)
    location = f"{target}?{query}" if query else target
    status = 301 if request.method in cors.SAFE_METHODS else 308
    response = HttpResponse(status=status, headers={"Location": location})
    if is_open:
        # A page elsewhere that may read what is there must be able to follow.
        cors.allow_any_origin(response)
    return response


class ErrorMiddleware:
    """Turns ``SiteError``, a database that is away and objects that vanished into the contract's JSON or a page.

    What other middleware raises is out of its reach; ``errors.server_error`` answers that.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        error = errors.from_exception(exception)
        if error is None:
            return None
        errors.note_for_log(request, error, exception)
        return errors.error_response(request, error)
