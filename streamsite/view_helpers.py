"""What page views share."""

from __future__ import annotations

from collections.abc import Callable

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from streamsite.errors import SiteError, Unavailable

View = Callable[..., HttpResponse]


def is_htmx(request: HttpRequest) -> bool:
    """Whether the page asks for more of a list instead of for itself."""
    return request.headers.get("HX-Request") == "true"


def redirect_view(name: str) -> View:
    """A view that leads on to the page of that name, for an address people are likely to type."""

    @require_safe
    def lead_on(request: HttpRequest) -> HttpResponse:
        return redirect(name)

    return lead_on


def add_form_errors(form: BaseForm, error: SiteError) -> None:
    """Put what a service refused beside the fields it is about. What is no fault of theirs is raised again."""
    if isinstance(error, Unavailable):
        raise error
    shown = False
    for name, sentences in (error.fields or {}).items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)
            shown = True
    if not shown:
        form.add_error(None, error.detail)


def safe_next(request: HttpRequest, fallback: str) -> str:
    """``next`` from the form or the query when it stays on this site, else ``fallback``."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return fallback
