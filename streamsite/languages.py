"""The language of a request: which one, its direction, and the responses that depend on it."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

# Files and probes, which are the same in every language; shared caches keep some of them.
WITHOUT_LANGUAGE = ("/media/", "/files/", "/static/", "/healthz", "/readyz")
# Addresses for programs: their messages follow ``Accept-Language`` alone.
FOR_PROGRAMS = (
    *("/api/v1/", "/api/schema", "/oembed", "/feeds/", "/sitemap", "/robots.txt"),
    *("/manifest.webmanifest", "/opensearch.xml", "/.well-known/"),
)


def supported(code: str | None) -> str:
    """Return the site's language for a code such as ``de-AT``, "" if it has none."""
    try:
        return translation.get_supported_language_variant(code or "")
    except LookupError:
        return ""


def from_header(header: str) -> str:
    """Return the language that ``Accept-Language`` prefers among the site's, "" if it names none of them."""
    for code, _ in parse_accept_lang_header(header):
        if code == "*":
            break
        if found := supported(code):
            return found
    return ""


def is_for_programs(request: HttpRequest) -> bool:
    """Return whether no cookie and no account chooses the language of the response."""
    return request.path_info.startswith(FOR_PROGRAMS)


def is_fixed(request: HttpRequest) -> bool:
    """Return whether no person's choice has an effect on the response."""
    return is_for_programs(request) or request.path_info.startswith(WITHOUT_LANGUAGE)


def choose(request: HttpRequest) -> str:
    """Return the language of a request by its cookie and headers. Accounts choose in ``accounts.locale``."""
    header = from_header(request.headers.get("Accept-Language", ""))
    cookie = "" if is_for_programs(request) else request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return supported(cookie) or header or settings.LANGUAGE_CODE


def direction() -> str:
    """Return the direction in which the active language is written: ``ltr`` or ``rtl``."""
    return "rtl" if translation.get_language_bidi() else "ltr"


def remember(response: HttpResponse, code: str) -> HttpResponse:
    """Store the browser's choice in a cookie; "" deletes it."""
    name = settings.LANGUAGE_COOKIE_NAME
    if not code:
        response.delete_cookie(name, samesite="Lax")
        return response
    response.set_cookie(
        name,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response


class LanguageMiddleware:
    """Activates the language of a request, and names in ``Vary`` what chose it.

    Time zones are part of an account's choice: ``accounts.locale`` activates both in here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request in its language. The thread's own language is active again afterwards."""
        if request.path_info.startswith(WITHOUT_LANGUAGE):
            with translation.override(settings.LANGUAGE_CODE):
                return self.get_response(request)
        with translation.override(choose(request)), timezone.override(None):
            response = self.get_response(request)
            patch_vary_headers(response, ["Accept-Language"])
            if not is_for_programs(request):
                patch_vary_headers(response, ["Cookie"])
            response.headers.setdefault("Content-Language", translation.get_language())
        return response
