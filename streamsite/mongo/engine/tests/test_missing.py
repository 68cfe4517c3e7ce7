"""Fields that documents lack read as their defaults: SQLite, where they have these values, answers the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    Model,
    OuterRef,
    Q,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Length, Upper

from streamsite.mongo.engine.compiler.missing_fields import match_with_missing, satisfies
from streamsite.mongo.engine.tests.answers import Question, answer_or_error, sorted_keys
from streamsite.mongo.engine.tests.models import Cinema, Follow, Owner, Video
from streamsite.mongo.engine.tests.world import World

MISSING: dict[type[Model], dict[str, object]] = {
    Video: {
        "is_public": True,
        "views": 0,
        "title": "",
        "meta": {},
        "created": dt.datetime(1970, 1, 1, tzinfo=dt.UTC),
        "description": None,
        "price": None,
    },
    Follow: {"level": 0, "weight": 5},
    Owner: {"name": "", "age": None},
    Cinema: {"screens": 1},
}


@pytest.fixture
def sparse(worlds: tuple[World, World]) -> Iterator[tuple[World, World]]:
    """Both worlds; some rows lack their fields in MongoDB and have the defaults in SQLite."""
    oracle, mongo = worlds
    kept: dict[type[Model], list[dict[str, object]]] = {}
    former: dict[type[Model], list[Model]] = {}
    for model, defaults in MISSING.items():
        table = connection.collection(model._meta.db_table)
        kept[model] = list(table.find({}))
        former[model] = list(oracle.of(model))
        keys = [row.pk for row in former[model]][::3]
        assert keys
        table.update_many({model._meta.pk.column: {"$in": keys}}, {"$unset": dict.fromkeys(defaults, "")})
        oracle.of(model).filter(pk__in=keys).update(**defaults)
    yield oracle, mongo
    for model, rows in kept.items():
        table = connection.collection(model._meta.db_table)
        table.delete_many({})
        table.insert_many(rows)
        oracle.of(model).bulk_update(former[model], list(MISSING[model]))


ALL_FIELDS = ("pk", *MISSING[Video])
READS: dict[str, Question] = {
    "instances": lambda w: [[getattr(row, name) for name in ALL_FIELDS] for row in w.videos.order_by("pk")],
    "values": lambda w: w.videos.order_by("pk").values(*ALL_FIELDS),
    "values_list": lambda w: w.videos.order_by("pk").values_list("views", flat=True),
    "only": lambda w: [(row.title, row.views) for row in w.videos.order_by("pk").only("title")],
    "defer": lambda w: [(row.title, row.meta) for row in w.videos.order_by("pk").defer("meta")],
    "iterator": lambda w: [row.is_public for row in w.videos.order_by("pk").iterator(chunk_size=5)],
    "with a constant": lambda w: w.videos.annotate(x=Value(3)).order_by("pk").values_list("x", "views"),
    "joined": lambda w: [
        row.place_ptr.name + str(row.screens) for row in w.cinemas.select_related("place_ptr").order_by("pk")
    ],
    "through a relation": lambda w: w.follows.order_by("pk").values_list("level", "channel__name"),
    "through an outer join": lambda w: w.channels.order_by("pk", "videos__pk").values_list(
        "pk", "videos__pk", "videos__views", "videos__is_public", "videos__title"
    ),
    "distinct": lambda w: w.videos.order_by("is_public").values_list("is_public", flat=True).distinct(),
    "union": lambda w: sorted(
        w.videos.filter(pk__lt=9).values_list("views").union(w.videos.filter(pk__gt=5).values_list("views"))
    ),
    "F": lambda w: w.videos.annotate(x=F("views") + 1).order_by("pk").values_list("pk", "x"),
    "functions": lambda w: (
        w.videos.annotate(x=Length("title"), y=Upper("title"), z=Coalesce("views", 5))
        .order_by("pk")
        .values_list("x", "y", "z")
    ),
    "case": lambda w: (
        w.videos.annotate(
            x=Case(When(is_public=True, then=Value(1)), default=Value(2), output_field=IntegerField())
        )
        .order_by("pk")
        .values_list("x", flat=True)
    ),
    "condition": lambda w: (
        w.videos.annotate(
            x=Case(
                When(Q(views__lt=5) & ~Q(title="x"), then=True), default=False, output_field=BooleanField()
            )
        )
        .order_by("pk")
        .values_list("x", flat=True)
    ),
    "aggregate": lambda w: w.videos.aggregate(s=Sum("views"), m=Max("title"), n=Count("views")),
    "group": lambda w: w.videos.values("is_public").annotate(n=Count("pk")).order_by("is_public"),
    "group over a join": lambda w: (
        w.channels.annotate(n=Count("videos", filter=Q(videos__is_public=True)), s=Sum("videos__views"))
        .order_by("pk")
        .values_list("pk", "n", "s")
    ),
    "subquery": lambda w: sorted_keys(
        w.channels.filter(Exists(w.videos.filter(channel=OuterRef("pk"), views=0)))
    ),
    "compared with an outer column": lambda w: sorted_keys(
        w.videos.filter(Exists(w.videos.filter(pk__gt=OuterRef("pk"), views__gt=OuterRef("views"))))
    ),
    "columns compared": lambda w: sorted_keys(w.videos.filter(views__lt=F("rank"))),
    "json": lambda w: sorted_keys(w.videos.filter(meta__k=1)),
    "json null": lambda w: sorted_keys(w.videos.filter(meta__k__isnull=True)),
    "related": lambda w: sorted_keys(w.channels.filter(videos__is_public=True).distinct()),
    "related, excluded": lambda w: sorted_keys(w.channels.exclude(videos__is_public=True)),
}
FILTERS: dict[str, Q] = {
    "flag": Q(is_public=True),
    "no flag": Q(is_public=False),
    "in": Q(is_public__in=[True]),
    "in others": Q(views__in=[10, 40]),
    "number": Q(views=0),
    "less": Q(views__lt=20),
    "at most": Q(views__lte=0),
    "more": Q(views__gt=0),
    "at least": Q(views__gte=-5),
    "range": Q(views__range=(-10, 40)),
    "other range": Q(views__range=(10, 40)),
    "text": Q(title=""),
    "other text": Q(title="T01"),
    "contains": Q(title__contains="0"),
    "contains nothing": Q(title__contains=""),
    "starts": Q(title__startswith="T0"),
    "iexact": Q(title__iexact=""),
    "ends": Q(title__endswith=""),
    "after": Q(title__gt=""),
    "null": Q(views__isnull=True),
    "not null": Q(title__isnull=False),
    "nullable": Q(description__isnull=True),
    "nullable value": Q(price__gt=1),
    "moment": Q(created__lt=dt.datetime(2000, 1, 1, tzinfo=dt.UTC)),
    "year": Q(created__year=1970),
    "later year": Q(created__year__gt=1990),
    "both": Q(is_public=True, views__lt=40),
    "either": Q(views=0) | Q(title="T01"),
    "odd": Q(is_public=True) ^ Q(views=0),
}

# Conditions on documents of an outer join: of channels' videos, of which the last channel has none, and of others.
NEVER = Q(name="zzz")
CHANNEL_FILTERS: dict[str, Q] = {
    "null": Q(videos__views__isnull=True),
    "not null": Q(videos__views__isnull=False) | NEVER,
    "null json": Q(videos__meta__isnull=True),
    "json": Q(videos__meta__k=1) | NEVER,
    "null flag": Q(videos__is_public__isnull=True) | Q(videos__views=10),
    "no row": Q(videos__isnull=True),
    "no row, or": Q(videos__isnull=True) | Q(videos__views=0),
    "number": Q(videos__views=0) | NEVER,
    "not number": ~Q(videos__views=0) | NEVER,
    "other number": Q(videos__views=10) | NEVER,
    "in": Q(videos__views__in=[0, 10]) | NEVER,
    "in others": Q(videos__views__in=[10, 40]) | NEVER,
    "less": Q(videos__views__lt=20) | NEVER,
    "more": Q(videos__views__gt=20) | NEVER,
    "range": Q(videos__views__range=(-5, 20)) | NEVER,
    "flag": Q(videos__is_public=False) | NEVER,
    "text": Q(videos__title="") | NEVER,
    "starts": Q(videos__title__startswith="") | NEVER,
    "year": Q(videos__created__year=1970) | NEVER,
    "nullable": Q(videos__price__isnull=True),
    "unique": Q(videos__uid__isnull=True),
    "both": Q(videos__views=0) & (Q(follows__level=0) | NEVER),
    "of follows": Q(follows__level__isnull=True) | Q(follows__level=0, videos__views__isnull=True),
    "nullable with a default": Q(follows__weight__isnull=True),
    "nullable with a default, not": Q(follows__weight__isnull=False) | NEVER,
    "nullable default": Q(follows__weight=5) | NEVER,
    "nullable others": Q(follows__weight__gt=5) | NEVER,
    "owner": Q(owner__name="") | NEVER,
    "owner, null": Q(owner__name__isnull=True),
    "owner, others": Q(owner__name__in=["o2", "o3"]) | NEVER,
    "owner, ends": Q(owner__name__endswith="2") | NEVER,
    "owner's age": Q(owner__age__isnull=True) | NEVER,
}
FOLLOW_FILTERS: dict[str, Q] = {
    "null": Q(weight__isnull=True),
    "default": Q(weight=5),
    "other": Q(weight=4),
    "in": Q(weight__in=[1, 5]),
    "in others": Q(weight__in=[1, 2]),
    "less": Q(weight__lt=6),
    "more": Q(weight__gt=6),
    "range": Q(weight__range=(2, 5)),
    "through outer joins": Q(channel__owner__name="") | Q(weight=7),
    "through outer joins, null": Q(channel__owner__name__isnull=True),
    "through outer joins, others": Q(channel__owner__name__gt="o1") | Q(level=1),
}
PLACE_FILTERS: dict[str, Q] = {
    "default": Q(cinema__screens=1) | NEVER,
    "other": Q(cinema__screens=5) | NEVER,
    "null": Q(cinema__screens__isnull=True),
}


@pytest.mark.parametrize("name", READS)
def test_reads(sparse: tuple[World, World], name: str) -> None:
    oracle, mongo = sparse
    assert answer_or_error(READS[name], mongo) == answer_or_error(READS[name], oracle)


@pytest.mark.parametrize(
    ("of", "filters"),
    [
        ("videos", FILTERS),
        ("channels", CHANNEL_FILTERS),
        ("follows", FOLLOW_FILTERS),
        ("places", PLACE_FILTERS),
        ("cinemas", {"default": Q(screens=1), "other": Q(screens=5)}),
    ],
)
def test_filters_and_exclusions(sparse: tuple[World, World], of: str, filters: dict[str, Q]) -> None:
    oracle, mongo = (getattr(world, of) for world in sparse)
    for name, condition in filters.items():
        assert sorted_keys(mongo.filter(condition)) == sorted_keys(oracle.filter(condition)), name
        assert sorted_keys(mongo.exclude(condition)) == sorted_keys(oracle.exclude(condition)), f"not {name}"


def test_writes(sparse: tuple[World, World]) -> None:
    def added(world: World) -> object:
        world.videos.update(views=F("views") + 2)
        world.cinemas.update(screens=F("screens") + 1)
        world.videos.filter(is_public=True, title="").update(title="was empty")
        world.videos.filter(views=2).exclude(is_public=False).delete()
        rows = world.videos.order_by("pk").values_list("pk", "views", "title")
        return [*rows, *world.cinemas.order_by("pk").values_list("screens")]

    oracle, mongo = sparse
    assert answer_or_error(added, mongo) == answer_or_error(added, oracle)


@pytest.mark.parametrize(
    ("value", "test", "passes"),
    [
        (0, {"$eq": False}, False),
        (Decimal(1), {"$in": [1.0]}, True),
        ("", {"$gt": 3}, False),
        ("ab", {"$regex": r"b\z"}, True),
        ("a", {"$not": {"$regex": "^A", "$options": "i"}, "$ne": None}, False),
        ("a", {"$nin": ["b", None]}, True),
    ],
)
def test_a_default_is_tested_as_the_server_would(
    value: object, test: dict[str, object], passes: bool
) -> None:
    assert satisfies(value, test) is passes


def test_a_test_with_several_operators() -> None:
    stored = {"$ne": 3, "$not": {"$gte": 5}}
    for model, name, present in ((Follow, "weight", {"$exists": True}), (Video, "views", {"$ne": None})):
        field = model._meta.get_field(name)
        test = stored if name == "weight" else {"$ne": 3, "$not": {"$gte": 0}}
        matched = match_with_missing(name, test, field, connection)
        assert matched == {"$and": [{name: test}, {name: present}]}
