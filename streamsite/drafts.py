"""Tells a page's script which form was accepted, so that the browser deletes its draft and no other.

Scripts name a form's draft in a field of it. Whatever refuses the form (a validation error, a limit, an ended session,
an outage, a network that is gone) does not come here, and the draft stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url

# Known to ``static/js/drafts.js`` as well.
FIELD = "draft"
COOKIE = "draft-sent"
COOKIE_SECONDS = 600
SUBJECT = re.compile(r"[a-z-]+:[A-Za-z0-9:_-]{1,80}")


class DraftMiddleware:
    """Names the draft of a form that was accepted in a cookie: pages answer such a form by a redirect."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Handle the request; name the draft of an accepted form in a cookie."""
        response = self.get_response(request)
        if request.method == "POST" and response.status_code in {302, 303} and not _leads_to_login(response):
            subject = request.POST.get(FIELD, "")
            if SUBJECT.fullmatch(subject):
                response.set_cookie(
                    *(COOKIE, subject),
                    max_age=COOKIE_SECONDS,
                    secure=settings.SESSION_COOKIE_SECURE,
                    httponly=False,
                    samesite="Lax",
                )
        return response


def _leads_to_login(response: HttpResponseBase) -> bool:
    return response.headers.get("Location", "").startswith(resolve_url(settings.LOGIN_URL))
