"""Input of the API: one regime of serializers for bodies and query strings."""

from __future__ import annotations

import math
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from rest_framework import serializers

from streamsite.api.fields import (
    CheckBoxField,
    CleanLineField,
    ClearableDateTimeField,
    ClearableIntegerField,
    DayField,
    FlagField,
    NumberField,
    QueryTextField,
    SplittableListField,
    StrictBooleanField,
    StrictCharField,
    StrictChoiceField,
    StrictFloatField,
)
from streamsite.api.inputs import InputSerializer, QuerySerializer
from streamsite.api.pagination import page_size
from streamsite.errors import Invalid


class FilmSerializer(InputSerializer):
    """Fields of every kind."""

    title = CleanLineField(max_length=5)
    color = StrictChoiceField(choices=["red", "blue"], required=False, default="red")
    is_old = serializers.BooleanField(required=False)
    is_new = StrictBooleanField(required=False)
    is_open = FlagField(required=False)
    is_loud = CheckBoxField(required=False)
    shade = StrictChoiceField(choices=["dark"], required=False, allow_blank=True)
    copies = ClearableIntegerField(required=False, allow_null=True, min_value=1)
    length = StrictFloatField(required=False, min_value=0)
    at = NumberField(required=False)
    day = DayField(required=False, allow_null=True)
    moment = ClearableDateTimeField(required=False, allow_null=True)
    tags = SplittableListField(child=StrictCharField(), required=False)
    pairs = serializers.ListField(child=serializers.ListField(child=StrictFloatField()), required=False)


class FilmsQuerySerializer(QuerySerializer):
    """Parameters of every kind."""

    q = QueryTextField(3)
    sort = StrictChoiceField(choices=["old", "new"], required=False, default="new")
    color = StrictChoiceField(choices=["red"], required=False)


def _problems(**data: object) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as caught:
        FilmSerializer.parse({"title": "T"} | data)
    assert (caught.value.status, caught.value.code) == (400, "validation_error")
    return caught.value.fields or {}


def test_only_what_was_sent_and_defaults_come_back() -> None:
    assert FilmSerializer.parse({"title": " T ", "unknown": 1}) == {"title": "T", "color": "red"}
    assert FilmSerializer.parse({"length": 2}, partial=True) == {"length": 2.0}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", 5), ("title", None), ("title", ""), ("title", "123456"), ("color", "green"), ("color", ["red"]),
        ("color", {"$ne": 1}), ("is_old", "perhaps"), ("is_new", 1), ("is_new", "true"), ("length", "1"),
        ("is_open", 1), ("is_open", 0), ("is_open", None), ("is_open", "1"), ("is_open", "True"), ("is_open", ""),
        ("is_loud", 1), ("is_loud", 1.0), ("is_loud", "yes"), ("is_loud", []), ("shade", " "), ("shade", "light"),
        ("copies", 0), ("copies", "some"), ("copies", True),
        ("length", True), ("length", -1), ("length", math.nan), ("length", math.inf), ("length", 10**400),
        ("at", "soon"), ("at", "NaN"), ("day", "20140303"), ("day", "2014-3-3"), ("day", "2014-02-30"),
        ("day", "２０１４-03-03"), ("day", 5), ("moment", "soon"), ("moment", 5), ("tags", 5), ("tags", [5]),
        ("pairs", [[1, "2"]]), ("pairs", "all"),
    ],
)  # fmt: skip
def test_each_wrong_value_is_named_by_its_field(field: str, value: object) -> None:
    """An error within a list is the list's: clients look it up by the name that they sent."""
    assert list(_problems(**{field: value})) == [field]


def test_all_problems_are_named_at_once() -> None:
    assert _problems(color="green", is_new=1) == {
        "color": ["Choose one of: red, blue."],
        "is_new": ["Must be a valid boolean."],
    }


def test_elements_are_named_where_clients_expect_it() -> None:
    class Named(FilmSerializer):
        names_elements = True

    with pytest.raises(Invalid) as caught:
        Named.parse({"title": "T", "tags": ["a", 5]})
    assert list(caught.value.fields or {}) == ["tags.1"]


def test_a_form_is_read_as_if_it_had_come_as_json() -> None:
    form = QueryDict("title=T&at=1.5&tags=a&tags=b&is_old=on&day=")
    assert FilmSerializer.parse(form) == {
        "title": "T", "color": "red", "at": 1.5, "tags": ["a", "b"], "is_old": True, "day": None,
    }  # fmt: skip
    assert "is_old" not in FilmSerializer.parse(QueryDict("title=T"))
    assert FilmSerializer.parse(QueryDict("title=T&tags=a,b"))["tags"] == "a,b"


def test_flags_take_what_forms_send_but_no_numbers() -> None:
    for value, flag in (("true", True), ("false", False), (True, True), (False, False)):
        assert FilmSerializer.parse({"title": "T", "is_open": value})["is_open"] is flag
    for value, flag in (("On", True), ("1", True), ("TRUE", True), ("off", False), ("0", False), ("", False)):
        assert FilmSerializer.parse({"title": "T", "is_loud": value})["is_loud"] is flag


def test_empty_texts_of_forms_stand_for_no_value_where_allowed() -> None:
    assert FilmSerializer.parse({"title": "T", "shade": "", "copies": ""}) == {
        "title": "T", "color": "red", "shade": "", "copies": None,
    }  # fmt: skip


@pytest.mark.parametrize("raw", ["+5", "5.0", "1_0", "٥", " 5", "-1", "x"])
def test_a_page_size_is_written_in_digits(raw: str) -> None:
    with pytest.raises(Invalid) as caught:
        page_size(QueryDict(urlencode({"page_size": raw})))
    assert list(caught.value.fields or {}) == ["page_size"]


def test_a_page_size_is_read_whatever_the_cursor_is() -> None:
    """A wrong cursor is ``invalid_cursor``, which only the list itself can tell."""
    assert page_size(QueryDict("page_size=7&cursor=%00")) == 7
    assert page_size(QueryDict("page_size=" + "9" * 2000)) == 100
    assert page_size(QueryDict("page_size=")) == 20


def test_empty_parameters_count_as_not_sent() -> None:
    def asked(query: str) -> object:
        return dict.fromkeys(FilmsQuerySerializer().fields, "") | FilmsQuerySerializer.parse(QueryDict(query))

    assert asked("") == asked("q=&sort=&color=") == {"q": "", "sort": "new", "color": ""}
    assert asked("q=%00abcdef&sort=old") == {"q": "\x00ab", "sort": "old", "color": ""}


def test_one_instance_validates_for_all_and_keeps_nothing() -> None:
    assert _problems(color="green")
    assert FilmSerializer.parse({"title": "A"}) == {"title": "A", "color": "red"}
    assert FilmSerializer.parse({"title": "B", "color": "blue"}) == {"title": "B", "color": "blue"}
