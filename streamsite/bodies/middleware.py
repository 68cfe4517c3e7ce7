"""Decides about a request's body from the request's head: the route, the length, who sends it, and whether it is ours.

Its ``process_view`` runs once the caller is known and before Django's CSRF check, which would read a whole form.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.conf import settings
from django.core.files.uploadhandler import load_handler
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from streamsite import csrf, error_responses, errors
from streamsite.bodies import rules, stream
from streamsite.http_methods import SAFE_METHODS
from streamsite.rate_limits import ANONYMOUS_FILES, enforce, throttle_key

# What a server takes from the connection by itself, to use it again.
MAX_DRAINED_BYTES = 65_536
# Large forms of callers who are not signed in, which are held in memory.
_anonymous = threading.BoundedSemaphore(4)


class LengthRequired(errors.SiteError):
    """A body that does not say how long it is."""

    status, code = 411, "length_required"
    detail = gettext_lazy("The Content-Length header is required.")


class BodyMiddleware:
    """Refuses bodies before anything reads them, and closes the connection of what was refused."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Handle the request, then drain what is left of its body or have the connection closed."""
        body = stream.attach_body(request)
        request.incoming_body = body  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            if getattr(request, "holds_anonymous_slot", False):
                _anonymous.release()
        if body is not None and body.unread > MAX_DRAINED_BYTES:
            _close_connection(request, response, body)
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[object, ...],
        kwargs: dict[str, object],
    ) -> HttpResponseBase | None:
        """Return a refusal of a body that the route does not take."""
        body: stream.Body | None = getattr(request, "incoming_body", None)
        if body is None:
            return None
        route = request.resolver_match.view_name if request.resolver_match else ""
        is_form = str(request.content_type).startswith("multipart/")
        rule = rules.rule_for_route(route, is_form=is_form)
        try:
            _require_length(body, rule)
            return _admit_form(request, body, rule) if is_form else None
        except errors.SiteError as error:
            return error_responses.error_response(request, error)


def _require_length(body: stream.Body, rule: rules.Rule) -> None:
    if body.length is None:
        if not rule.takes_unknown_length:
            raise LengthRequired
    elif body.length > rule.most:
        raise errors.TooLarge(rule.detail, fields={rule.field: [rule.detail]} if rule.field else None)


def _admit_form(request: HttpRequest, body: stream.Body, rule: rules.Rule) -> HttpResponseBase | None:
    """Choose where the form's files go; return or raise a refusal of what may not be read.

    Views of the API prove the caller from headers before they read, and their CSRF check looks at the header only.
    """
    request.upload_handlers = [load_handler(rule.handler, request)]
    is_api = request.path.startswith("/api/")
    is_large = (body.length or 0) > rules.default_rule().most
    if rule.from_anyone and is_large:
        _take_anonymous_slot(request)
    if is_api:
        return None
    if not request.user.is_authenticated:
        if is_large:
            raise errors.NotSignedIn(_("Sign in to upload files."))
        request.upload_handlers = [load_handler(rules.DISCARD, request)]
        return None
    if rule.from_anyone or request.method in SAFE_METHODS:
        return None
    has_header = settings.CSRF_HEADER_NAME in request.META
    refused: HttpResponse | None = csrf.rejection(
        request, None if has_header else stream.fields_before_first_file(request, body)
    )
    return refused


def _take_anonymous_slot(request: HttpRequest) -> None:
    enforce(ANONYMOUS_FILES, throttle_key(request))
    if not _anonymous.acquire(blocking=False):
        raise errors.Unavailable(_("We're receiving a lot of files right now. Try again in a moment."))
    request.holds_anonymous_slot = True  # type: ignore[attr-defined]


def _close_connection(request: HttpRequest, response: HttpResponseBase, body: stream.Body) -> None:
    """Have the connection closed after the answer, once some of what the client still sends has been taken."""
    if not request.META.get("SERVER_SOFTWARE", "").startswith("WSGIServer"):
        # Granian passes it on; Python's own server, which "runserver" is, allows applications no such header.
        response.headers["Connection"] = "close"
    if not response.streaming:
        response.headers.setdefault("Content-Length", str(len(response.content)))  # type: ignore[attr-defined]
    if "HTTP_EXPECT" in request.META:
        return  # the client waits to be asked for the body, and is not asked
    if settings.FORWARDED_HOPS:
        # The proxy takes what the client still sends; ``streamsite.early_refusals`` lets it read the response first.
        return
    close = response.close

    def drain_and_close() -> None:
        try:
            body.drain()
        finally:
            close()

    response.close = drain_and_close  # type: ignore[method-assign]
