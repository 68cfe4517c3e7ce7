"""Lookups and members of JSON values."""

from __future__ import annotations

from typing import Any

from django.db.models.fields.json import KeyTextTransform, KeyTransform

from streamsite.mongo.engine.compiler.unsupported import refuse

from ..nodes import AnyLookup, Compiled, Node
from .scope import Document, Scope


def has_keys(scope: Scope, lookup: AnyLookup, wanted: bool) -> Compiled:
    """Return whether a JSON object has a key, all of some keys, or any of them."""
    keys = [lookup.rhs] if lookup.lookup_name == "has_key" else list(lookup.rhs)
    left = scope.expression(lookup.lhs)
    tests = [{"$ne": [{"$type": _member_at(left, _key_path(lookup, key))}, "missing"]} for key in keys]
    found: Any = {"$or" if lookup.lookup_name == "has_any_keys" else "$and": tests}
    return found if wanted else {"$not": [found]}


def _key_path(lookup: AnyLookup, key: object) -> list[str]:
    """Return the keys from outside to inside; Django writes a path as transforms of some column."""
    path: list[str] = []
    while isinstance(key, KeyTransform):
        path.insert(0, str(key.key_name))
        key = key.get_source_expressions()[0]
        if not isinstance(key, KeyTransform):
            return path
    if hasattr(key, "resolve_expression"):
        raise refuse(lookup, "with an expression as a key")
    return [str(key)]


def _member_at(container: object, path: list[str]) -> Document:
    """Return the member at the end of a path; only before its end can a number be a position in a list."""
    for key in path[:-1]:
        container = json_item(container, key)
    return json_member(container, path[-1])


def json_item(container: object, key: str) -> Document:
    """Return the member of a JSON value: a number is a position in a list or a name in an object."""
    named = json_member(container, key)
    if not key.isdecimal():
        return named
    return {"$cond": [{"$isArray": [container]}, {"$arrayElemAt": [container, int(key)]}, named]}


def json_member(container: object, key: str) -> Document:
    """Return the member of a JSON object by name."""
    named: Document = {"$getField": {"field": {"$literal": key}, "input": container}}
    return {"$cond": [{"$eq": [{"$type": container}, "object"]}, named, "$$REMOVE"]}


def is_json_member(node: Node) -> bool:
    """Return whether an expression's value is a part of JSON, where a null is a value and only missing is null."""
    return isinstance(node, KeyTransform) and not isinstance(node, KeyTextTransform)
