"""Django's CSRF check without reading the body: by the header alone, or by form fields that were read already."""

from __future__ import annotations

import copy

from django.http import HttpRequest, HttpResponse
from django.http.request import QueryDict
from django.middleware.csrf import CsrfViewMiddleware


def copy_with_form(request: HttpRequest, fields: QueryDict | None = None) -> HttpRequest:
    """Return a copy of the request whose form is ``fields``, none by default. It has no stream to read from."""
    probe = copy.copy(request)
    probe.POST = QueryDict() if fields is None else fields  # type: ignore[assignment]
    return probe


def _protected(request: HttpRequest) -> HttpResponse:
    """Stand in for any view that is not exempt from the check."""
    return HttpResponse()


def rejection(request: HttpRequest, fields: QueryDict | None = None) -> HttpResponse | None:
    """Return the page that refuses the request, ``None`` when its header or ``fields`` prove that it is ours."""
    check = CsrfViewMiddleware(_protected)
    return check.process_view(copy_with_form(request, fields), _protected, (), {})
