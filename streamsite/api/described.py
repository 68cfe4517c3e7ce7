"""OpenAPI components from the ``TypedDict`` classes that mappers return.

``@extend_schema(responses={200: described(VideoDict)})`` names the component ``Video``. Its description is the class's
docstring, its properties are the annotations: ``X | None`` is nullable, ``NotRequired`` may be absent, another
``TypedDict`` is a component of its own. ``streamsite.api.json_types`` has what else annotations may say.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Mapping
from datetime import datetime
from types import NoneType, UnionType
from typing import (
    Annotated,
    Literal,
    NotRequired,
    Required,
    TypeVar,
    Union,
    get_args,
    get_origin,
    is_typeddict,
)

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_array_type, build_basic_type, build_object_type

from streamsite.api.json_types import PageDict, Schema

JsonSchema = dict[str, object]
# What the type variables of a generic ``TypedDict`` stand for.
Bindings = Mapping[object, object]


class Described:
    """A ``TypedDict``, or a page of one, as the response of an operation."""

    def __init__(self, shape: object, name: str, description: str) -> None:
        self.shape, self.name, self.description = shape, name, description


def described(shape: object, *, name: str = "", description: str = "") -> Described:
    """Return ``shape`` as ``extend_schema`` takes it.

    ``shape`` is a ``TypedDict`` class or ``PageDict[...]`` of one. The component is ``name``, or the class's without
    ``Dict``; of a page ``PageOf<name>s``. Raise ``TypeError`` for another class.
    """
    plain = get_origin(shape) or shape
    if not is_typeddict(plain):
        raise TypeError(f"{shape!r} is no TypedDict")
    component = getattr(plain, "__name__", "").removesuffix("Dict")
    text = inspect.cleandoc(getattr(plain, "__doc__", None) or "")
    if plain is PageDict:
        (entry,) = get_args(shape)
        entry_name = described(entry).name
        is_ies = entry_name.endswith("y") and entry_name[-2:-1] not in "aeiou"
        plural = f"{entry_name[:-1]}ies" if is_ies else f"{entry_name}s"
        component, text = f"PageOf{plural}", f"One page of a list of `{entry_name}` objects."
    return Described(shape, name or component, description or text)


class DescribedExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Lets drf-spectacular take a ``Described`` wherever it takes a serializer."""

    target_class = Described

    def get_name(self, auto_schema: AutoSchema, direction: str) -> str:
        """Return the component's name."""
        return str(self.target.name)

    def get_identity(self, auto_schema: AutoSchema, direction: str) -> object:
        """Return what makes two components the same."""
        return self.target.shape

    def map_serializer(self, auto_schema: AutoSchema, direction: str) -> JsonSchema:
        """Return the schema of the component."""
        fields, bindings = _fields_of(self.target.shape)
        properties = {name: _schema_of(hint, bindings, auto_schema) for name, (hint, _) in fields.items()}
        required = [name for name, (_, is_required) in fields.items() if is_required]
        return build_object_type(properties, required, self.target.description)


def _fields_of(shape: object) -> tuple[dict[str, tuple[object, bool]], Bindings]:
    """Return the annotation of every key with whether it is required, and the bindings of type variables."""
    plain: typing.Any = get_origin(shape) or shape
    fields = {}
    for name, hint in typing.get_type_hints(plain, include_extras=True).items():
        # The class's own ``__required_keys__`` does not see into annotations that are kept as strings.
        is_required = name in plain.__required_keys__ and get_origin(hint) is not NotRequired
        is_marked = get_origin(hint) in (NotRequired, Required)
        fields[name] = (get_args(hint)[0] if is_marked else hint, is_required)
    return fields, _bindings_of(shape)


def _bindings_of(shape: object) -> Bindings:
    plain = get_origin(shape) or shape
    bindings: dict[object, object] = {}
    for base in getattr(plain, "__orig_bases__", ()):
        if is_typeddict(get_origin(base) or base):
            bindings |= _bindings_of(base)
    parameters = getattr(plain, "__parameters__", ())
    return bindings | dict(zip(parameters, get_args(shape), strict=False))


def _schema_of(hint: object, bindings: Bindings, auto_schema: AutoSchema) -> JsonSchema:
    """Return the schema of one annotation. Raise ``TypeError`` when it cannot be expressed."""
    hint = bindings.get(hint, hint) if isinstance(hint, TypeVar) else hint
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _add_annotations(_schema_of(parts[0], bindings, auto_schema), hint)
    if origin in (Union, UnionType):
        return _nullable(parts, bindings, auto_schema)
    if origin is Literal:
        return {**_basic(type(parts[0])), "enum": list(parts)}
    if origin is list:
        return build_array_type(_schema_of(parts[0], bindings, auto_schema))
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema_of(parts[1], bindings, auto_schema)}
    if is_typeddict(origin or hint):
        component = auto_schema.resolve_serializer(described(hint), "response")  # type: ignore[arg-type]
        return component.ref
    return _basic(hint)


def _basic(hint: object) -> JsonSchema:
    if hint not in (str, int, float, bool, datetime):
        raise TypeError(f"{hint!r} has no schema")
    return dict(build_basic_type(hint) or {})


def _nullable(parts: tuple[object, ...], bindings: Bindings, auto_schema: AutoSchema) -> JsonSchema:
    kinds = [part for part in parts if part is not NoneType]
    if len(kinds) != 1 or len(kinds) == len(parts):
        raise TypeError(f"{parts!r}: only one type or None has a schema")
    schema = _schema_of(kinds[0], bindings, auto_schema)
    if "$ref" in schema:
        # "nullable" has an effect beside a type only, and generators of clients do not see it beside "allOf".
        return {"oneOf": [schema, {"type": "string", "nullable": True, "enum": [None]}]}
    return schema | {"nullable": True}


def _add_annotations(schema: JsonSchema, hint: object) -> JsonSchema:
    """Add what ``Annotated`` says; several descriptions are paragraphs, the one of the field first."""
    extras: tuple[object, ...] = getattr(hint, "__metadata__", ())
    schema = _wrap_reference(schema)
    texts = [schema["description"]] if "description" in schema else []
    for extra in extras:
        if isinstance(extra, Schema):
            schema |= {key: value for key, value in extra.keywords.items() if key != "description"}
            texts += [extra.keywords["description"]] if "description" in extra.keywords else []
        elif isinstance(extra, str):
            texts.insert(0, extra)
    return schema | ({"description": "\n\n".join(map(str, texts))} if texts else {})


def _wrap_reference(schema: JsonSchema) -> JsonSchema:
    """Return a schema that may have other keywords: OpenAPI 3.0 ignores those beside a ``$ref``."""
    return {"allOf": [schema]} if "$ref" in schema else dict(schema)
