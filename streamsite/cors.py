"""Rules of cross-origin requests, in one place: which answers pages of other origins may read.

Two rules: files, feeds and embedding data that anyone may have are open to every origin, without credentials; the API
is open to the origins in ``CORS_ALLOWED_ORIGINS`` (``middleware.ApiCorsMiddleware``), which never send cookies.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

from streamsite.cache_headers import NEVER_STORED
from streamsite.http_methods import READ_METHODS

PREFLIGHT_SECONDS = 7_200
# What players and feed readers send for a file: ranges, conditions, and headers that some add to every request.
FILE_REQUEST_HEADERS = (
    *("Authorization", "Cache-Control", "Pragma", "X-Requested-With"),
    *("Range", "If-Range", "If-None-Match", "If-Modified-Since"),
)
FILE_RESPONSE_HEADERS = ("Content-Length", "Content-Range", "Accept-Ranges", "ETag", "X-Request-Id")

# What the API's contract uses, in requests and in answers.
API_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
API_REQUEST_HEADERS = (
    *("accept", "authorization", "content-type", "idempotency-key", "x-request-id", "x-requested-with"),
    *("if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range", "range"),
    *("tus-resumable", "upload-length", "upload-offset", "upload-metadata", "upload-checksum"),
    *("upload-concat", "upload-defer-length", "x-http-method-override"),
)
API_RESPONSE_HEADERS = (
    *("Allow", "Content-Disposition", "Content-Length", "Content-Range", "Accept-Ranges", "ETag", "Link"),
    *("Location", "Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
    *("WWW-Authenticate", "X-Request-Id", "X-Video-Id"),
    *("Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm"),
    *("Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Expires"),
    *("Upload-Concat", "Upload-Defer-Length"),
)

ALLOW_ORIGIN = "Access-Control-Allow-Origin"
# Of an answer that pages of every origin may read.
OPEN_HEADERS = {
    ALLOW_ORIGIN: "*",
    "Access-Control-Expose-Headers": ", ".join(FILE_RESPONSE_HEADERS),
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def allow_any_origin(response: HttpResponseBase) -> None:
    """Let pages of every origin read ``response``. Only for what anyone may have; call it once that is decided."""
    for name, value in OPEN_HEADERS.items():
        response[name] = value


def allow_preflight(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer ``OPTIONS`` for a view that calls ``allow_any_origin``.

    The view itself decides, as for ``HEAD``: a preflight tells nobody more than a request without credentials does.
    """

    @wraps(view)
    def decided(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.method != "OPTIONS":
            return view(request, *args, **kwargs)
        request.method = "HEAD"
        if ALLOW_ORIGIN not in view(request, *args, **kwargs):
            return HttpResponseNotAllowed(READ_METHODS)
        return _preflight()

    decided.is_open = True  # type: ignore[attr-defined]
    return decided


def allows_any_origin(view: Callable[..., object]) -> bool:
    """Return whether pages of other origins may be let read what ``view`` answers."""
    return getattr(view, "is_open", False)


def _preflight() -> HttpResponse:
    allowed = ", ".join((*READ_METHODS, "OPTIONS"))
    headers = {
        "Allow": allowed,
        "Access-Control-Allow-Methods": allowed,
        "Access-Control-Allow-Headers": ", ".join(FILE_REQUEST_HEADERS),
        "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
        "Cache-Control": NEVER_STORED.value,
    }
    response = HttpResponse(status=204, headers=headers)
    allow_any_origin(response)
    return response
