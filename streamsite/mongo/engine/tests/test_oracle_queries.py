"""Queries that select, compute, order and write: the same code on SQLite and on MongoDB, the same answers."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.db.models import (
    Avg,
    BooleanField,
    Case,
    CharField,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    FloatField,
    IntegerField,
    Manager,
    Max,
    Min,
    Model,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import (
    Abs,
    Cast,
    Ceil,
    Coalesce,
    Concat,
    ExtractHour,
    ExtractMonth,
    ExtractWeekDay,
    ExtractYear,
    Floor,
    Greatest,
    Least,
    Left,
    Length,
    Lower,
    LTrim,
    Mod,
    NullIf,
    Replace,
    StrIndex,
    Substr,
    Trim,
    TruncDay,
    TruncHour,
    TruncMonth,
    TruncQuarter,
    TruncWeek,
    TruncYear,
    Upper,
)

from streamsite.mongo.engine.tests.answers import Question, answer_or_error, sorted_keys
from streamsite.mongo.engine.tests.models import Follow, Tag, Video
from streamsite.mongo.engine.tests.world import World

BERLIN = ZoneInfo("Europe/Berlin")


def _values(expression: Combinable, *, among: Q | None = None) -> Question:
    """Ask for an expression's value in each row."""
    return lambda world: list(
        world.videos.filter(among or Q()).annotate(value=expression).order_by("pk").values_list("pk", "value")
    )


def _named(world: World, rows: QuerySet[Model]) -> list[str]:
    return list(rows.order_by("name").values_list("name", flat=True))


EXPRESSIONS: dict[str, Question] = {
    "add": _values(F("views") + 1),
    "subtract": _values(F("views") - F("rank")),
    "multiply": _values(F("views") * 2),
    "divide whole numbers": _values(F("views") / 7),
    "divide by zero": _values(F("views") / F("rank"), among=Q(rank=0)),
    "modulo": _values(F("rank") % 3),
    "negative": _values(-F("views")),
    "float times": _values(F("score") * 1.5),
    "decimal plus": _values(F("price") + Decimal("0.25")),
    "duration plus duration": _values(F("length") + F("length")),
    "duration times": _values(ExpressionWrapper(F("length") * 2, DurationField())),
    "moment plus duration": _values(
        ExpressionWrapper(F("created") + Value(dt.timedelta(hours=5)), DateTimeField())
    ),
    "moment minus duration": _values(ExpressionWrapper(F("created") - F("length"), DateTimeField())),
    "value": _values(Value(7)),
    "text value": _values(Value("$title")),
    "null value": _values(Value(None, CharField())),
    "case": _values(Case(When(views__gt=50, then=Value("many")), default=Value("few"))),
    "case without default": _values(Case(When(rank__gt=3, then=F("views")))),
    "case over null": _values(Case(When(rank__lt=3, then=1), When(rank__isnull=True, then=2), default=3)),
    "case over relation": _values(Case(When(channel__owner__age__gt=10, then=1), default=0)),
    "coalesce": _values(Coalesce("rank", "views", output_field=IntegerField())),
    "coalesce text": _values(Coalesce("description", Value("none"), output_field=CharField())),
    "null if": _values(NullIf("views", Value(0))),
    "greatest": _values(Greatest("views", Value(20))),
    "least": _values(Least("views", Value(20))),
    "concat": _values(Concat("title", Value("-"), "title")),
    "concat with null": _values(Concat("title", "description", output_field=CharField())),
    "concat number": _values(Concat("title", Cast("views", CharField()), output_field=CharField())),
    "lower": _values(Lower("title"), among=Q(pk__lte=12)),
    "upper": _values(Upper("title"), among=Q(pk__lte=12)),
    "length": _values(Length("description")),
    "left": _values(Left("title", 2)),
    "substring": _values(Substr("title", 2, 2)),
    "substring to end": _values(Substr("description", 3)),
    "replace": _values(Replace("title", Value("T"), Value("$1"))),
    "position": _values(StrIndex("title", Value("."))),
    "trim": _values(Trim(Concat(Value("  "), "title", Value(" ")))),
    "trim left": _values(LTrim(Concat(Value("  "), "title"))),
    "absolute": _values(Abs("views")),
    "ceiling": _values(Ceil("score")),
    "floor": _values(Floor("score")),
    "modulo function": _values(Mod("views", 7), among=Q(views__gte=0)),
    "cast to text": _values(Cast("views", CharField())),
    "cast to number": _values(Cast(Substr("title", 2), IntegerField()), among=Q(pk__lte=12)),
    "cast to float": _values(Cast("views", FloatField())),
    "condition": _values(ExpressionWrapper(Q(rank__gt=2), BooleanField())),
    "negated condition": _values(
        ExpressionWrapper(~Q(rank__gt=2), BooleanField()), among=Q(rank__isnull=False)
    ),
    "year": _values(ExtractYear("created")),
    "month in a time zone": _values(ExtractMonth("created", tzinfo=BERLIN)),
    "hour in a time zone": _values(ExtractHour("created", tzinfo=BERLIN)),
    "week day": _values(ExtractWeekDay("day")),
    "month": _values(TruncMonth("created")),
    "day in a time zone": _values(TruncDay("created", tzinfo=BERLIN)),
    "hour": _values(TruncHour("created")),
    "week": _values(TruncWeek("created")),
    "quarter": _values(TruncQuarter("day")),
    "year of a day": _values(TruncYear("day")),
    "key of JSON": _values(F("meta__n__z"), among=Q(meta__n__z__isnull=False)),
    "related column": _values(F("channel__owner__name")),
    "exists": _values(Exists(Follow.objects.none())),
}

QUERIES: dict[str, Question] = {
    # rows and order
    "all": lambda w: sorted_keys(w.videos),
    "order": lambda w: list(w.videos.order_by("is_public", "-views")),
    "order by null first": lambda w: list(w.videos.order_by(F("rank").asc(nulls_first=True), "pk")),
    "order by null last": lambda w: list(w.videos.order_by(F("rank").asc(nulls_last=True), "pk")),
    "order down null first": lambda w: list(w.videos.order_by(F("rank").desc(nulls_first=True), "pk")),
    "order down null last": lambda w: list(w.videos.order_by(F("rank").desc(nulls_last=True), "pk")),
    "order by null": lambda w: list(w.videos.order_by("rank", "pk")),
    "order by related": lambda w: list(w.videos.order_by("channel__owner__name", "-pk")),
    "order by expression": lambda w: list(w.videos.order_by((F("views") % 7).desc(), "pk")),
    "order by case": lambda w: list(w.videos.order_by(Case(When(is_checked=True, then=0), default=1), "pk")),
    "order by lower": lambda w: list(w.videos.filter(pk__lte=12).order_by(Lower("title").desc())),
    "reverse": lambda w: list(w.videos.order_by("pk").reverse()),
    "slice": lambda w: list(w.videos.order_by("-views")[3:9]),
    "slice of slice": lambda w: list(w.videos.order_by("pk")[2:20][3:5]),
    "empty slice": lambda w: list(w.videos.order_by("pk")[5:5]),
    "slice past the end": lambda w: list(w.videos.order_by("pk")[20:90]),
    "first and last": lambda w: [w.videos.order_by("views").first(), w.videos.order_by("views").last()],
    "first of none": lambda w: w.videos.filter(views=999).first(),
    "latest": lambda w: [w.videos.latest("created"), w.videos.earliest("created", "pk")],
    "get": lambda w: w.videos.get(title="T03"),
    "get none": lambda w: w.videos.get(title="nothing"),
    "in bulk": lambda w: sorted(w.videos.in_bulk([1, 2, 99])),
    "in bulk by field": lambda w: sorted(w.tags.in_bulk(["a", "c"], field_name="name")),
    "iterator": lambda w: [video.pk for video in w.videos.order_by("pk").iterator(chunk_size=5)],
    "paginator": lambda w: [
        Paginator(w.videos.order_by("title", "pk"), 7).count,
        list(Paginator(w.videos.order_by("-pk"), 7).page(3)),
    ],
    "none": lambda w: list(w.videos.none()),
    # counting
    "count": lambda w: [
        w.videos.count(),
        w.videos.filter(rank__gt=2).count(),
        w.videos.exclude(rank__gt=2).count(),
    ],
    "count of slice": lambda w: w.videos.order_by("pk")[4:9].count(),
    "count of distinct": lambda w: w.videos.values("channel_id").distinct().count(),
    "count over join": lambda w: w.videos.filter(tags__name__in=["a", "b"]).count(),
    "exists": lambda w: [w.videos.filter(views=20).exists(), w.videos.filter(views=21).exists()],
    "exists of slice": lambda w: w.videos.order_by("pk")[30:40].exists(),
    "contains": lambda w: w.videos.filter(views__gt=0).contains(w.videos.get(title="T04")),
    # columns
    "values": lambda w: list(w.videos.order_by("pk").values("title", "channel__owner__name", "rank")),
    "values list": lambda w: list(w.videos.order_by("pk").values_list("price", "length", "day", "at", "uid")),
    "binary": lambda w: list(w.videos.order_by("pk").values_list("data", flat=True)),
    "moments": lambda w: list(w.videos.order_by("pk").values_list("created", flat=True)),
    "JSON": lambda w: list(w.videos.order_by("pk").values_list("meta", flat=True)),
    "floats": lambda w: list(w.videos.order_by("pk").values_list("score", "is_checked")),
    "only": lambda w: [(v.title, v.views) for v in w.videos.only("title").order_by("pk")[:4]],
    "defer": lambda w: [(v.title, v.views) for v in w.videos.defer("views").order_by("pk")[:4]],
    "distinct": lambda w: sorted(w.videos.values_list("is_public", flat=True).distinct()),
    "distinct pairs": lambda w: sorted(w.videos.values_list("channel_id", "is_public").distinct()),
    "distinct with null": lambda w: list(w.videos.order_by("rank").values_list("rank", flat=True).distinct()),
    "distinct over join": lambda w: _named(w, w.channels.filter(videos__views__gt=0).distinct()),
    "distinct and slice": lambda w: list(
        w.videos.order_by("channel__name").values_list("channel__name", flat=True).distinct()[1:3]
    ),
    "dates": lambda w: list(w.videos.dates("day", "month")),
    "datetimes": lambda w: list(w.videos.datetimes("created", "year", order="DESC")),
    # relations
    "select related": lambda w: [
        (v.pk, v.channel.name, v.channel.owner and v.channel.owner.name)
        for v in w.videos.select_related("channel__owner").order_by("pk")
    ],
    "select related slice": lambda w: [
        (v.pk, v.channel.name)
        for v in w.videos.select_related("channel").filter(views__gt=0).order_by("-views")[:5]
    ],
    "prefetch many": lambda w: [
        (v.pk, sorted(tag.name for tag in v.tags.all()))
        for v in w.videos.prefetch_related("tags").order_by("pk")
    ],
    "prefetch forward": lambda w: [
        (v.pk, v.channel.name) for v in w.videos.prefetch_related("channel").order_by("pk")
    ],
    "prefetch reverse": lambda w: [
        (c.name, sorted(v.pk for v in c.videos.all()))
        for c in w.channels.prefetch_related("videos").order_by("pk")
    ],
    "prefetch deep": lambda w: [
        (o.name, [sorted(v.pk for v in c.videos.all()) for c in o.channels.all()])
        for o in w.owners.prefetch_related("channels__videos").order_by("pk")
    ],
    "prefetch with a query": lambda w: [
        (c.name, [v.pk for v in c.public])
        for c in w.channels.order_by("pk").prefetch_related(
            Prefetch("videos", w.videos.filter(is_public=True).order_by("-pk"), to_attr="public")
        )
    ],
    "prefetch generic": lambda w: [
        (v.pk, sorted(note.text for note in v.notes.all()))
        for v in w.videos.prefetch_related("notes").order_by("pk")[:6]
    ],
    "related manager": lambda w: sorted(w.videos.get(pk=2).tags.values_list("name", flat=True)),
    "reverse manager": lambda w: sorted_keys(w.channels.get(pk=1).videos.filter(views__gt=20)),
    "filtered relation": lambda w: list(
        w.channels.annotate(big=FilteredRelation("videos", condition=Q(videos__views__gt=100)))
        .filter(big__isnull=False)
        .order_by("pk", "big__pk")
        .values_list("name", "big__views")
    ),
    "self relation": lambda w: _named(w, w.nodes.filter(parent__parent__name="node1")),
    "self relation reversed": lambda w: _named(w, w.nodes.filter(children__isnull=True)),
    "symmetrical": lambda w: [_named(w, w.nodes.get(pk=n).friends.all()) for n in (1, 2, 4)],
    "friends of friends": lambda w: _named(w, w.nodes.filter(friends__friends__name="node4").distinct()),
    "child table": lambda w: list(w.cinemas.order_by("pk").values_list("name", "screens")),
    "child filter on parent": lambda w: [
        c.screens for c in w.cinemas.filter(name__startswith="Big").order_by("pk")
    ],
    "parent filter on child": lambda w: _named(w, w.places.filter(cinema__screens__gt=4)),
    "parent without child": lambda w: _named(w, w.places.filter(cinema__isnull=True)),
    "proxy": lambda w: _named(w, w.big_places),
    # subqueries
    "in query": lambda w: sorted_keys(
        w.videos.filter(channel__in=w.channels.filter(name__in=["ch1", "ch2"]))
    ),
    "not in query": lambda w: sorted_keys(w.videos.exclude(channel__in=w.channels.filter(name="ch1"))),
    "in values": lambda w: sorted_keys(w.videos.filter(pk__in=w.videos.filter(views__gt=90).values("pk"))),
    "in values with null": lambda w: sorted_keys(w.videos.filter(views__in=w.videos.values("rank"))),
    "not in values with null": lambda w: sorted_keys(w.videos.exclude(views__in=w.videos.values("rank"))),
    "in sliced query": lambda w: sorted_keys(
        w.videos.filter(pk__in=w.videos.order_by("-views")[:3].values("pk"))
    ),
    "exists outer": lambda w: _named(
        w, w.channels.filter(Exists(w.videos.filter(channel=OuterRef("pk"), views__gt=180)))
    ),
    "not exists outer": lambda w: _named(
        w, w.channels.filter(~Exists(w.videos.filter(channel=OuterRef("pk"))))
    ),
    "exists or": lambda w: _named(
        w, w.channels.filter(Q(name="ch5") | Exists(w.videos.filter(channel=OuterRef("pk"), rank=6)))
    ),
    "subquery column": lambda w: list(
        w.channels.annotate(
            top=Subquery(w.videos.filter(channel=OuterRef("pk")).order_by("-views").values("title")[:1])
        )
        .order_by("pk")
        .values_list("name", "top")
    ),
    "subquery count": lambda w: list(
        w.channels.annotate(
            n=Subquery(
                w.videos.filter(channel=OuterRef("pk")).values("channel").annotate(n=Count("pk")).values("n")
            )
        )
        .order_by("pk")
        .values_list("name", "n")
    ),
    "subquery compared": lambda w: sorted_keys(
        w.videos.filter(
            views=Subquery(
                w.videos.filter(channel=OuterRef("channel")).order_by("-views").values("views")[:1]
            )
        )
    ),
    "subquery in subquery": lambda w: _named(
        w,
        w.owners.filter(
            Exists(
                w.channels.filter(
                    Exists(w.videos.filter(channel=OuterRef("pk"), views__gt=190)), owner=OuterRef("pk")
                )
            )
        ),
    ),
    "subquery in order": lambda w: list(
        w.channels.order_by(
            Subquery(w.videos.filter(channel=OuterRef("pk")).order_by("pk").values("views")[:1]).desc(), "pk"
        )
    ),
    # aggregates
    "aggregate": lambda w: w.videos.aggregate(
        Sum("views"), Avg("views"), Min("views"), Max("title"), n=Count("pk"), r=Count("rank"), p=Sum("price")
    ),
    "aggregate of nothing": lambda w: w.videos.filter(views=1).aggregate(
        Sum("views"), Max("views"), n=Count("pk")
    ),
    "aggregate distinct": lambda w: w.videos.aggregate(
        n=Count("rank", distinct=True), s=Sum("rank", distinct=True), a=Avg("rank", distinct=True)
    ),
    "aggregate filtered": lambda w: w.videos.aggregate(
        n=Count("pk", filter=Q(is_public=True)),
        s=Sum("views", filter=Q(rank__gt=3)),
        m=Max("views", filter=Q(views=1)),
    ),
    "aggregate default": lambda w: w.videos.filter(views=1).aggregate(s=Sum("views", default=0)),
    "aggregate over join": lambda w: w.channels.aggregate(
        n=Count("videos"), d=Count("videos__tags", distinct=True)
    ),
    "aggregate of slice": lambda w: w.videos.order_by("pk")[:5].aggregate(s=Sum("views")),
    "aggregate of distinct": lambda w: w.videos.values("rank").distinct().aggregate(n=Count("rank")),
    "aggregate of expression": lambda w: w.videos.aggregate(
        s=Sum(F("views") * 2), c=Sum(Case(When(rank=1, then=1)))
    ),
    "aggregate of annotation": lambda w: w.channels.annotate(n=Count("videos")).aggregate(
        m=Max("n"), a=Avg("n")
    ),
    "aggregate of moments": lambda w: w.videos.aggregate(Min("created"), Max("day"), Max("length")),
    "expression of aggregates": lambda w: w.videos.aggregate(
        x=Sum("views") + Count("pk"), y=Max("views") - Min("views")
    ),
    "group": lambda w: list(
        w.videos.values("is_public").annotate(n=Count("pk"), s=Sum("views")).order_by("is_public")
    ),
    "group by null": lambda w: list(w.videos.values("rank").annotate(n=Count("pk")).order_by("rank")),
    "group by expression": lambda w: list(
        w.videos.annotate(m=TruncMonth("created"))
        .values("m")
        .annotate(n=Count("pk"))
        .order_by("m")
        .values_list("m", "n")
    ),
    "group by related": lambda w: list(
        w.videos.values("channel__name").annotate(n=Count("pk")).order_by("channel__name")
    ),
    "annotate": lambda w: list(
        w.channels.annotate(n=Count("videos")).order_by("pk").values_list("name", "n")
    ),
    "annotate distinct": lambda w: list(
        w.channels.annotate(v=Count("videos", distinct=True), f=Count("follows", distinct=True))
        .order_by("pk")
        .values_list("name", "v", "f")
    ),
    "annotate filtered": lambda w: list(
        w.channels.annotate(n=Count("videos", filter=Q(videos__views__gt=50)))
        .order_by("pk")
        .values_list("name", "n")
    ),
    "annotate objects": lambda w: [
        (c.pk, c.n) for c in w.channels.annotate(n=Count("videos")).order_by("-n", "pk")
    ],
    "having": lambda w: _named(w, w.channels.annotate(n=Count("videos")).filter(n__gt=0)),
    "having or": lambda w: _named(
        w, w.channels.annotate(n=Count("videos")).filter(Q(n__gt=100) | Q(name="ch5"))
    ),
    "having expression": lambda w: _named(
        w, w.channels.annotate(m=Max("videos__views")).filter(m__gt=F("pk") * 190 / 4)
    ),
    "having null": lambda w: _named(w, w.channels.annotate(m=Max("videos__views")).filter(m__isnull=True)),
    "filter before and after": lambda w: list(
        w.channels.filter(videos__views__gt=0)
        .annotate(n=Count("videos"))
        .exclude(n=6)
        .order_by("pk")
        .values_list("name", "n")
    ),
    "count of groups": lambda w: w.videos.values("rank").annotate(n=Count("pk")).filter(n__gt=3).count(),
    "annotate in filter": lambda w: sorted_keys(
        w.videos.annotate(double=F("views") * 2).filter(double__gt=100)
    ),
    "alias": lambda w: sorted_keys(w.videos.alias(size=Length("title")).filter(size=3)),
    # unions
    "union": lambda w: sorted_keys(
        w.videos.filter(views=0).union(w.videos.filter(views=10), w.videos.filter(views=0))
    ),
    "union all": lambda w: sorted(
        w.videos.filter(views=0).union(w.videos.filter(views__lte=10), all=True).values_list("pk", flat=True)
    ),
    "union order slice": lambda w: list(
        w.videos.filter(views__lt=50)
        .union(w.videos.filter(views__gt=100))
        .order_by("-views")
        .values_list("views", flat=True)[2:6]
    ),
    "union count": lambda w: w.videos.filter(views=0).union(w.videos.filter(views=10)).count(),
    "or of queries": lambda w: sorted_keys(w.videos.filter(views=0) | w.videos.filter(channel__name="ch1")),
    "and of queries": lambda w: sorted_keys(
        w.videos.filter(views__gt=0) & w.videos.filter(channel__name="ch1")
    ),
}


def _again(function: Callable[[], object]) -> list[object]:
    """Run a write twice: it must be safe to repeat."""
    return [function(), function()]


def _error(function: Callable[[], object], world: World) -> str:
    try:
        with transaction.atomic(using=world.alias):
            function()
    except IntegrityError:
        return "IntegrityError"
    return "no error"


def _views(world: World) -> list[tuple[object, ...]]:
    return list(world.videos.order_by("pk").values_list("views", "rank", "title"))


def _update(**values: object) -> Question:
    return lambda w: [w.videos.filter(pk__lte=6).update(**values), _views(w)]


def _bulk_update(world: World) -> list[object]:
    videos = list(world.videos.order_by("pk")[:4])
    for video in videos:
        video.views += 1000
        video.title = f"$new {video.pk}"
    return [world.videos.bulk_update(videos, ["views", "title"]), _views(world)]


def _tags_after(change: Callable[[Manager[Tag], World], object]) -> Question:
    def question(world: World) -> list[object]:
        video = world.videos.get(pk=2)
        change(video.tags, world)
        return [sorted(video.tags.values_list("name", flat=True)), world.of(Video.tags.through).count()]

    return question


def _bulk_follows(
    world: World,
    *,
    ignore_conflicts: bool = False,
    update_conflicts: bool = False,
    unique_fields: list[str] | None = None,
    update_fields: list[str] | None = None,
) -> list[object]:
    rows = [Follow(user=1, channel_id=2, level=5), Follow(user=7, channel_id=2, level=6)]
    world.follows.bulk_create(
        rows,
        ignore_conflicts=ignore_conflicts,
        update_conflicts=update_conflicts,
        unique_fields=unique_fields,
        update_fields=update_fields,
    )
    return sorted(world.follows.values_list("user", "channel_id", "level"))


WRITES: dict[str, Question] = {
    "update": _update(views=5),
    "update nothing": lambda w: w.videos.filter(pk=99).update(views=5),
    "update null": _update(rank=None),
    "update by F": _update(views=F("views") + 5),
    "update by minus F": _update(views=F("views") - 5),
    "update by another column": _update(views=F("rank")),
    "update with null F": _update(rank=F("rank") + 1),
    "update both": _update(views=F("views") * 2, title="$views"),
    "update by case": _update(title=Case(When(rank__gt=2, then=Value("high")), default=F("title"))),
    "update by function": _update(title=Lower("title")),
    "update by concat": _update(title=Concat("title", Value("!"))),
    "update over join": lambda w: [w.videos.filter(channel__owner__name="o1").update(views=1), _views(w)],
    "update in query": lambda w: [
        w.videos.filter(pk__in=w.videos.filter(rank=3).values("pk")).update(views=1),
        _views(w),
    ],
    "update excluded": lambda w: [w.videos.exclude(tags__name="a").update(views=1), _views(w)],
    "update relation": lambda w: [w.videos.filter(pk=1).update(channel=3), w.videos.get(pk=1).channel_id],
    "update child and parent": lambda w: [
        w.cinemas.filter(screens=4).update(name="New", screens=9),
        list(w.cinemas.order_by("pk").values_list("name", "screens")),
    ],
    "bulk update": _bulk_update,
    "save": lambda w: [_saved(w, views=77), _views(w)],
    "delete": lambda w: [w.videos.filter(views__lt=50).delete()[0] > 0, sorted_keys(w.videos)],
    "delete over join": lambda w: [w.follows.filter(channel__name="ch2").delete(), w.follows.count()],
    "delete cascades": lambda w: [
        w.channels.filter(name="ch1").delete(),
        w.videos.count(),
        w.follows.count(),
    ],
    "delete sets null": lambda w: [
        w.owners.filter(name="o1").delete(),
        w.channels.filter(owner=None).count(),
    ],
    "delete tree": lambda w: [w.nodes.get(pk=2).delete()[0], _named(w, w.nodes.all())],
    "delete parent": lambda w: [w.places.get(pk=4).delete(), w.cinemas.count()],
    "delete child": lambda w: [w.cinemas.get(pk=4).delete(), w.places.count()],
    "create": lambda w: [w.tags.create(name="new").pk is not None, _named(w, w.tags)],
    "create child": lambda w: [
        w.cinemas.create(name="x", screens=2).place_ptr_id is not None,
        w.places.count(),
    ],
    "get or create": lambda w: _again(lambda: w.tags.get_or_create(name="new")[1]),
    "update or create": lambda w: _again(
        lambda: w.follows.update_or_create(user=9, channel_id=1, defaults={"level": 3})[1]
    ),
    "bulk create": lambda w: [
        len(w.tags.bulk_create([Tag(name=f"t{n}") for n in range(7)], batch_size=3)),
        _named(w, w.tags),
    ],
    "bulk create ignoring": lambda w: _bulk_follows(w, ignore_conflicts=True),
    "bulk create updating": lambda w: _bulk_follows(
        w, update_conflicts=True, unique_fields=["user", "channel"], update_fields=["level"]
    ),
    "bulk create in conflict": lambda w: _error(lambda: _bulk_follows(w), w),
    "bulk create ignoring within": lambda w: [
        w.tags.bulk_create([Tag(name="a"), Tag(name="z"), Tag(name="z")], ignore_conflicts=True) and None,
        _named(w, w.tags),
    ],
    "unique": lambda w: _error(lambda: w.tags.create(name="a"), w),
    "unique together": lambda w: _error(lambda: w.follows.create(user=1, channel_id=2), w),
    "unique by update": lambda w: _error(lambda: w.tags.filter(name="b").update(name="a"), w),
    "unique key": lambda w: _error(lambda: w.slots.create(pk=uuid.UUID(int=1), code="x"), w),
    "unique under condition": lambda w: [
        _error(lambda: w.slots.create(code="s0"), w),
        _error(lambda: w.slots.create(code="s1"), w),
        _error(lambda: w.slots.filter(code="s1").update(active=True), w),
    ],
    "not null": lambda w: [
        _error(lambda: w.channels.create(name=None), w),
        _error(lambda: w.channels.filter(pk=1).update(name=None), w),
        _error(lambda: w.videos.create(title="x", created=None, channel_id=1), w),
    ],
    "not negative": lambda w: [
        _error(lambda: w.videos.filter(pk=1).update(rank=-1), w),
        _error(lambda: w.videos.filter(rank=1).update(rank=F("rank") - 2), w),
        w.videos.filter(rank=3).update(rank=F("rank") - 2),
    ],
    "not null by expression": lambda w: [
        _error(lambda: w.videos.update(views=F("rank") + 1), w),
        w.videos.filter(rank__gt=0).update(views=F("rank") + 1),
        _views(w),
    ],
    "after an error": lambda w: [
        _error(lambda: w.tags.create(name="a"), w),
        w.tags.create(name="later").name,
        w.tags.count(),
    ],
    "tags add": _tags_after(lambda tags, w: tags.add(3, 3, w.tags.get(name="d"))),
    "tags remove": _tags_after(lambda tags, w: tags.remove(1)),
    "tags set": _tags_after(lambda tags, w: tags.set([2, 3])),
    "tags clear": _tags_after(lambda tags, w: tags.clear()),
    "tags create": _tags_after(lambda tags, w: tags.create(name="fresh")),
    "friends add": lambda w: [w.nodes.get(pk=5).friends.add(6), _named(w, w.nodes.get(pk=6).friends.all())],
    "reverse add": lambda w: [
        w.owners.get(pk=2).channels.add(w.channels.get(name="ch4")),
        list(w.channels.order_by("pk").values_list("owner_id", flat=True)),
    ],
    "generic create": lambda w: [w.videos.get(pk=9).notes.create(text="hi").object_id, w.notes.count()],
}


def _saved(world: World, **values: object) -> list[object]:
    video = world.videos.get(pk=3)
    for name, value in values.items():
        setattr(video, name, value)
    video.save()
    video.refresh_from_db()
    return [getattr(video, name) for name in values]


CASES = {"expression": EXPRESSIONS, "query": QUERIES, "write": WRITES}


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, questions in CASES.items() for name in questions]
)
def test_answers_are_equal(worlds: tuple[World, World], kind: str, name: str) -> None:
    """SQLite's answer is the truth."""
    truth, mongo = worlds
    question = CASES[kind][name]
    assert answer_or_error(question, mongo) == answer_or_error(question, truth)


def test_the_questions_have_answers(worlds: tuple[World, World]) -> None:
    """An answer that is an error in both worlds would compare nothing; only one is meant to be one."""
    truth, _mongo = worlds
    errors = {
        name
        for questions in CASES.values()
        for name, question in questions.items()
        if isinstance(answer := answer_or_error(question, truth), str)
        and answer not in ("IntegrityError", "no error")
    }
    assert errors == {"get none"}
