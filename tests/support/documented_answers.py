"""Holds every error that the API answers while tests run against the OpenAPI document.

A test fails that gets an error which the document does not name for its operation, and learns where to add it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import orjson
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from streamsite.api.document.answers import CODE
from streamsite.api.views import generate_schema

# Any operation may answer with these, which the document's introduction names.
ANYWHERE = frozenset({"method_not_allowed", "internal_error"})
# Where a body comes that nobody reads.
OF_BODIES = frozenset({"length_required"})
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


class UndocumentedAnswer(AssertionError):
    """An operation answered with an error that the document does not name."""


class DocumentedAnswersMiddleware:
    """Raises ``UndocumentedAnswer`` for an error of the API that its operation's description leaves out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, and look at its answer."""
        response = self.get_response(request)
        match = getattr(request, "resolver_match", None)
        if (
            response.status_code >= 400
            and match
            and match.route.startswith("api/v1/")
            and not response.streaming
        ):
            path = "/" + PARAMETER.sub(r"{\1}", match.route)
            _check(path, str(request.method), response)
        return response


def _check(path: str, method: str, response: HttpResponseBase) -> None:
    content = getattr(response, "content", b"")
    known = documented_codes().get((path, method.lower()))
    if known is None or not content:
        return
    code = orjson.loads(content)["code"]
    if code not in ANYWHERE | OF_BODIES and (response.status_code, code) not in known:
        raise UndocumentedAnswer(
            f"{method} {path} answered {response.status_code} {code}, which its description lacks: "
            "add it to OPERATION_CODES in streamsite/api/document/codes.py"
        )


@cache
def documented_codes() -> dict[tuple[str, str], frozenset[tuple[int, str]]]:
    """Return the errors of every operation, by path and method."""
    document: dict[str, Any] = {**generate_schema()}
    answers = document["components"]["responses"]
    found = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            found[path, method] = frozenset(
                (int(status), code)
                for status, answer in operation["responses"].items()
                if status >= "400"
                for code in _codes(answers[answer["$ref"].rsplit("/", 1)[1]])
            )
    return found


def _codes(answer: dict[str, Any]) -> list[str]:
    return CODE.findall(answer["description"])
