"""The errors a caller can cause, as small classes, and their translation into responses.

Services and gates raise these; ``api.errors`` makes JSON of them and ``ErrorMiddleware`` makes pages.
"""

from __future__ import annotations

import errno
import logging
import sys
import traceback
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import render
from django.template.loader import render_to_string
from pymongo.errors import PyMongoError

from streamsite import logs, xml
from streamsite.mongo.retry import error_chain

logger = logging.getLogger("streamsite.errors")

RETRY_AFTER_SECONDS = 5
NOT_IMPLEMENTED = 501


class SiteError(Exception):
    """Base of all: ``code`` is fixed by the contract, ``detail`` is a sentence for a person."""

    status = 400
    code = "validation_error"
    detail = "The request cannot be carried out."
    # The sentence of a page's form, where it may say more than the API does.
    page_detail = ""

    def __init__(
        self,
        detail: str | None = None,
        *,
        code: str | None = None,
        fields: dict[str, list[str]] | None = None,
        retry_after: int | None = None,
    ) -> None:
        self.detail = detail or self.detail
        self.code = code or self.code
        self.fields = fields
        self.retry_after = retry_after
        super().__init__(self.code)

    @property
    def sentence(self) -> str:
        """All that is wrong in one line: the sentences about fields, otherwise ``detail``."""
        return " ".join(text for texts in (self.fields or {}).values() for text in texts) or self.detail

    @property
    def headers(self) -> dict[str, str]:
        """What a response that says so carries beyond its body."""
        return {}

    @property
    def extra(self) -> dict[str, Any]:
        """What the JSON body carries beyond the error form, for programs."""
        return {}


class Invalid(SiteError):
    """A value that cannot be accepted."""


class NotSignedIn(SiteError):
    """Nobody is signed in, or the proof of it is not good."""

    status, code = 401, "not_authenticated"
    detail = "Sign in first."


class Forbidden(SiteError):
    """The caller may see it but not do this."""

    status, code = 403, "permission_denied"
    detail = "You may not do this."


class CsrfFailed(SiteError):
    """A request with a cookie that does not prove it comes from our own page."""

    status, code = 403, "csrf_failed"
    detail = "The request does not prove that it comes from this site."


class Absent(SiteError):
    """It does not exist, or the caller may not know that it does."""

    status, code = 404, "not_found"
    detail = "Not found."


class Conflict(SiteError):
    """It exists already, or its state forbids this."""

    status, code = 409, "conflict"
    detail = "This already exists."


class Stale(SiteError):
    """The caller's version is not the current one."""

    status, code = 412, "precondition_failed"
    detail = "Someone changed this in the meantime. Load it again and repeat the change."
    page_detail = "Someone changed this in the meantime. Load the page again."


class TooLarge(SiteError):
    """More bytes than are accepted."""

    status, code = 413, "too_large"
    detail = "This is larger than what is accepted."


class UnsupportedMediaType(SiteError):
    """A body of a type that is not accepted here."""

    status, code = 415, "unsupported_media_type"
    detail = "Send JSON."


class Throttled(SiteError):
    """Too many requests."""

    status, code = 429, "throttled"
    detail = "Too many requests. Wait a little."

    def __init__(
        self,
        detail: str | None = None,
        *,
        retry_after: int = 1,
        limit: int | None = None,
        is_first: bool = False,
    ) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.limit = limit
        # Whether it is the window's first refusal, for what is to be noted once per window.
        self.is_first = is_first

    @property
    def headers(self) -> dict[str, str]:
        """``RateLimit-*`` of the limit that is used up."""
        if self.limit is None:
            return {}
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": str(self.retry_after),
        }


class Unavailable(SiteError):
    """The server cannot do it now."""

    status, code = 503, "unavailable"
    detail = "The service is not available for a moment. Try again."

    def __init__(self, detail: str | None = None, *, retry_after: int = RETRY_AFTER_SECONDS) -> None:
        super().__init__(detail, retry_after=retry_after)


class DiskFull(SiteError):
    """Too little space is left to accept an upload."""

    status, code = 507, "insufficient_storage"
    detail = (
        "The server has too little disk space left for uploads. Nothing of yours was lost; try again later."
    )


DATABASE_DOWN = (OperationalError, InterfaceError, PyMongoError)


def is_outage(error: BaseException) -> bool:
    """Whether ``error`` is the database's failure and not a mistake in a query or in the data."""
    return isinstance(error, DATABASE_DOWN) or type(error) is DatabaseError


def from_exception(error: BaseException) -> SiteError | None:
    """Return what ``error`` is to a caller: a refusal, an outage, something that is gone, or ``None`` for our faults.

    Gates raise ``Absent`` themselves. An ``ObjectDoesNotExist`` behind a gate means that somebody deleted the object
    in between, or that data is broken, so it is a 404, and the log says where it was missed.
    """
    if isinstance(error, SiteError):
        return error
    if isinstance(error, ObjectDoesNotExist):
        logger.warning(
            "%s at %s: deleted in the meantime, or a broken reference",
            *(type(error).__qualname__, _raised_at(error)),
        )
        return Absent()
    if isinstance(error, UnreadablePostError):
        return Invalid("The body did not arrive.", code="parse_error")
    if is_disk_full(error):
        return DiskFull()
    return Unavailable() if is_outage(error) else None


def is_disk_full(error: BaseException) -> bool:
    """Return whether ``error`` says that nothing more can be written to a disk."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def note_for_log(request: Any, error: SiteError, cause: BaseException | None = None) -> None:
    """Keep the reason of a refusal for the request's log line: its code, and classes where these say more."""
    is_open = error.status >= 500 or isinstance(cause, SuspiciousOperation)
    if cause is None or isinstance(cause, SiteError) or not is_open:
        logs.record_refusal(request, error.code)
    else:
        logs.record_refusal(request, f"{error.code} ({describe_causes(cause)})")


def _raised_at(error: BaseException) -> str:
    """Return module and line of the site's own code that ``error`` came from, the engine left out."""
    place = "an unknown place"
    for frame, line in traceback.walk_tb(error.__traceback__):
        file, module = frame.f_code.co_filename, frame.f_globals.get("__name__", "")
        is_ours = file.startswith(str(settings.BASE_DIR)) and "site-packages" not in file
        if is_ours and not module.startswith("streamsite.mongo."):
            place = f"{module}:{line}"
    return place


def stale_or_absent(rows: QuerySet[Any]) -> SiteError:
    """Return why no row was changed: ``Absent`` when there is none any more, else ``Stale``."""
    return Stale() if rows.exists() else Absent()


def describe_causes(error: BaseException) -> str:
    """Classes and server codes of an error and its causes, without their texts, which may hold values."""
    parts = []
    for cause in error_chain(error):
        code = getattr(cause, "code", None)
        parts.append(f"{type(cause).__name__}({code})" if isinstance(code, int) else type(cause).__name__)
    return " < ".join(parts)


def error_body(error: SiteError, request_id: str) -> dict[str, Any]:
    """The contract's error form for ``error``."""
    content: dict[str, Any] = {"code": error.code, "detail": error.detail, "request_id": request_id}
    if error.fields:
        content["fields"] = error.fields
    return content | error.extra


def wants_json(request: HttpRequest) -> bool:
    """Whether errors of this request are JSON: the API and the probes for machines."""
    return request.path.startswith(("/api/", "/media/", "/files/", "/oembed", "/healthz", "/readyz"))


def wants_xml(request: HttpRequest) -> bool:
    """Whether errors of this request are XML: feeds and sitemaps."""
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
    """``error`` as JSON, as XML or as a page, by what the request asked for."""
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
    answer["Cache-Control"] = "no-store"
    return answer


def error_page(request: HttpRequest, error: SiteError) -> HttpResponse:
    """The error page of ``error``'s status."""
    known = error.status if error.status in {400, 401, 403, 404, 413, 429, 500, 503, 507} else 400
    context = {
        "error": error,
        "request_id": getattr(request, "request_id", ""),
        "missing": _missing_noun(request),
    }
    if error.status >= 500:
        # Without the request there are no context processors, which would ask the database who is signed in.
        return HttpResponse(render_to_string(f"{known}.html", context), status=error.status)
    return render(request, f"{known}.html", context, status=error.status)


# What the arguments of routes name, for a page that is not there.
ROUTE_NOUNS = {
    "comment_id": "comment",
    "post_id": "post",
    "playlist_id": "playlist",
    "video_id": "video",
    "username": "channel",
}


def _missing_noun(request: HttpRequest) -> str:
    """Return what the requested page would have been about, by its route alone: what was never there looks the same."""
    match = request.resolver_match
    return next(
        (noun for name, noun in ROUTE_NOUNS.items() if match is not None and name in match.kwargs), ""
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF middleware answers with this."""
    if wants_json(request) or wants_xml(request):
        return error_response(request, CsrfFailed())
    note_for_log(request, CsrfFailed())
    context = {"reason": reason, "request_id": getattr(request, "request_id", "")}
    return render(request, "403_csrf.html", context, status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """``handler400``: a request Django itself refuses, such as a wrong Host."""
    refusal = Invalid("The request is not understood.", code="parse_error")
    note_for_log(request, refusal, exception)
    return error_response(request, refusal)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """``handler403``."""
    return error_response(request, Forbidden())


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """``handler404``."""
    return error_response(request, Absent())


class InternalError(SiteError):
    """A fault of the server."""

    status, code = 500, "internal_error"
    detail = "Something went wrong on the server. It has been logged."


def server_error(request: HttpRequest) -> HttpResponse:
    """``handler500``: no internals, ever.

    Django calls it for whatever leaves a middleware, where ``process_exception`` does not reach: there, too, a
    refusal is a refusal and a database that is away is a 503.
    """
    error = sys.exc_info()[1]
    known = from_exception(error) if error is not None else None
    if error is not None:
        note_for_log(request, known or InternalError(), error)
    return error_response(request, known or InternalError())
