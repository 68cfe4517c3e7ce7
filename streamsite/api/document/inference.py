"""Error codes of an operation, as far as they follow from its view and its description."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from streamsite.api.document.codes import OPERATION_CODES
from streamsite.http_methods import SAFE_METHODS
from streamsite.site_settings.features import DELETABLE, FEATURE_OF_ROUTE

Operation = dict[str, Any]


def error_codes(operation: Operation, view: APIView, method: str, path: str) -> Iterator[str]:
    """Yield every error of an operation, as ``status code``."""
    yield from OPERATION_CODES.get(operation["operationId"], ())
    yield "503 unavailable"
    if view.throttle_classes or method not in SAFE_METHODS:
        yield "429 throttled"
    yield from _of_callers(view, method)
    yield from _of_parameters(operation)
    yield from _of_body(operation)
    if "{" in path:
        yield "404 not_found"
    if feature := _feature_of(view, method):
        yield f"404 {feature}_disabled"


def is_idempotent(view: APIView, method: str) -> bool:
    """Return whether the operation honors ``Idempotency-Key``."""
    return getattr(getattr(view, method.lower(), None), "is_idempotent", False)


def _of_callers(view: APIView, method: str) -> Iterator[str]:
    if not view.authentication_classes:
        return
    yield "400 parse_error"
    yield "401 not_authenticated"
    for code in ("token_invalid", "token_expired", "session_revoked", "user_inactive"):
        yield f"401 {code}"
    yield "403 permission_denied"
    if method not in SAFE_METHODS:
        yield "403 csrf_failed"
    is_open = any(isinstance(one, AllowAny) for one in view.get_permissions())
    if is_open or method in SAFE_METHODS:
        yield "403 public_api_disabled"


def _of_parameters(operation: Operation) -> Iterator[str]:
    given = {(one["in"], one["name"]) for one in operation.get("parameters", ())}
    if any(place == "query" and name not in {"cursor", "page_size"} for place, name in given):
        yield "400 validation_error"
    if ("query", "cursor") in given:
        yield "400 invalid_cursor"
    if ("header", "If-Match") in given:
        yield "412 precondition_failed"
    if ("header", "Idempotency-Key") in given:
        yield from ("400 validation_error", "409 conflict", "422 idempotency_mismatch")


def _of_body(operation: Operation) -> Iterator[str]:
    if "requestBody" not in operation:
        return
    yield from ("400 validation_error", "400 parse_error", "411 length_required", "413 too_large")
    yield "415 unsupported_media_type"


def _feature_of(view: APIView, method: str) -> str:
    """Return the part of the site without which the route is absent, "" for others."""
    route = _route_names().get(type(view), "")
    is_kept = route in DELETABLE and method == "DELETE"
    return "" if is_kept else FEATURE_OF_ROUTE.get(route, "")


@cache
def _route_names() -> dict[type, str]:
    """Return the name of each view's route."""

    def walk(resolver: URLResolver) -> Iterator[tuple[type, str]]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry)
            elif isinstance(entry, URLPattern) and (cls := getattr(entry.callback, "cls", None)):
                yield cls, entry.name or ""

    return dict(walk(get_resolver()))
