"""Completes the whole document: what it says about itself, other addresses, properties, and examples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamsite.api.document import about, response_headers
from streamsite.api.document.answers import share_errors
from streamsite.api.document.examples import Examples
from streamsite.api.document.routes import add_routes
from streamsite.api.document.words import describe_property

Json = dict[str, Any]

URI_LISTS = {"links"}
BODIES_BY_HAND: dict[str, object] = {
    "auth_register": {
        "username": "ada", "email": "ada@example.org", "full_name": "Ada Lovelace",
        "password": "correct horse battery staple",
    },
    "auth_token": {"login": "ada", "password": "correct horse battery staple", "client": "native"},
    "auth_token_refresh": {"refresh": "srt_9Jk2Lm4Np6Qr8St0"},
    "playlist_items_update": {"position": 0, "note": "First"},
    "thumbnail_update": {"at": 12.5},
}  # fmt: skip


def complete_document(result: Json) -> Json:
    """Return the document with what its generator left out."""
    schemas: dict[str, Json] = result["components"]["schemas"]
    for name, schema in schemas.items():
        _complete_properties(name, schema)
    examples = Examples(schemas)
    for operation in operations_of(result):
        _add_examples(operation, examples)
    add_routes(result["paths"])
    share_errors(result)
    result["info"] = about.info()
    result["servers"] = about.servers()
    result["tags"] = [{"name": name, "description": text} for name, text in about.TAGS.items()]
    result["components"]["headers"] = response_headers.components()
    return result


def operations_of(document: Json) -> Iterator[Json]:
    """Yield every operation."""
    for operations in document["paths"].values():
        yield from operations.values()


def _complete_properties(component: str, schema: Json) -> None:
    for name, given in schema.get("properties", {}).items():
        if is_url_name(name) and given.get("type") == "string":
            given.setdefault("format", "uri")
        if name in URI_LISTS and given.get("type") == "array" and not component.endswith("Request"):
            given["items"].setdefault("format", "uri")
        text, words = given.get("description", ""), describe_property(component, name)
        if not text and words:
            schema["properties"][name] = _described(given, words)
        elif words and text.startswith("* `"):
            given["description"] = f"{words}\n\n{text}"
        if component.endswith("Request"):
            _describe_default(schema["properties"][name])


def _describe_default(given: Json) -> None:
    """Say the default of what is sent in words.

    Generators of clients take what has a default for something that is always there, and demand it or send it.
    """
    value = given.pop("default", None)
    if value not in ("", None, [], False) and "efault" not in given.get("description", ""):
        said = str(value).lower() if isinstance(value, bool) else value
        given["description"] = f"{given.get('description', '')}\n\nDefaults to `{said}`.".strip()


def is_url_name(name: str) -> bool:
    """Return whether a property of this name is an address."""
    return name in {"url", "next", "previous", "endpoint"} or name.endswith("_url")


def _described(schema: Json, text: str) -> Json:
    return {"allOf": [schema], "description": text} if "$ref" in schema else schema | {"description": text}


def _add_examples(operation: Json, examples: Examples) -> None:
    by_hand = BODIES_BY_HAND.get(operation["operationId"])
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        is_json = kind == "application/json"
        if "example" not in content:
            content["example"] = by_hand if by_hand and is_json else examples.of_request(content["schema"])
    for status, answer in operation["responses"].items():
        for kind, content in answer.get("content", {}).items():
            if status < "400" and "example" not in content:
                is_json = kind == "application/json"
                content["example"] = examples.of_answer(content["schema"]) if is_json else "day,views\n"
