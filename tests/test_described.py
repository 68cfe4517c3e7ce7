"""OpenAPI components made from ``TypedDict`` classes."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

import pytest
from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.views import APIView

from streamsite.api.described import described
from streamsite.api.json_types import Date, PageDict, Schema, Timestamp, choices


class PartDict(TypedDict):
    """A part."""

    share: Annotated[float, Schema(minimum=0, maximum=1), "How much."]


class WholeDict(PartDict):
    """A whole."""

    count: int
    color: Annotated[str | None, "The paint.", choices([("red", "Red"), ("blue", "Blue")])]
    size: Annotated[str, choices(["small", "large"])]
    made_at: Timestamp | None
    day: Date
    main: Annotated[PartDict | None, "The largest."]
    parts: list[PartDict]
    notes: dict[str, list[str]]
    mode: NotRequired[Literal["all", "most"]]


class PageOfFoundDict(PageDict[WholeDict]):
    """A page of results."""

    is_complete: bool


def _components(*shapes: object) -> dict[str, object]:
    """Return the components of a document whose operations answer with ``shapes``."""

    def view(shape: object) -> type[APIView]:
        class View(APIView):
            authentication_classes = []

            @extend_schema(responses={200: described(shape)})
            def get(self) -> None:
                """Answer."""

        return View

    patterns = [path(f"a{number}", view(shape).as_view()) for number, shape in enumerate(shapes)]
    document = SchemaGenerator(patterns=patterns).get_schema(request=None, public=True)
    schemas: dict[str, object] = document["components"]["schemas"]
    return {name: schema for name, schema in schemas.items() if name != "Error"}


def test_annotations_become_properties() -> None:
    part = {"$ref": "#/components/schemas/Part"}
    number = {"type": "number", "format": "double"}
    assert _components(WholeDict) == {
        "Part": {
            "type": "object",
            "description": "A part.",
            "properties": {"share": number | {"minimum": 0, "maximum": 1, "description": "How much."}},
            "required": ["share"],
        },
        "Whole": {
            "type": "object",
            "description": "A whole.",
            "properties": {
                "share": number | {"minimum": 0, "maximum": 1, "description": "How much."},
                "count": {"type": "integer"},
                "color": {
                    "type": "string",
                    "nullable": True,
                    "enum": ["red", "blue"],
                    "description": "The paint.\n\n* `red` - Red\n* `blue` - Blue",
                },
                "size": {"type": "string", "enum": ["small", "large"]},
                "made_at": {"type": "string", "format": "date-time", "nullable": True},
                "day": {"type": "string", "format": "date"},
                "main": {
                    "oneOf": [part, {"type": "string", "nullable": True, "enum": [None]}],
                    "description": "The largest.",
                },
                "parts": {"type": "array", "items": part},
                "notes": {
                    "type": "object",
                    "additionalProperties": {"type": "array", "items": {"type": "string"}},
                },
                "mode": {"type": "string", "enum": ["all", "most"]},
            },
            "required": ["color", "count", "day", "made_at", "main", "notes", "parts", "share", "size"],
        },
    }


def test_pages_are_components_of_their_own() -> None:
    found = _components(PageDict[PartDict], PageOfFoundDict)
    page, extended = found["PageOfParts"], found["PageOfFound"]
    assert isinstance(page, dict)
    assert isinstance(extended, dict)
    assert page["properties"]["results"] == {"type": "array", "items": {"$ref": "#/components/schemas/Part"}}
    assert page["required"] == ["next", "previous", "results"]
    assert extended["properties"]["results"]["items"] == {"$ref": "#/components/schemas/Whole"}
    assert extended["required"] == ["is_complete", "next", "previous", "results"]


def test_name_and_description_can_be_given() -> None:
    shape = described(PageDict[PartDict], name="PageOfPieces", description="All pieces.")
    assert (shape.name, shape.description) == ("PageOfPieces", "All pieces.")


def test_only_typed_dicts_are_described() -> None:
    with pytest.raises(TypeError, match="no TypedDict"):
        described(dict[str, int])


class OddDict(TypedDict):
    """Has an annotation without a schema."""

    odd: bytes


class EitherDict(TypedDict):
    """Has two types in one place."""

    either: int | str


@pytest.mark.parametrize("shape", [OddDict, EitherDict])
def test_types_without_a_schema_are_refused(shape: object) -> None:
    with pytest.raises(TypeError, match=r"has (a|no) schema"):
        _components(shape)
