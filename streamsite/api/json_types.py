"""Types of the values in API bodies, for the ``TypedDict`` classes that mappers return.

``Annotated`` adds what a Python type leaves out of the OpenAPI document: a string is a description, a ``Schema`` adds
keywords. ``streamsite.api.described`` reads both.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Generic, TypedDict, TypeVar

Entry = TypeVar("Entry")


class Schema:
    """Keywords that a field's schema has besides those of its type, such as ``minimum``."""

    def __init__(self, **keywords: object) -> None:
        self.keywords = keywords


def choices(values: Iterable[str | tuple[str, str]]) -> Schema:
    """Return the schema of a string that is one of ``values``; a pair is a value and its label.

    For choices that a model or a table holds. Where they are written down once, use ``Literal``.
    """
    known = list(values)
    labeled = [one for one in known if isinstance(one, tuple)]
    description = "\n".join(f"* `{value}` - {label}" for value, label in labeled)
    enum = [one if isinstance(one, str) else one[0] for one in known]
    return Schema(enum=enum, **({"description": description} if description else {}))


Timestamp = Annotated[str, Schema(format="date-time")]
Date = Annotated[str, Schema(format="date")]


class PageDict(TypedDict, Generic[Entry]):
    """One page of a list; ``next`` and ``previous`` are URLs."""

    next: str | None
    previous: str | None
    results: list[Entry]
