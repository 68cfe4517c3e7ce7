"""Run a service for a page and turn its refusal into the page's answer, so that views need no ``try``.

``perform`` is for a form, ``perform_and_redirect`` for a button, ``attempt`` and ``found_or_none`` for everything else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from streamsite.errors import SiteError, Unavailable
from streamsite.view_helpers import safe_next

T = TypeVar("T")


class HasPage(Protocol):
    """An object with a page of its own, such as a video."""

    def get_absolute_url(self) -> str:
        """Return the page's path."""


def attempt(action: Callable[[], T], *refusals: type[SiteError]) -> T | SiteError:
    """Run ``action`` and return its result, or the error with which it refused.

    Only errors of the types in ``refusals`` are returned, by default every ``SiteError``; others are raised.
    """
    caught = refusals or (SiteError,)
    try:
        return action()
    except caught as error:
        return error


def found_or_none(fetch: Callable[[], T]) -> T | None:
    """Return what a gate fetches, ``None`` where it raises a ``SiteError``."""
    found = attempt(fetch)
    return None if isinstance(found, SiteError) else found


def posted_data(request: HttpRequest) -> QueryDict | None:
    """Return the data that binds a form: the request's on POST, otherwise ``None``."""
    return request.POST if request.method == "POST" else None


def perform(
    request: HttpRequest,
    form: BaseForm,
    action: Callable[[], T],
    done: Callable[[T], HttpResponse],
    *,
    refused: Callable[[SiteError], HttpResponse | None] | None = None,
    refusals: tuple[type[SiteError], ...] = (SiteError,),
) -> HttpResponse | None:
    """Run ``action`` for a posted, valid form and return what ``done`` makes of its result.

    Return ``None`` when the page with the form is to be shown: on GET, for an invalid form, and after a refusal, whose
    sentences are then in the form (``form_status`` and ``refusal_status`` give the page's status). ``refused`` may
    answer an error in another way, by a response. Errors of types not in ``refusals``, and ``Unavailable``, are raised.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    result = attempt(action, *refusals)
    if not isinstance(result, SiteError):
        return done(result)
    response = refused(result) if refused is not None else None
    if response is None:
        add_form_errors(form, result)
        form.refusal = result  # type: ignore[attr-defined]
    return response


def add_form_errors(form: BaseForm, error: SiteError) -> None:
    """Add the sentences of ``error`` to the form's fields, or to the whole form where they concern none of them.

    ``Unavailable``, which no change to the form can mend, is raised again.
    """
    if isinstance(error, Unavailable):
        raise error
    for name, sentences in (error.fields or {}).items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)
    if not any((error.fields or {}).values()):
        form.add_error(None, error.page_detail or error.detail)


def form_status(form: BaseForm) -> int:
    """Return the status of a page with ``form``: 400 once the form was sent and not accepted."""
    return 400 if form.is_bound else 200


def refusal_of(form: BaseForm) -> SiteError | None:
    """Return the error with which ``perform``'s action refused ``form``, if it did."""
    refusal: SiteError | None = getattr(form, "refusal", None)
    return refusal


def refusal_status(form: BaseForm) -> int:
    """Return the status of the error with which a service refused ``form``, otherwise ``form_status``."""
    refusal = refusal_of(form)
    return form_status(form) if refusal is None else refusal.status


def perform_and_redirect(
    request: HttpRequest, action: Callable[[], object], message: str, fallback: str | HasPage
) -> HttpResponse:
    """Run ``action`` and return to where its form was (``next``), otherwise to ``fallback``.

    The page there says ``message``, if any, or why the action was refused.
    """
    result = attempt(action)
    if isinstance(result, SiteError):
        messages.error(request, result.detail)
    elif message:
        messages.success(request, message)
    return redirect_back(request, fallback)


def redirect_back(request: HttpRequest, fallback: str | HasPage) -> HttpResponse:
    """Redirect to ``next`` from the request, otherwise to ``fallback``: a path, a URL name or an object with a page."""
    return redirect(safe_next(request, "") or fallback)


def redirect_back_with_message(request: HttpRequest, message: str, fallback: str | HasPage) -> HttpResponse:
    """Redirect as ``redirect_back`` does, to a page that says ``message``."""
    messages.success(request, message)
    return redirect_back(request, fallback)


def redirect_with_message(
    request: HttpRequest, message: str, to: str | HasPage, *args: object
) -> HttpResponse:
    """Redirect as ``django.shortcuts.redirect`` does, to a page that says ``message``."""
    messages.success(request, message)
    return redirect(to, *args)
