"""Completes an operation of the document: summary, parameters, error codes and headers."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from rest_framework.views import APIView

from streamsite.api.document import codes, parameters, response_headers
from streamsite.api.document.inference import error_codes, is_idempotent

Operation = dict[str, Any]

ERROR = {"$ref": "#/components/schemas/Error"}


def complete_operation(operation: Operation, view: APIView, method: str, path: str) -> None:
    """Add to the operation of a view what its description leaves out."""
    operation["summary"] = summary_of(operation.get("description", ""))
    is_conditional = method == "GET" and operation["operationId"] not in response_headers.NOT_CONDITIONAL
    if len(operation.get("requestBody", {}).get("content", ())) > 1:
        operation["requestBody"]["required"] = True
    _complete_parameters(operation, view, method, is_conditional=is_conditional)
    limits = response_headers.LIMITS if view.throttle_classes else ()
    _complete_answers(operation, limits, is_conditional=is_conditional)
    found = codes.codes_of(error_codes(operation, view, method, path))
    add_errors(operation, found, has_body=method != "HEAD", limits=limits)


def _complete_parameters(operation: Operation, view: APIView, method: str, *, is_conditional: bool) -> None:
    given = operation.setdefault("parameters", [])
    if is_idempotent(view, method):
        given.append({**parameters.IDEMPOTENCY_KEY})
    if operation["operationId"] in response_headers.VERSIONED and not _has(given, "If-Match"):
        given.append({**parameters.IF_MATCH})
    if is_conditional:
        given.append({**parameters.IF_NONE_MATCH})
    if len(operation.get("requestBody", {}).get("content", ())) > 1:
        # openapi-python-client 0.29 writes modules that cannot be imported for a choice of bodies, unless the operation
        # has an optional parameter. This one any operation takes.
        given.append({**parameters.ACCEPT_LANGUAGE})
    for parameter in given:
        parameters.complete(parameter)
    if not given:
        del operation["parameters"]


def summary_of(description: str) -> str:
    """Return what an operation does, in a few words: its first sentence, up to a semicolon."""
    return first_sentence(description).partition("; ")[0]


def first_sentence(text: str) -> str:
    """Return the first sentence of a description, without its period."""
    line = " ".join(text.split("\n\n")[0].split()).replace("``", "`")
    return re.split(r"(?<=[a-z0-9)`])\. ", line)[0].removesuffix(".")


def add_errors(
    operation: Operation, found: dict[int, list[str]], *, has_body: bool = True, limits: tuple[str, ...] = ()
) -> None:
    """Replace the error responses of an operation by those of ``found``, codes by status."""
    answers = operation["responses"]
    for status in [one for one in answers if one >= "400"]:
        del answers[status]
    for status, names in found.items():
        headers = (*response_headers.ALWAYS, *limits, *response_headers.ON_ERROR.get(status, ()))
        answer: dict[str, Any] = {
            "description": "\n".join(f"* `{name}`: {codes.CODES[status, name]}" for name in names),
            "headers": response_headers.reference(headers),
        }
        if has_body:
            examples = {name: _error_example(status, name) for name in names}
            answer["content"] = {"application/json": {"schema": ERROR, "examples": examples}}
        answers[str(status)] = answer


def _error_example(status: int, code: str) -> dict[str, Any]:
    text = codes.CODES[status, code]
    body: dict[str, Any] = {"code": code, "detail": _detail(text), "request_id": "369b62ca5b7c1493"}
    if code == "validation_error":
        body["fields"] = {"title": ["This field is required."]}
    return {"summary": text, "value": body}


def _detail(text: str) -> str:
    """Return a sentence for people of a sentence for programmers."""
    return re.split(r"[:;,]", text.replace("`", ""))[0].removesuffix(".") + "."


def _complete_answers(operation: Operation, limits: tuple[str, ...], *, is_conditional: bool) -> None:
    more = response_headers.OF_OPERATION.get(operation["operationId"], ())
    if _has(operation.get("parameters", []), "Idempotency-Key"):
        more = (*more, "Idempotency-Replayed")
    if is_conditional:
        more = (*more, "ETag")
    headers = (*response_headers.ALWAYS, *limits, *more)
    for status, answer in operation["responses"].items():
        answer["description"] = answer.get("description") or HTTPStatus(int(status)).phrase
        if status < "400":
            answer["headers"] = response_headers.reference(tuple(dict.fromkeys(headers)))
    if is_conditional:
        operation["responses"]["304"] = {
            "description": "What `If-None-Match` names is still current.",
            "headers": response_headers.reference(tuple(dict.fromkeys(headers))),
        }


def _has(given: list[dict[str, Any]], name: str) -> bool:
    return any(one["name"] == name for one in given)
