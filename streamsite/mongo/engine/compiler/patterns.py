"""Lookups by pattern: ``contains``, ``startswith``, ``regex`` and their kin. Text of users is always escaped."""

from __future__ import annotations

import re
from typing import Any

from django.db import NotSupportedError
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from streamsite.mongo.engine.compiler.types import NUMBER_TYPES, TEXT_TYPES
from streamsite.mongo.engine.compiler.unsupported import refuse

from ..nodes import AnyLookup, Compiled
from .operands import all_of, is_direct
from .scope import Document, Scope, is_not_null

# Lookup name: what stands before and after the escaped text, and the options.
PATTERNS = {
    "contains": ("", "", ""),
    "icontains": ("", "", "i"),
    "startswith": ("^", "", ""),
    "istartswith": ("^", "", "i"),
    "endswith": ("", r"\z", ""),
    "iendswith": ("", r"\z", "i"),
    "iexact": ("^", r"\z", "i"),
}


class BuiltPattern(str):
    """A regular expression that code built of escaped parts: the lookup ``regex`` takes it whatever the options say."""

    __slots__ = ()


EXPRESSIONS_OF_PATTERNS = {"regex": "", "iregex": "i"}


def match_pattern(scope: Scope, lookup: AnyLookup, wanted: bool) -> Document | None:
    """Return a pattern on a text column."""
    if not is_direct(lookup) or lookup.lhs.output_field.get_internal_type() not in TEXT_TYPES:
        return None
    pattern, options = _pattern(scope, lookup)
    test: Document = {"$regex": pattern, **({"$options": options} if options else {})}
    return test if wanted else {"$not": test, "$ne": None}


def pattern(scope: Scope, lookup: AnyLookup, wanted: bool) -> Compiled:
    """Return a pattern on an expression, which is turned to text if it is a number."""
    internal_type = lookup.lhs.output_field.get_internal_type()
    left = scope.expression(lookup.lhs)
    if isinstance(lookup.lhs, KeyTransform) and not isinstance(lookup.lhs, KeyTextTransform):
        left = {"$cond": [{"$eq": [{"$type": left}, "string"]}, left, None]}
    elif internal_type in NUMBER_TYPES:
        left = {"$toString": left}
    elif internal_type not in TEXT_TYPES:
        raise refuse(lookup, f"on {internal_type}")
    if not is_direct(lookup):
        return _pattern_of_expression(scope, lookup, left, wanted)
    expression, options = _pattern(scope, lookup)
    matched: Any = {"$regexMatch": {"input": left, "regex": expression, "options": options}}
    return all_of([is_not_null(left), matched if wanted else {"$not": [matched]}])


def _pattern_of_expression(scope: Scope, lookup: AnyLookup, left: object, wanted: bool) -> Compiled:
    """Return a search for another expression's text: by position, since its text cannot be escaped."""
    name = str(lookup.lookup_name)
    right = scope.expression(lookup.rhs)
    if lookup.rhs.output_field.get_internal_type() in NUMBER_TYPES:
        right = {"$toString": right}
    elif lookup.rhs.output_field.get_internal_type() not in TEXT_TYPES:
        raise refuse(lookup, f"with {type(lookup.rhs.output_field).__name__} on the right")
    if lookup.lhs.output_field.get_internal_type() == "UUIDField":
        right = {"$replaceAll": {"input": right, "find": "-", "replacement": ""}}
    both = [is_not_null(left), is_not_null(right)]
    if name.startswith("i"):
        name = name.removeprefix("i")
        left, right = {"$toLower": left}, {"$toLower": right}
    if name == "exact":
        found: Any = {"$eq": [left, right]}
    elif name == "contains":
        found = {"$gte": [{"$indexOfCP": [left, right]}, 0]}
    elif name == "startswith":
        found = {"$eq": [{"$indexOfCP": [left, right]}, 0]}
    elif name == "endswith":
        found = _ends_with(left, right)
    else:
        raise refuse(lookup, "with an expression on the right")
    return all_of([*both, found if wanted else {"$not": [found]}])


def _ends_with(text: object, end: object) -> Document:
    start = {"$subtract": [{"$strLenCP": text}, {"$strLenCP": end}]}
    tail = {"$substrCP": [text, {"$max": [start, 0]}, {"$strLenCP": end}]}
    return {"$and": [{"$gte": [start, 0]}, {"$eq": [tail, end]}]}


def _pattern(scope: Scope, lookup: AnyLookup) -> tuple[str, str]:
    """Return a regular expression and its options for a lookup with a direct text."""
    name = str(lookup.lookup_name)
    if name in EXPRESSIONS_OF_PATTERNS:
        is_allowed = scope.connection.engine_options["allow_regex"] or isinstance(lookup.rhs, BuiltPattern)
        if not is_allowed:
            raise NotSupportedError(
                f"The lookup {name!r} is refused: the pattern could come from a user. "
                "OPTIONS['allow_regex'] allows it."
            )
        return str(lookup.rhs), EXPRESSIONS_OF_PATTERNS[name]
    before, after, options = PATTERNS[name]
    text = str(lookup.rhs)
    if lookup.lhs.output_field.get_internal_type() == "UUIDField":
        text = text.replace("-", "")
    # A zero byte would end the pattern.
    return before + re.escape(text).replace("\0", r"\x00") + after, options
