"""Helpers of the staff pages: the permission check, and the context of Django admin's templates."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from streamsite.errors import Forbidden
from streamsite.page_limits import count_writes_as
from streamsite.rate_limits import ADMIN_WRITES

View = Callable[..., HttpResponse]


def staff_page(permission: str) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """Decorate a page for staff with ``permission``; others meet the admin's sign-in page or a 403."""

    def decorate(view: View) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not request.user.has_perm(permission):
                raise Forbidden
            return view(request, *args, **kwargs)

        guarded: Callable[..., HttpResponseBase] = admin.site.admin_view(checked)
        return count_writes_as(ADMIN_WRITES)(guarded)

    return decorate


def admin_context(request: HttpRequest, title: str) -> dict[str, object]:
    """Return the context of a page in the admin's frame."""
    return {**admin.site.each_context(request), "title": title, "subtitle": None}
