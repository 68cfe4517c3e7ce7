"""Responses and checks that page views share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from streamsite.http_methods import READ_METHODS

View = Callable[..., HttpResponse]

# Decorates the view of a page with a form that is sent to the page's own address.
allow_get_and_post = require_http_methods([*READ_METHODS, "POST"])


def is_htmx(request: HttpRequest) -> bool:
    """Return whether a page's script asks for a part of the page instead of for all of it."""
    return request.headers.get("HX-Request") == "true"


def redirect_view(name: str) -> View:
    """Return a view that redirects to the page of that URL name, for an address people are likely to type."""

    @require_safe
    def redirect_to_page(request: HttpRequest) -> HttpResponse:
        return redirect_with_query(request, reverse(name))

    return redirect_to_page


def redirect_with_query(request: HttpRequest, path: str, *, permanent: bool = False) -> HttpResponse:
    """Redirect to a path of this site, with the query string that was asked for."""
    query = request.GET.urlencode(safe="/:")
    return redirect(f"{path}?{query}" if query else path, permanent=permanent)


def render_page_or_part(
    request: HttpRequest, page: str, part: str, context: Mapping[str, object], status: int = 200
) -> HttpResponse:
    """Render the template ``part`` for a page's script, which puts it into the page, otherwise ``page``."""
    return render(request, part if is_htmx(request) else page, context, status=status)


def safe_next(request: HttpRequest, fallback: str) -> str:
    """Return ``next`` from the form or the query if it stays on this site, otherwise ``fallback``."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return fallback


def referring_host(request: HttpRequest) -> str:
    """Return the host of the other site that ``Referer`` names, "" if it names none or this site."""
    try:
        parts = urlsplit(request.headers.get("Referer", ""))
        host = parts.hostname or ""
    except ValueError:
        return ""
    return "" if parts.netloc == request.get_host() else host
