"""The table of all endpoints in ``docs/api.md``, made from the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Required, TypedDict

from django.conf import settings

from streamsite.api.document.operations import first_sentence

BEGIN = "<!-- endpoints: written by `manage.py api_docs` -->"
END = "<!-- end of endpoints -->"
DOCS = Path(settings.BASE_DIR) / "docs" / "api.md"
PREFIX = "/api/v1"
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
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
            if method in operations and path.startswith(PREFIX):
                operation = operations[method]
                cells = (
                    f"`{method.upper()} {path.removeprefix(PREFIX)}`",
                    " ".join(_takes(operation, document)),
                    ", ".join(_answers(operation)),
                    first_sentence(operation.get("description", "")),
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
    """Yield the statuses below 300, each with the component that describes the body."""
    for status, response in operation["responses"].items():
        if status < "300":
            content = next(iter(response.get("content", {}).items()), None)
            reference = content[1].get("schema", {}).get("$ref", "") if content else ""
            yield f"{status} `{reference.rsplit('/', 1)[1]}`" if reference else _plain(status, content)


def _plain(status: str, content: tuple[str, object] | None) -> str:
    return f"{status} `{content[0]}`" if content else status


def _resolved(schema: Schema, document: Document) -> Schema:
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    return document["components"]["schemas"][name] if name else schema
