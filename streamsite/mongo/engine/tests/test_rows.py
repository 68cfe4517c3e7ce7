"""Plain reads: rows made straight from documents are the rows that Django's own way makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, F, Model, QuerySet
from django.db.models.query import ModelIterable
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext

from streamsite.mongo.engine.rows import KEYS_PER_COMMAND
from streamsite.mongo.engine.tests.models import Channel, Follow, Node, Owner, Video
from streamsite.mongo.engine.tests.world import World

Question = Callable[[], "QuerySet[Any]"]

PLAIN: dict[str, Question] = {
    "all": lambda: Video.objects.order_by("pk"),
    "page": lambda: Video.objects.filter(is_public=True).order_by("-created", "-pk")[3:9],
    "related": lambda: Video.objects.select_related("channel__owner").order_by("title", "pk"),
    "nullable": lambda: Node.objects.select_related("parent__parent").order_by("name"),
    "only": lambda: Video.objects.only("title", "channel__name").select_related("channel").order_by("pk"),
    "deferred": lambda: Video.objects.defer("meta", "description").order_by("pk"),
    "keys": lambda: Video.objects.filter(pk__in=[4, 2, 9]).select_related("channel"),
    "of a channel": lambda: Channel.objects.get(pk=2).videos.order_by("pk"),
    "by foreign key": lambda: Follow.objects.order_by("channel_id", "user"),
    "none": lambda: Video.objects.filter(pk__in=[]),
}
OTHERS: dict[str, Question] = {
    "by a related column": lambda: Video.objects.order_by("channel__name", "pk"),
    "where related": lambda: Video.objects.filter(channel__name="ch1").order_by("pk"),
    "annotated": lambda: Channel.objects.annotate(number=Count("videos")).order_by("pk"),
    "computed order": lambda: Video.objects.order_by(F("rank").asc(nulls_last=True), "pk"),
    "everything related": lambda: Video.objects.select_related().order_by("pk"),
    "reversed": lambda: Video.objects.order_by("pk").reverse(),
    "distinct": lambda: Video.objects.filter(tags__name__in="ab").distinct().order_by("pk"),
    "subquery": lambda: Video.objects.filter(channel__in=Channel.objects.filter(owner__age=10)).order_by(
        "pk"
    ),
}


@pytest.fixture(autouse=True)
def _mongo(worlds: tuple[World, World]) -> None:
    """The world in MongoDB."""


def state(row: Model) -> dict[str, Any]:
    """Return all that a row has loaded, its related rows included."""
    loaded = {name: value for name, value in vars(row).items() if name != "_state"}
    related = {name: one and state(one) for name, one in row._state.fields_cache.items()}
    return {
        "model": type(row),
        "db": row._state.db,
        "adding": row._state.adding,
        **loaded,
        "related": related,
    }


def types_in(value: Any) -> Any:
    """Return the types of a loaded value and of what it contains."""
    if isinstance(value, dict):
        return {key: types_in(one) for key, one in value.items()}
    return [types_in(one) for one in value] if isinstance(value, list) else type(value)


def in_djangos_way(rows: QuerySet[Any]) -> list[Any]:
    """Return the rows as Django makes them from compiled columns."""
    rows._iterable_class = ModelIterable
    return list(rows)


@contextmanager
def counted() -> Iterator[CaptureQueriesContext]:
    """Count the commands of a block."""
    with CaptureQueriesContext(connection) as queries:
        yield queries


@pytest.mark.parametrize("question", [*PLAIN.values(), *OTHERS.values()], ids=[*PLAIN, *OTHERS])
def test_rows_are_those_of_djangos_way(question: Question) -> None:
    rows, expected = list(question()), in_djangos_way(question())
    assert [state(row) for row in rows] == [state(row) for row in expected]
    assert [types_in(state(row)) for row in rows] == [types_in(state(row)) for row in expected]
    assert rows or question is PLAIN["none"]


def test_a_relation_is_one_find_more() -> None:
    with counted() as queries:
        rows = list(Video.objects.select_related("channel__owner").order_by("pk"))
    assert len(queries) == 3
    assert all("Find(" in query["sql"] for query in queries)
    with counted() as queries:
        assert {row.channel.owner.name for row in rows if row.channel.owner}
    assert len(queries) == 0


def test_nothing_is_asked_for_rows_that_are_not_there() -> None:
    with counted() as queries:
        assert list(Video.objects.filter(pk=-1).select_related("channel")) == []
    assert len(queries) == 1


def test_many_keys_are_asked_for_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert KEYS_PER_COMMAND > 2
    monkeypatch.setattr("streamsite.mongo.engine.rows.KEYS_PER_COMMAND", 2)
    with counted() as queries:
        rows = list(Video.objects.select_related("channel").order_by("pk"))
    assert len(queries) == 1 + -(-len({row.channel_id for row in rows}) // 2)
    assert all(row.channel.pk == row.channel_id for row in rows)


def test_a_deferred_field_is_read_when_it_is_asked_for() -> None:
    row = Video.objects.only("title").get(pk=3)
    assert row.get_deferred_fields() >= {"description", "meta", "channel_id"}
    with counted() as queries:
        assert row.description == Video.objects.get(pk=3).description
    assert len(queries) == 2


def test_a_row_is_saved_and_refreshed_like_any_other() -> None:
    row = Owner.objects.get(pk=1)
    row.age = 77
    row.save()
    try:
        assert Owner.objects.filter(age=77).get() == row
    finally:
        Owner.objects.filter(pk=1).update(age=10)
    row.refresh_from_db()
    assert row.age == 10


def test_a_row_whose_target_is_gone_is_left_out_as_by_a_join() -> None:
    table = connection.collection(Channel._meta.db_table)
    document = table.find_one({"id": 2})
    assert document
    table.delete_one({"id": 2})
    try:
        with_channel = list(Video.objects.select_related("channel").order_by("pk"))
        assert {row.channel_id for row in with_channel} == {1, 3, 4}
        assert len(list(Video.objects.order_by("pk"))) > len(with_channel)
        rows = Video.objects.select_related("channel").order_by("pk")
        for first, last in ((0, 5), (0, 1), (3, 9), (0, len(with_channel)), (0, 100)):
            gone = sum(row.channel_id == 2 for row in Video.objects.order_by("pk")[:first])
            assert list(rows[first:last]) == with_channel[first - gone :][: last - first]
    finally:
        table.insert_one(document)
    owners = connection.collection(Owner._meta.db_table)
    owner = owners.find_one({"id": 1})
    assert owner
    owners.delete_one({"id": 1})
    try:
        rows = Channel.objects.select_related("owner").order_by("pk")
        assert rows[0].owner is None
        assert len(rows) == 5
    finally:
        owners.insert_one(owner)


def test_values_of_rows_are_not_shared() -> None:
    table = connection.collection(Video._meta.db_table)
    kept = {one["id"]: one["meta"] for one in table.find({"id": {"$in": [1, 2]}}, {"id": 1, "meta": 1})}
    table.update_many({"id": {"$in": [1, 2]}}, {"$unset": {"meta": 1}})
    try:
        first, second = Video.objects.filter(pk__in=[1, 2]).order_by("pk")
        first.meta["changed"] = True
        assert second.meta == {}
        assert Video.objects.get(pk=1).meta == {}
    finally:
        for key, value in kept.items():
            table.update_one({"id": key}, {"$set": {"meta": value}})


def test_receivers_hear_of_each_row() -> None:
    heard: list[Model] = []

    def hear(instance: Model, **_: object) -> None:
        heard.append(instance)

    post_init.connect(hear, sender=Owner)
    try:
        rows = list(Owner.objects.order_by("pk"))
    finally:
        post_init.disconnect(hear, sender=Owner)
    assert heard == rows


def test_a_long_result_takes_one_command() -> None:
    videos = [Video(pk=n, channel_id=1, title=f"t{n}", created="2026-01-01T00:00Z") for n in range(500, 900)]
    Video.objects.bulk_create(videos)
    try:
        before = connection.mongo_client.admin.command("serverStatus")["metrics"]["commands"]["getMore"][
            "total"
        ]
        assert len(Video.objects.filter(pk__gte=500).order_by("pk")[:300]) == 300
        assert len(Video.objects.filter(pk__gte=500)) == 400
        after = connection.mongo_client.admin.command("serverStatus")["metrics"]["commands"]["getMore"][
            "total"
        ]
        assert after == before
    finally:
        Video.objects.filter(pk__gte=500).delete()
