"""A method that a view refuses: Django's answer is empty, programs get the error in the form of all others."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from streamsite import error_responses, errors

Handler = Callable[[HttpRequest], HttpResponseBase]


class MethodNotAllowed(errors.SiteError):
    """The address is right and takes other methods."""

    status, code = 405, "method_not_allowed"
    detail = _("This method isn't allowed here.")


class RefusedMethodMiddleware:
    """Give an empty 405 of feeds, sitemaps, media, and probes its body. Pages keep Django's."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Handle the request; give an empty 405 its body."""
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or response.content:
            return response
        if not (error_responses.wants_json(request) or error_responses.wants_xml(request)):
            return response
        answer = error_responses.error_response(request, MethodNotAllowed())
        answer["Allow"] = response["Allow"]
        return answer
