"""Queries without an exact counterpart in MongoDB are refused by name, before the server is asked."""

from __future__ import annotations

import pytest
from django.db import DataError, NotSupportedError, connection, transaction
from django.db.models import BigIntegerField, F, Func, OuterRef, Q, Subquery, Value, Window
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower, Repeat, RowNumber

from streamsite.mongo.engine.tests.answers import Question
from streamsite.mongo.engine.tests.models import Follow, Tag, Video
from streamsite.mongo.engine.tests.world import World
from tests.support.commands import recorded

# What is asked, and the word that the error must contain.
REFUSED: dict[str, tuple[Question, str]] = {
    "raw": (lambda w: list(Tag.objects.raw("SELECT * FROM tag")), "SQL"),
    "cursor": (lambda w: connection.cursor().execute("SELECT 1"), "SQL"),
    "RawSQL": (lambda w: list(w.tags.annotate(x=RawSQL("1", ()))), "RawSQL"),
    "extra select": (lambda w: list(w.tags.extra(select={"x": "1"})), "RawSQL"),
    "extra where": (lambda w: list(w.tags.extra(where=["1=1"])), "ExtraWhere"),
    "extra tables": (lambda w: list(w.tags.extra(tables=["other"])), "extra()"),
    "window": (lambda w: list(w.tags.annotate(x=Window(RowNumber()))), "Window"),
    "distinct on": (lambda w: list(w.tags.distinct("name")), "distinct() on fields"),
    "select for update": (lambda w: list(w.tags.select_for_update()), "select_for_update()"),
    "regex": (lambda w: list(w.tags.filter(name__regex="^(a+)+$")), "regex"),
    "iregex": (lambda w: list(w.tags.exclude(name__iregex="a")), "iregex"),
    "intersection": (lambda w: list(w.tags.intersection(w.tags)), "intersection"),
    "difference": (lambda w: list(w.tags.difference(w.tags)), "difference"),
    "explain": (lambda w: w.tags.explain(), "explain"),
    "function with SQL": (lambda w: list(w.tags.annotate(x=Func(F("name"), function="SOUNDEX"))), "Func"),
    "unknown function": (lambda w: list(w.tags.annotate(x=Repeat("name", 2))), "Repeat"),
    "bitwise": (lambda w: list(w.videos.annotate(x=F("views").bitand(1))), "'&'"),
    "JSON contains": (lambda w: list(w.videos.filter(meta__contains={"k": 1})), "contains"),
    "JSON contained": (lambda w: list(w.videos.filter(meta__contained_by={"k": 1})), "contained_by"),
    "pattern on a day": (lambda w: list(w.videos.filter(day__contains="2024")), "DateField"),
    "subquery in an update": (
        lambda w: w.tags.update(name=Subquery(w.tags.filter(pk=OuterRef("pk")).values("name")[:1])),
        "subquery",
    ),
    "expression in an insert": (lambda w: w.tags.create(name=Lower(Value("X"))), "Lower"),
    "JSON null": (
        lambda w: w.videos.filter(pk=1).update(meta=Value(None, Video._meta.get_field("meta"))),
        "JSON null",
    ),
    "conflicts under a condition": (
        lambda w: w.slots.bulk_create([w.slots.model(code="x")], ignore_conflicts=True),
        "engine_unique_active_code",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused(worlds: tuple[World, World], name: str) -> None:
    """The error names what is not supported; no query was sent."""
    question, word = REFUSED[name]
    with recorded() as commands, pytest.raises(NotSupportedError, match=_literal(word)), transaction.atomic():
        question(worlds[1])
    assert commands == []


def _literal(word: str) -> str:
    return "".join(f"[{letter}]" if letter in "()." else letter for letter in word)


def test_update_or_create_needs_no_lock(worlds: tuple[World, World]) -> None:
    """Django asks for a lock there by itself; a lock that a caller asks for stays refused inside of it."""
    with transaction.atomic():
        row, made = Follow.objects.update_or_create(user=70, channel_id=1, defaults={"level": 2})
        assert (made, row.level) == (True, 2)
        row, made = Follow.objects.update_or_create(user=70, channel_id=1, defaults={"level": F("level") + 1})
        assert not made
        transaction.set_rollback(True)


def test_a_lookup_of_ones_own_is_refused(worlds: tuple[World, World]) -> None:
    """A subclass may mean anything, so its name is not enough."""

    class Shout(Lower):
        lookup_name = "shout"

    with pytest.raises(NotSupportedError, match="Shout"):
        list(worlds[1].tags.annotate(x=Shout("name")))


def test_user_text_is_never_a_pattern_or_an_operator(worlds: tuple[World, World]) -> None:
    """Documents and operators as values are values."""
    mongo = worlds[1]
    for hostile in ("$where", {"$gt": ""}, {"$ne": None}, ["$title"], ".*"):
        assert not mongo.videos.filter(title=hostile).exclude(title="$where").exclude(title=".*").exists()
    assert mongo.videos.filter(Q(title=Value("$views"))).count() == 0
    assert mongo.videos.annotate(x=Value("$views", BigIntegerField())).filter(pk=1).exists()
    with transaction.atomic():
        mongo.videos.filter(pk=1).update(title="$views", description=F("title"))
        assert mongo.videos.get(pk=1).title == "$views"
        transaction.set_rollback(True)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**70])
def test_numbers_that_json_or_bson_cannot_say(worlds: tuple[World, World], value: float) -> None:
    """They must not get in: no client could read the answer."""
    with pytest.raises(DataError), transaction.atomic():
        worlds[1].videos.filter(pk=1).update(meta={"a": value})
