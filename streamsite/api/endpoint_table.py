"""The table of all endpoints in ``docs/api.md``, made from the OpenAPI document.

The document of ``/api/schema`` has neither bodies of ``DELETE`` nor operations of ``HEAD``; the table has both.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Required, TypedDict

from django.conf import settings
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator
from rest_framework.serializers import Serializer

BEGIN = "<!-- endpoints: written by `manage.py api_docs` -->"
END = "<!-- end of endpoints -->"
DOCS = Path(settings.BASE_DIR) / "docs" / "api.md"
PREFIX = "/api/v1"
METHODS = ("get", "head", "post", "put", "patch", "delete")
PAGINATION = {"cursor", "page_size"}

Schema = TypedDict(
    "Schema", {"$ref": str, "required": list[str], "properties": dict[str, object]}, total=False
)


class Media(TypedDict, total=False):
    """A body in one content type."""

    schema: Schema


class Body(TypedDict, total=False):
    """A body of a request or of a response, by content type."""

    content: dict[str, Media]


# "in" is no name that a class can have.
Parameter = TypedDict("Parameter", {"name": str, "in": str})


class Operation(TypedDict, total=False):
    """The members of an operation that are read."""

    description: str
    parameters: list[Parameter]
    requestBody: Body
    responses: Required[dict[str, Body]]


class Components(TypedDict):
    """The members of the components that are read."""

    schemas: dict[str, Schema]


class Document(TypedDict):
    """The members of the OpenAPI document that are read."""

    paths: dict[str, dict[str, Operation]]
    components: Components


class _EndpointsWithHead(EndpointEnumerator):
    """Lists ``HEAD`` of views that define it, besides the usual methods."""

    def get_allowed_methods(self, callback: Any) -> list[str]:
        """Return the methods of a route."""
        methods: list[str] = super().get_allowed_methods(callback)  # type: ignore[no-untyped-call]
        return [*methods, "HEAD"] if hasattr(callback.cls, "head") else methods


class _TableGenerator(SchemaGenerator):
    """Generates the document that the table shows."""

    endpoint_inspector_cls = _EndpointsWithHead

    def parse(self, input_request: Any, public: bool) -> dict[str, Any]:
        """Return the operations by path and method."""
        paths: dict[str, Any] = super().parse(input_request, public)  # type: ignore[no-untyped-call]
        for path, _, method, view in self._get_paths_and_endpoints():  # type: ignore[no-untyped-call]
            with GENERATOR_STATS.silence():  # most views declare none
                declared = view.schema.get_request_serializer() if method == "DELETE" else None
            if inspect.isclass(declared) and issubclass(declared, Serializer):
                fields = declared().fields
                schema = {
                    "properties": {name: {} for name in fields},
                    "required": [name for name, field in fields.items() if field.required],
                }
                paths[path][method.lower()]["requestBody"] = {
                    "content": {"application/json": {"schema": schema}}
                }
        return paths


def generate_document() -> Document:
    """Return the OpenAPI document with bodies of ``DELETE`` and operations of ``HEAD``."""
    document: Document = _TableGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return document


def replace_table(text: str, document: Document) -> str:
    """Return ``text`` with the table between its markers replaced. Raise ``ValueError`` without the markers."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the markers of the table are missing")
    return f"{before}{BEGIN}\n\n{endpoint_table(document)}\n\n{END}{after}"


def endpoint_table(document: Document) -> str:
    """Return every operation of the document as a row of a Markdown table, by path."""
    rows = ["| call | takes | answers | does |", "|---|---|---|---|"]
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                operation = operations[method]
                cells = (
                    f"`{method.upper()} {path.removeprefix(PREFIX)}`",
                    " ".join(_takes(operation, document)),
                    ", ".join(_answers(operation)),
                    _first_sentence(operation.get("description", "")),
                )
                rows.append("| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |")
    return "\n".join(rows)


def _takes(operation: Operation, document: Document) -> Iterator[str]:
    """Yield the query parameters and the bodies; a ``?`` behind a field says that it may be left out."""
    names = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
    filters = [f"{name}=" for name in names if name not in PAGINATION]
    if filters:
        yield f"`?{' &'.join(filters)}`"
    for content_type, content in operation.get("requestBody", {}).get("content", {}).items():
        schema = _resolved(content.get("schema", {}), document)
        required = set(schema.get("required", ()))
        fields = [name if name in required else f"{name}?" for name in schema.get("properties", {})]
        body = f"`{{{', '.join(fields)}}}`" if fields else f"`{content_type}`"
        yield f"form {body}" if content_type.startswith("multipart/") else body


def _answers(operation: Operation) -> Iterator[str]:
    """Yield the statuses below 400, each with the component that describes the body."""
    for status, response in operation["responses"].items():
        if status < "400":
            content = next(iter(response.get("content", {}).items()), None)
            reference = content[1].get("schema", {}).get("$ref", "") if content else ""
            yield f"{status} `{reference.rsplit('/', 1)[1]}`" if reference else _plain(status, content)


def _plain(status: str, content: tuple[str, object] | None) -> str:
    return f"{status} `{content[0]}`" if content else status


def _resolved(schema: Schema, document: Document) -> Schema:
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    return document["components"]["schemas"][name] if name else schema


def _first_sentence(text: str) -> str:
    """Return the first sentence of a description, without its period."""
    line = " ".join(text.split("\n\n")[0].split()).replace("``", "`")
    return re.split(r"(?<=[a-z0-9)`])\. ", line)[0].removesuffix(".")
