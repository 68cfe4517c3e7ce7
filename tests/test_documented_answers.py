"""Errors that the OpenAPI document does not name fail tests."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, JsonResponse
from django.urls import resolve

from tests.support.documented_answers import (
    DocumentedAnswersMiddleware,
    UndocumentedAnswer,
    documented_codes,
)


def _answer(method: str, path: str, status: int, code: str) -> JsonResponse:
    request = HttpRequest()
    request.method = method
    request.resolver_match = resolve(path)
    middleware = DocumentedAnswersMiddleware(lambda _: JsonResponse({"code": code}, status=status))
    return middleware(request)


def test_error_without_a_description_fails_and_says_where_to_add_it() -> None:
    with pytest.raises(
        UndocumentedAnswer, match=r"PUT /api/v1/videos/\{video_id\}/reaction .* OPERATION_CODES"
    ):
        _answer("PUT", "/api/v1/videos/abc/reaction", 409, "playlist_full")
    with pytest.raises(UndocumentedAnswer, match="410 not_found"):
        _answer("GET", "/api/v1/videos/abc", 410, "not_found")


def test_described_errors_and_those_of_any_operation_pass() -> None:
    assert _answer("GET", "/api/v1/videos/abc", 404, "not_found").status_code == 404
    assert _answer("GET", "/api/v1/videos/abc", 500, "internal_error").status_code == 500


def test_every_operation_of_the_api_is_watched() -> None:
    known = documented_codes()
    assert (404, "not_found") in known["/api/v1/videos/{video_id}", "get"]
    assert len([path for path, _ in known if path.startswith("/api/v1/")]) > 160
