"""Responses to errors: JSON, XML or a page. Django's handlers and ``ErrorMiddleware`` call them."""

from __future__ import annotations

import sys

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from streamsite import logs, xml
from streamsite.cache_headers import NEVER_STORED
from streamsite.errors import (
    Absent,
    CsrfFailed,
    Forbidden,
    InternalError,
    Invalid,
    SiteError,
    describe_causes,
    from_exception,
)
from streamsite.site_settings.identity import site_name


def note_for_log(request: object, error: SiteError, cause: BaseException | None = None) -> None:
    """Keep the reason of an error for the request's log line: its code, and exception classes where they say more."""
    is_open = error.status >= 500 or isinstance(cause, SuspiciousOperation)
    if cause is None or isinstance(cause, SiteError) or not is_open:
        logs.record_refusal(request, error.code)
    else:
        logs.record_refusal(request, f"{error.code} ({describe_causes(cause)})")


def error_body(error: SiteError, request_id: str) -> dict[str, object]:
    """Return the JSON body of ``error``: ``{code, detail, request_id}``, ``fields`` and ``extra``."""
    content: dict[str, object] = {"code": error.code, "detail": error.detail, "request_id": request_id}
    if error.fields:
        content["fields"] = error.fields
    return content | error.extra


def wants_json(request: HttpRequest) -> bool:
    """Return whether errors of this request are JSON: those of the API, of files and of probes."""
    return request.path.startswith(("/api/", "/media/", "/files/", "/oembed", "/healthz", "/readyz"))


def wants_xml(request: HttpRequest) -> bool:
    """Return whether errors of this request are XML: those of feeds and sitemaps."""
    return request.path.startswith(("/feeds/", "/sitemap"))


def _xml_response(error: SiteError, request_id: str) -> HttpResponse:
    root = xml.root("error", {})
    for name, value in error_body(error, request_id).items():
        if isinstance(value, str):
            xml.add(root, name, value)
    return HttpResponse(
        xml.document(root), content_type="application/xml; charset=utf-8", status=error.status
    )


def error_response(request: HttpRequest, error: SiteError) -> HttpResponse:
    """Return ``error`` as JSON, XML or a page, by the request's path."""
    request_id = getattr(request, "request_id", "")
    note_for_log(request, error)
    if wants_json(request):
        answer: HttpResponse = JsonResponse(error_body(error, request_id), status=error.status)
    elif wants_xml(request):
        answer = _xml_response(error, request_id)
    else:
        answer = error_page(request, error)
    return add_headers(answer, error)


def add_headers(answer: HttpResponse, error: SiteError) -> HttpResponse:
    """Give a response what every response to ``error`` carries beside its body."""
    if error.retry_after is not None:
        answer["Retry-After"] = str(error.retry_after)
    for name, value in error.headers.items():
        answer[name] = value
    return NEVER_STORED.set_on(answer)


def error_page(request: HttpRequest, error: SiteError) -> HttpResponse:
    """Render the error's page: that of its class, else that of its status."""
    known = error.status if error.status in {400, 401, 403, 404, 413, 429, 500, 503, 507} else 400
    template = error.template or f"{known}.html"
    context = {
        "error": error,
        "request_id": getattr(request, "request_id", ""),
        "missing": _missing_noun(request),
        "site_name": site_name(),
    }
    if error.status >= 500:
        # Without the request no context processors run, which would read the account from the database.
        return HttpResponse(render_to_string(template, context), status=error.status)
    return render(request, template, context, status=error.status)


# The nouns that arguments of routes stand for, for the page of a missing object.
ROUTE_NOUNS = {
    "comment_id": "comment",
    "post_id": "post",
    "playlist_id": "playlist",
    "video_id": "video",
    "username": "channel",
}


def _missing_noun(request: HttpRequest) -> str:
    """Return the noun of the page's object by the route alone, which reveals nothing about its existence."""
    match = request.resolver_match
    return next(
        (noun for name, noun in ROUTE_NOUNS.items() if match is not None and name in match.kwargs), ""
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Respond to a request that failed Django's CSRF check."""
    if wants_json(request) or wants_xml(request):
        return error_response(request, CsrfFailed())
    note_for_log(request, CsrfFailed())
    context = {"reason": reason, "request_id": getattr(request, "request_id", "")}
    return render(request, "403_csrf.html", context, status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Respond to a request that Django itself refuses, such as one with a wrong Host (``handler400``)."""
    refusal = Invalid(_("We couldn't understand that request."), code="parse_error")
    note_for_log(request, refusal, exception)
    return error_response(request, refusal)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Respond to a request without permission (``handler403``)."""
    return error_response(request, Forbidden())


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Respond to a request for an unknown address (``handler404``)."""
    return error_response(request, Absent())


def server_error(request: HttpRequest) -> HttpResponse:
    """Respond to an unexpected error without any internals (``handler500``).

    Django calls it for whatever leaves a middleware, where ``process_exception`` does not reach: there, too, a
    refusal is a refusal and a database that is away is a 503.
    """
    error = sys.exc_info()[1]
    known = from_exception(error) if error is not None else None
    if error is not None:
        note_for_log(request, known or InternalError(), error)
    return error_response(request, known or InternalError())
