"""The login-only site: without an account nobody sees more than the pages that lead to one.

Views are closed unless they say otherwise, so that a new one cannot be forgotten: Django's ``login_not_required`` marks
those that stay open, ``checks_login`` those that decide themselves. The API's authentication refuses visitors
(``accounts.authentication``). Whatever a closed site answers is for one reader, so shared caches keep none of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts import api_tokens
from accounts.authentication import authenticate_bearer
from accounts.registration import rules
from streamsite import error_responses
from streamsite.cache_headers import HEADER, NEVER_STORED, PRIVATE_REVALIDATED
from streamsite.errors import NotSignedIn
from streamsite.view_actions import found_or_none

View = TypeVar("View", bound=Callable[..., object])
FOR_ONE_READER = re.compile(r"\b(?:private|no-store)\b")
OPEN_TO_ORIGINS = ("Access-Control-Allow-Origin", "Access-Control-Expose-Headers")


def is_on() -> bool:
    """Return whether only people with an account may see the site."""
    return rules.is_login_required()


def checks_login(view: View) -> View:
    """Mark a view that answers visitors of a login-only site in its own way. It calls ``is_closed_to``."""
    view.checks_login = True  # type: ignore[attr-defined]
    return view


def is_closed_to(request: HttpRequest) -> bool:
    """Return whether the site is login-only and the caller is not signed in: by page, access token or API token."""
    return is_on() and not (request.user.is_authenticated or _has_good_header(request))


def _has_good_header(request: HttpRequest) -> bool:
    scheme, _, credentials = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() == "bearer":
        return found_or_none(lambda: authenticate_bearer(credentials.strip(), fresh=False)) is not None
    if scheme.lower() == "token":
        return api_tokens.reader_id_by_text(credentials.strip()) is not None
    return False


class LoginOnlyMiddleware:
    """Sends visitors of a login-only site to the sign-in page, and keeps its answers out of shared caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, and make the answer private if the site is login-only."""
        response = self.get_response(request)
        return _make_private(response) if is_on() and not _is_open(request) else response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[object, ...],
        kwargs: dict[str, object],
    ) -> HttpResponseBase | None:
        """Return the answer to a visitor whom the site is closed to, ``None`` for everyone else."""
        if not getattr(view, "login_required", True) or getattr(view, "checks_login", False):
            return None
        return _refuse(request) if is_closed_to(request) else None


def _is_open(request: HttpRequest) -> bool:
    """Return whether the request is for a page that visitors may open. The API's views decide by their caller."""
    view = request.resolver_match.func if request.resolver_match is not None else None
    return not getattr(view, "login_required", True) and not request.path_info.startswith("/api/")


def _refuse(request: HttpRequest) -> HttpResponseBase:
    error = rules.visitor_refusal()
    is_for_program = error_responses.wants_json(request) or error_responses.wants_xml(request)
    if is_for_program or not isinstance(error, NotSignedIn):
        return error_responses.error_response(request, error)
    return NEVER_STORED.set_on(redirect_to_login(request.get_full_path()))


def _make_private(response: HttpResponseBase) -> HttpResponseBase:
    """Let nobody but the reader's browser keep the response, and no page of another site read it."""
    if not FOR_ONE_READER.search(response.headers.get(HEADER, "")):
        PRIVATE_REVALIDATED.set_on(response)
    if response.headers.get(OPEN_TO_ORIGINS[0]) == "*":
        for name in OPEN_TO_ORIGINS:
            response.headers.pop(name, None)
    return response
