"""Values of different kinds: MongoDB would compare, order and store any mixture of them without a word."""

from __future__ import annotations

from decimal import Decimal

import pytest
from bson import Decimal128
from django.db import DataError, NotSupportedError, connection, transaction
from django.db.models import (
    BinaryField,
    BooleanField,
    CharField,
    Count,
    Expression,
    F,
    IntegerField,
    Max,
    Q,
    Value,
)
from django.db.models.fields.json import KT
from django.db.models.functions import (
    Cast,
    Greatest,
    Left,
    Length,
    Lower,
    Mod,
    NullIf,
    Replace,
    StrIndex,
    Trim,
)

from streamsite.mongo.engine.tests.answers import Question, answer_or_error, sorted_keys
from streamsite.mongo.engine.tests.models import Video
from streamsite.mongo.engine.tests.world import World
from tests.support.commands import recorded


def _both(condition: Q) -> Question:
    return lambda w: [sorted_keys(w.videos.filter(condition)), sorted_keys(w.videos.exclude(condition))]


def _values(expression: Expression | F, name: str = "pk") -> Question:
    return lambda w: list(w.videos.annotate(value=expression).order_by("pk").values_list(name, "value"))


def _after(name: str, **values: object) -> Question:
    """Update all rows; what a column holds then."""
    return lambda w: [w.videos.update(**values), list(w.videos.order_by("pk").values_list(name, flat=True))]


QUESTIONS: dict[str, Question] = {
    # a null among expressions makes "not in" unknown
    "not in a list with a null column": _both(Q(views__in=[F("rank"), 3])),
    "not in a list with two null columns": _both(Q(score__in=[F("rank"), F("price")])),
    "not in a list with an expression and a null": _both(Q(rank__in=[F("views"), None, 3])),
    # numbers
    "decimal against float": lambda w: [
        w.videos.update(price=Decimal("0.1"), score=0.1),
        sorted_keys(w.videos.filter(price=F("score"))),
        sorted_keys(w.videos.filter(score__gte=F("price"))),
    ],
    "modulo by zero": _values(F("views") % F("rank")),
    "modulo function by zero": _values(Mod("pk", "rank")),
    # texts
    "replace nothing": _values(Replace("title", Value(""), Value("x"))),
    "contains a number": _both(Q(title__contains=F("rank"))),
    "length of a number": _values(Length("views")),
    "trimmed number": _values(Trim("views", output_field=CharField())),
    "left of a number": _values(Left("views", 2, output_field=CharField())),
    "position in a number": _values(StrIndex("views", Value("0"))),
    "replace in a number": _values(Replace("views", Value("0"), Value("x"), output_field=CharField())),
    # JSON: a null is a value, what is missing is not
    "keys within a member": _both(Q(meta__n__has_key="z")),
    "keys within a list": _both(Q(meta__list__has_key="0")),
    "count of members": lambda w: w.videos.aggregate(
        all=Count("meta__k"),
        some=Count("meta__k", filter=Q(pk__gt=6)),
        different=Count("meta__k", distinct=True),
        some_different=Count("meta__k", distinct=True, filter=Q(pk__gt=6)),
    ),
    # what is stored has its column's type
    "whole number from float": _after("views", views=F("views") * 1.5),
    "float from whole number": _after("score", score=F("views")),
    "decimal from whole number": _after("price", price=F("views")),
    "decimal from float": _after("price", price=F("score") * 1.0),
    "decimal with more places": _after("price", price=F("price") + Decimal("0.001")),
    "decimal from a quotient": _after("price", price=F("price") / 3),
    "moment from day": lambda w: [
        w.videos.filter(day__isnull=False).update(created=F("day")),
        list(w.videos.order_by("pk").values_list("created", flat=True)),
    ],
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_answers_are_equal(worlds: tuple[World, World], name: str) -> None:
    """SQLite's answer is the truth, down to the values' types."""
    truth, mongo = worlds
    wanted, answer = answer_or_error(QUESTIONS[name], truth), answer_or_error(QUESTIONS[name], mongo)
    assert not isinstance(wanted, str), wanted
    assert answer == wanted
    assert [float] * len(_floats(wanted)) == [type(value) for value in _floats(answer)]


def _floats(answer: object) -> list[float]:
    if isinstance(answer, list):
        return [value for part in answer for value in _floats(part)]
    return [answer] if isinstance(answer, float) else []


# What is asked, and the words that the error must contain.
REFUSED: dict[str, tuple[Question, str]] = {
    "binary values compared": (lambda w: sorted_keys(w.videos.filter(data__gt=b"\x05")), "binary"),
    "binary range": (lambda w: sorted_keys(w.videos.filter(data__range=(b"\x01", b"\x05"))), "binary"),
    "binary values ordered": (lambda w: list(w.videos.order_by("data", "pk")), "binary"),
    "binary values ordered, computed": (
        lambda w: list(w.videos.order_by(F("data").desc(nulls_last=True))),
        "binary",
    ),
    "greatest binary value": (lambda w: w.videos.aggregate(m=Max("data")), "binary"),
    "greater binary value": (_values(Greatest("data", Value(b"\x05", BinaryField()))), "binary"),
    "number equal to boolean": (_both(Q(rank=F("is_public"))), "boolean and number"),
    "boolean equal to number": (_both(Q(is_public=F("rank"))), "boolean and number"),
    "number equal to a boolean value": (_both(Q(rank=Value(True))), "boolean and number"),
    "text equal to number": (_both(Q(title=F("views"))), "number and text"),
    "number among booleans": (_both(Q(rank__in=[F("is_public"), 3])), "boolean and number"),
    "range of kinds": (_both(Q(rank__range=(F("is_public"), 5))), "boolean and number"),
    "null if of kinds": (
        _values(NullIf("is_public", "rank", output_field=BooleanField())),
        "boolean and number",
    ),
    "greatest of kinds": (_values(Greatest("title", "views", output_field=CharField())), "number and text"),
    "text of a float": (_values(Lower("score", output_field=CharField())), "FloatField"),
    "text of a moment": (_values(Lower("created", output_field=CharField())), "DateTimeField"),
    "length of a decimal": (_values(Length("price", output_field=IntegerField())), "DecimalField"),
    "part of JSON as text": (_values(Lower("meta__k", output_field=CharField())), "JSONField"),
    "contains a day": (_both(Q(title__contains=F("day"))), "DateField"),
    "text from number": (_after("title", title=F("views")), "a number as the value of the text column"),
    "day from moment": (_after("day", day=F("created")), "a moment as the value of the date column"),
    "boolean from number": (_after("is_checked", is_checked=F("rank")), "boolean column"),
    "number from boolean": (_after("rank", rank=F("is_public")), "number column"),
    "number from duration": (_after("rank", rank=F("length")), "number column"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused(worlds: tuple[World, World], name: str) -> None:
    """The error names what is not supported; no query was sent."""
    question, words = REFUSED[name]
    with recorded() as commands, pytest.raises(NotSupportedError, match=words), transaction.atomic():
        question(worlds[1])
    assert commands == []


def _stored(column: str) -> set[type]:
    rows = connection.collection(Video._meta.db_table).find({}, session=connection.transaction.session)
    return {type(row[column]) for row in rows if row[column] is not None}


@pytest.mark.parametrize(
    ("values", "types"),
    [
        ({"views": F("views") + 1.5}, {"int"}),
        ({"views": F("pk") * 0.5}, {"int"}),
        ({"score": F("views")}, {float}),
        ({"price": F("score") * 1.0}, {Decimal128}),
        ({"views": Cast("score", IntegerField())}, {"int"}),
    ],
    ids=str,
)
def test_an_update_keeps_the_columns_type(
    worlds: tuple[World, World], values: dict[str, object], types: set[object]
) -> None:
    """A computed value is rounded to what its column holds."""
    (column,) = values
    with transaction.atomic():
        worlds[1].videos.filter(score__isnull=False).update(**values)
        found = {"int" if issubclass(kind, int) else kind for kind in _stored(column)}
        transaction.set_rollback(True)
    assert found == types


def test_a_decimal_of_too_many_digits_is_a_data_error(worlds: tuple[World, World]) -> None:
    """The column's own limit holds for what the server computes."""
    with pytest.raises(DataError, match="too many digits"), transaction.atomic():
        worlds[1].videos.update(price=F("price") * 10_000_000)


def test_a_list_in_json_has_no_text(worlds: tuple[World, World]) -> None:
    """The server cannot write one, and a null would be a lie."""
    mongo = worlds[1]
    assert list(mongo.videos.filter(pk=1).values_list(KT("meta__k"), flat=True)) == ["0"]
    with pytest.raises(DataError):
        list(mongo.videos.values_list(KT("meta__list"), flat=True))
