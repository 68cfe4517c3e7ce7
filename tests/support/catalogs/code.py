"""Find texts in Python that people see and that are not marked for translation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.catalogs.extraction import ROOT
from tests.support.catalogs.templates import SAME_EVERYWHERE, Unmarked

# Errors of the API and of forms, by the names of their classes.
ERRORS = {
    *(
        "Absent",
        "Conflict",
        "DiskFull",
        "Forbidden",
        "Invalid",
        "NotSignedIn",
        "SiteError",
        "Stale",
        "Throttled",
    ),
    *("TooLarge", "Unavailable", "UnsupportedMediaType", "ValidationError"),
}
# Functions whose arguments are shown.
SHOWING = {"redirect_with_message", "success", "error", "warning", "info"}
# Keywords and class attributes whose values are shown.
SHOWN_NAMES = {
    *(
        "detail",
        "page_detail",
        "label",
        "help_text",
        "verbose_name",
        "verbose_name_plural",
        "short_description",
    ),
    *("description", "empty_label", "placeholder"),
}
NOT_SHOWN = {"extend_schema", "OpenApiResponse", "OpenApiParameter", "add_argument", "Parameter"}
SENTENCE = re.compile(r"[A-Z][a-z]+|[a-z]+ [a-z]+")


# What the OpenAPI document says besides, which is in English.
DOCUMENT = "streamsite/api/document/"


def find(path: Path) -> Iterator[Unmarked]:
    """Find unmarked texts of a module: of errors, forms, models and messages."""
    name = str(path.relative_to(ROOT))
    if name.startswith(DOCUMENT):
        return
    for node in ast.walk(ast.parse(path.read_text())):
        # Fields of the API are described in its documentation, which is in English.
        for value in _shown_values(node, is_described="serializers" in name):
            if (text := _text(value)) is not None and SENTENCE.search(text) and text not in SAME_EVERYWHERE:
                yield Unmarked(name, value.lineno, text)


def _shown_values(node: ast.AST, *, is_described: bool) -> Iterator[ast.expr]:
    if isinstance(node, ast.ClassDef):
        for statement in node.body:
            if isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", "") in SHOWN_NAMES:
                yield statement.value
        if any(getattr(base, "attr", "") in {"TextChoices", "IntegerChoices"} for base in node.bases):
            yield from _labels(node)
    if isinstance(node, ast.Call):
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if called in ERRORS:
            yield from node.args[:1]
        if called in SHOWING and len(node.args) > 1 and getattr(node.args[0], "id", "") == "request":
            yield node.args[1]
        if called.endswith("Field") and getattr(getattr(node.func, "value", None), "id", "") == "models":
            yield from node.args[:1]
        names = SHOWN_NAMES - ({"help_text"} if is_described else set())
        if called not in NOT_SHOWN:
            yield from (keyword.value for keyword in node.keywords if keyword.arg in names)


def _labels(node: ast.ClassDef) -> Iterator[ast.expr]:
    for statement in node.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Tuple):
            yield from statement.value.elts[1:2]


def _text(value: ast.expr) -> str | None:
    """Return the text of a literal, with ``…`` for its values; ``None`` for anything else."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    if isinstance(value, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in value.values)
    return None
