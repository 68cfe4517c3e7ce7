"""Kept documents: plain reads by key take them while nothing changes, and rows never share what is inside of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from pymongo.collection import Collection

from streamsite.mongo.engine import kept_documents
from streamsite.mongo.engine.base import DatabaseWrapper
from streamsite.mongo.engine.commands import Find
from streamsite.mongo.engine.kept_documents import MAX_DOCUMENTS, reading
from streamsite.mongo.engine.rows import _maker, _named
from streamsite.mongo.engine.tests.models import Channel, Owner, Video
from streamsite.mongo.engine.tests.world import World

MARK = b"markmark"


@pytest.fixture(autouse=True)
def _kept(worlds: tuple[World, World], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep documents of channels and videos."""
    for model in (Channel, Video):
        monkeypatch.setattr(model, "kept_while_reading", True)
    for cache in (_maker, kept_documents._kept_tables):
        cache.cache_clear()
    yield
    for cache in (_maker, kept_documents._kept_tables):
        cache.cache_clear()
    kept_documents.forget_all()


def stored(model: type[Model]) -> Collection[dict[str, Any]]:
    """Return the collection of a model, for writes that no query set makes."""
    return cast(DatabaseWrapper, connection).collection(model._meta.db_table)


@contextmanager
def counted(number: int) -> Iterator[None]:
    with CaptureQueriesContext(connection) as queries:
        yield
    assert len(queries) == number, [query["sql"] for query in queries]


def read_all() -> list[Video]:
    return list(Video.objects.select_related("channel").order_by("pk"))


def test_related_rows_are_read_once():
    with reading(MARK, 60):
        with counted(2):
            first = read_all()
        with counted(1):
            again = read_all()
        with counted(0):
            one = Channel.objects.get(pk=first[0].channel_id)
    assert [row.channel.name for row in first] == [row.channel.name for row in again]
    assert one == first[0].channel
    assert one is not first[0].channel


def test_nothing_is_kept_outside_of_reading():
    with counted(4):
        read_all()
        read_all()
    with reading(None, 60), counted(4):
        read_all()
        read_all()
    with reading(MARK, 0), counted(4):
        read_all()
        read_all()


def test_another_mark_reads_again():
    with reading(MARK, 60):
        read_all()
    with reading(b"another!", 60), counted(2):
        read_all()
    with reading(b"another!", 60), counted(1):
        read_all()
    with reading(MARK, 60), counted(2):
        read_all()


def test_rows_by_keys_ask_for_those_that_are_missing():
    first, second, third = Channel.objects.order_by("pk").values_list("pk", flat=True)[:3]
    with reading(MARK, 60):
        Channel.objects.get(pk=first)
        with CaptureQueriesContext(connection) as queries:
            assert set(Channel.objects.in_bulk([first, second, third])) == {first, second, third}
        assert len(queries) == 1
        assert f"[{second}, {third}]" in queries[0]["sql"]
        with counted(0):
            assert set(Channel.objects.in_bulk([third, first, first])) == {first, third}
        with counted(1):
            assert set(Channel.objects.in_bulk([first, 987_654])) == {first}


def test_fewer_fields_come_from_more_and_not_the_other_way():
    key = Video.objects.order_by("pk").values_list("pk", flat=True)[0]
    with reading(MARK, 60):
        with counted(1):
            assert Video.objects.only("title").get(pk=key).title
        with counted(0):
            assert Video.objects.only("title").get(pk=key).title
        with counted(1):
            whole = Video.objects.get(pk=key)
        with counted(0):
            some = Video.objects.only("title").get(pk=key)
            again = Video.objects.get(pk=key)
    assert some.get_deferred_fields()
    assert vars(whole).keys() - {"_state"} == vars(again).keys() - {"_state"}
    assert {name: value for name, value in vars(whole).items() if name != "_state"} == {
        name: value for name, value in vars(again).items() if name != "_state"
    }


def test_rows_do_not_share_lists():
    key = Video.objects.order_by("pk").values_list("pk", flat=True)[0]
    Video.objects.filter(pk=key).update(meta={"tags": ["one"]})
    with reading(MARK, 60):
        first, second = Video.objects.get(pk=key), Video.objects.get(pk=key)
        first.meta["tags"].append("two")
        first.meta["more"] = True
        third = Video.objects.get(pk=key)
    assert second.meta == third.meta == {"tags": ["one"]}


@pytest.mark.parametrize("write", ["rows", "pymongo", "merge"])
def test_a_write_ends_it(write):
    row = Channel.objects.order_by("pk").first()
    assert row is not None
    with reading(MARK, 60) as scope:
        Channel.objects.get(pk=row.pk)
        if write == "rows":
            Channel.objects.filter(pk=row.pk).update(name="new")
        elif write == "pymongo":
            stored(Channel).update_one({"_id": row.pk}, {"$set": {"name": "new"}})
        else:
            stages = [
                {"$match": {"_id": row.pk}},
                {"$set": {"name": "new"}},
                {"$merge": {"into": Channel._meta.db_table}},
            ]
            list(stored(Channel).aggregate(stages))
        assert scope.has_written
        for _ in range(2):
            with counted(1):
                assert Channel.objects.get(pk=row.pk).name == "new"
    with reading(MARK, 60), counted(1):
        assert Channel.objects.get(pk=row.pk).name == "new"


def test_writes_of_other_collections_leave_it():
    row = Channel.objects.order_by("pk").first()
    assert row is not None
    with reading(MARK, 60) as scope:
        Channel.objects.get(pk=row.pk)
        Owner.objects.update(age=3)
        assert not scope.has_written
        with counted(0):
            Channel.objects.get(pk=row.pk)


def test_transactions_read_for_themselves():
    row = Channel.objects.order_by("pk").first()
    assert row is not None
    with reading(MARK, 60):
        Channel.objects.get(pk=row.pk)
        with transaction.atomic(), CaptureQueriesContext(connection) as queries:
            Channel.objects.get(pk=row.pk)
        assert any("find" in query["sql"].lower() for query in queries)


def test_conditions_beside_the_key_are_asked_of_the_server():
    row = Channel.objects.order_by("pk").first()
    assert row is not None
    with reading(MARK, 60):
        Channel.objects.get(pk=row.pk)
        with counted(1):
            assert Channel.objects.filter(pk=row.pk, name="another").first() is None
        with counted(1):
            assert list(Channel.objects.filter(pk__in=[row.pk]).order_by("-name")) == [row]
        assert list(Channel.objects.filter(pk=row.pk)[1:2]) == []


def test_what_is_not_there_is_asked_for_each_time():
    with reading(MARK, 60):
        for _ in range(2):
            with counted(1):
                assert Channel.objects.filter(pk=987_654).first() is None


def test_there_is_a_limit(monkeypatch):
    monkeypatch.setattr(kept_documents, "MAX_DOCUMENTS", 2)
    assert MAX_DOCUMENTS > 2
    with reading(MARK, 60):
        read_all()
        assert len(kept_documents._generation.documents) <= 2
        assert [row.channel.name for row in read_all()] == [row.channel.name for row in read_all()]


def test_bypass_uses_and_keeps_nothing():
    row = Channel.objects.order_by("pk").first()
    assert row is not None
    with reading(MARK, 60):
        with kept_documents.bypass():
            assert kept_documents.current_mark() is None
            for _ in range(2):
                with counted(1):
                    Channel.objects.get(pk=row.pk)
        assert kept_documents.current_mark() == MARK
        with counted(1):
            Channel.objects.get(pk=row.pk)
        with counted(0):
            Channel.objects.get(pk=row.pk)
        with kept_documents.bypass(), counted(1):
            Channel.objects.get(pk=row.pk)


def test_work_that_only_watches_uses_nothing_and_notices_writes():
    row = Channel.objects.order_by("pk").first()
    assert row is not None
    with reading(MARK, 60):
        Channel.objects.get(pk=row.pk)
    with kept_documents.watching_writes() as work:
        with counted(1):
            Channel.objects.get(pk=row.pk)
        Owner.objects.update(age=3)
        assert not work.has_written
        Channel.objects.filter(pk=row.pk).update(name="new")
        assert work.has_written


@pytest.mark.parametrize(
    "condition", [{"name": {"$eq": None}}, {"name": {"$in": ["a", None]}}, {"name": {"$ne": "a"}}, {}]
)
def test_conditions_that_many_documents_may_meet_name_none(condition):
    maker = _maker(Channel, None, "default")
    assert _named(maker, Find(maker.table, {"name": {"$in": ["a", "b", "a"]}})) == ("name", ["a", "b"])
    assert _named(maker, Find(maker.table, condition)) is None
