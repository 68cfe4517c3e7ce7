"""Constructs in each other: subqueries in cases, aggregates of aggregates, exclusions over many, such writes."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db.models import (
    Avg,
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    Max,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, Power, Substr, TruncDate, TruncDay

from streamsite.mongo.engine.tests.answers import Question, answer_or_error, sorted_keys
from streamsite.mongo.engine.tests.models import Follow
from streamsite.mongo.engine.tests.world import World

COMBINED: dict[str, Question] = {
    "exists in a case": lambda w: list(
        w.channels.annotate(
            x=Case(
                When(Exists(w.videos.filter(channel=OuterRef("pk"), views__gt=100)), then=Value(1)),
                default=Value(0),
            )
        )
        .order_by("pk")
        .values_list("pk", "x")
    ),
    "aggregate of a subquery": lambda w: w.channels.annotate(
        n=Subquery(
            w.videos.filter(channel=OuterRef("pk")).values("channel").annotate(c=Count("pk")).values("c")
        )
    ).aggregate(s=Sum("n"), m=Max("n")),
    "filter on a subquery": lambda w: sorted_keys(
        w.channels.annotate(
            n=Subquery(w.videos.filter(channel=OuterRef("pk")).order_by("-views").values("views")[:1])
        ).filter(n__gt=150)
    ),
    "aggregates over two joins": lambda w: list(
        w.owners.annotate(a=Count("channels"), b=Count("channels__videos"), c=Sum("channels__videos__views"))
        .order_by("pk")
        .values_list("pk", "a", "b", "c")
    ),
    "aggregate over a null relation": lambda w: list(
        w.channels.annotate(a=Max("owner__age"), n=Count("owner")).order_by("pk").values_list("pk", "a", "n")
    ),
    "exclude many, then annotate": lambda w: list(
        w.videos.exclude(tags__name="a").annotate(n=Count("tags")).order_by("pk").values_list("pk", "n")
    ),
    "exclude by two of many": lambda w: sorted_keys(w.videos.exclude(tags__name="a", tags__pk=2)),
    "exclude by two of the reverse": lambda w: sorted_keys(
        w.channels.exclude(videos__views__gt=100, videos__is_public=True)
    ),
    "exclude by a null relation": lambda w: sorted_keys(w.channels.exclude(owner__name="o1")),
    "exclude over two reverse relations": lambda w: sorted_keys(
        w.owners.exclude(channels__videos__rank__gt=3)
    ),
    "filters on different rows of many": lambda w: sorted_keys(
        w.channels.filter(videos__views__gt=100).filter(videos__is_public=False)
    ),
    "filters on the same row of many": lambda w: sorted_keys(
        w.channels.filter(videos__views__gt=100, videos__is_public=False)
    ),
    "distinct, sliced and counted": lambda w: [
        w.videos.values("rank").distinct().order_by("rank")[1:4].count(),
        list(w.videos.values_list("rank", flat=True).distinct().order_by("rank")[1:4]),
    ],
    "distinct expressions": lambda w: list(
        w.videos.annotate(d=F("views") / 100).values_list("d", flat=True).distinct().order_by("d")
    ),
    "union of annotations": lambda w: list(
        w.videos.annotate(k=Value(1))
        .values_list("pk", "k")
        .union(w.videos.filter(rank=1).annotate(k=Value(2)).values_list("pk", "k"))
        .order_by("pk", "k")
    ),
    "union of models": lambda w: list(
        w.tags.values_list("name").union(w.owners.values_list("name")).order_by("name")
    ),
    "union of nulls": lambda w: list(
        w.videos.values_list("rank", flat=True)
        .union(w.videos.values_list("rank", flat=True))
        .order_by("rank")
    ),
    "F over relations": lambda w: list(
        w.videos.annotate(o=F("channel__owner__age") + F("views")).order_by("pk").values_list("pk", "o")
    ),
    "order by an annotation with nulls": lambda w: list(
        w.videos.annotate(o=F("rank") * 2).order_by(F("o").desc(nulls_last=True), "pk")
    ),
    "order by an aggregate with nulls": lambda w: list(
        w.channels.annotate(n=Max("videos__views")).order_by(F("n").asc(nulls_last=True), "-pk")
    ),
    "sum decimal": lambda w: w.videos.aggregate(s=Sum("price"), a=Avg("price"), m=Max("price")),
    "sum of a decimal expression": lambda w: w.videos.aggregate(s=Sum(F("price") * 2)),
    "avg float": lambda w: w.videos.aggregate(a=Avg("score"), s=Sum("score")),
    "decimals in groups": lambda w: list(
        w.videos.values("channel").annotate(a=Avg("views"), p=Sum("price")).order_by("channel")
    ),
    "durations": lambda w: w.videos.aggregate(s=Sum("length"), a=Avg("length")),
    "delete a slice": lambda w: w.videos.filter(pk__in=w.videos.order_by("-views")[:3]).delete()[0] > 0,
    "update an ordered query": lambda w: [
        w.videos.order_by("views").filter(rank=1).update(views=0),
        sorted_keys(w.videos.filter(views=0)),
    ],
    "update by an annotation": lambda w: [
        w.videos.annotate(d=F("views") * 2).filter(d__gt=100).update(views=F("d")),
        list(w.videos.order_by("pk").values_list("views", flat=True)),
    ],
    "update over many": lambda w: [
        w.channels.filter(videos__views__gt=0).distinct().update(name=Concat("name", Value("x"))),
        list(w.channels.order_by("pk").values_list("name", flat=True)),
    ],
    "delete by an aggregate": lambda w: [
        w.channels.annotate(n=Count("videos")).filter(n=0).delete(),
        w.channels.count(),
    ],
    "not exists, and more": lambda w: sorted_keys(
        w.channels.filter(~Exists(w.videos.filter(channel=OuterRef("pk"), rank=6)), pk__gt=1)
    ),
    "exists in XOR": lambda w: sorted_keys(
        w.channels.filter(Q(Exists(w.videos.filter(channel=OuterRef("pk"), rank=6))) ^ Q(pk=1))
    ),
    "conditions as columns": lambda w: list(
        w.videos.annotate(b=Q(rank__gt=2) & Q(price__gt=1)).order_by("pk").values_list("b", flat=True)
    ),
    "filter on a condition": lambda w: sorted_keys(
        w.videos.annotate(b=ExpressionWrapper(Q(rank__gt=2), BooleanField())).filter(b=True)
    ),
    "filter on a false condition": lambda w: sorted_keys(
        w.videos.annotate(b=ExpressionWrapper(Q(rank__gt=2), BooleanField())).filter(b=False)
    ),
    "exclude a condition": lambda w: sorted_keys(
        w.videos.annotate(b=ExpressionWrapper(Q(rank__gt=2), BooleanField())).exclude(b=True)
    ),
    "count, filtered over a relation": lambda w: list(
        w.channels.annotate(n=Count("videos", filter=Q(videos__tags__name="a"), distinct=True))
        .order_by("pk")
        .values_list("n", flat=True)
    ),
    "having over null": lambda w: sorted_keys(w.channels.annotate(s=Sum("videos__rank")).filter(s__lt=15)),
    "exclude an aggregate": lambda w: sorted_keys(
        w.channels.annotate(s=Sum("videos__rank")).exclude(s__lt=15)
    ),
    "having against a column": lambda w: sorted_keys(
        w.channels.annotate(s=Count("videos")).filter(s=F("pk") + 1)
    ),
    "group twice": lambda w: list(
        w.videos.annotate(n=Count("tags"))
        .values("is_public")
        .annotate(m=Max("views"))
        .order_by("is_public", "m")
    ),
    "group by bool": lambda w: list(
        w.videos.values("is_checked")
        .annotate(c=Count("pk"), d=Count("rank", distinct=True))
        .order_by("is_checked")
    ),
    "aggregate of groups": lambda w: (
        w.videos.values("channel").annotate(c=Count("pk")).aggregate(m=Max("c"), s=Sum("c"))
    ),
    "aggregate of sliced groups": lambda w: (
        w.channels.annotate(n=Count("videos")).order_by("-n", "pk")[:2].aggregate(s=Sum("n"))
    ),
    "two outer references": lambda w: sorted_keys(
        w.videos.filter(Exists(w.follows.filter(channel=OuterRef("channel"), user=OuterRef("rank"))))
    ),
    "an outer expression": lambda w: sorted_keys(
        w.videos.filter(Exists(w.videos.filter(views=OuterRef("views") + 10)))
    ),
    "an outer null": lambda w: sorted_keys(
        w.videos.filter(Exists(w.videos.filter(rank=OuterRef("rank"), pk__gt=OuterRef("pk"))))
    ),
    "not in a query of one null": lambda w: sorted_keys(
        w.videos.exclude(rank__in=w.videos.filter(pk=OuterRef("pk")).values("rank"))
    ),
    "in a dependent query": lambda w: sorted_keys(
        w.videos.filter(rank__in=w.videos.filter(pk__gt=OuterRef("pk")).values("rank"))
    ),
    "not in a dependent query": lambda w: sorted_keys(
        w.videos.exclude(rank__in=w.videos.filter(pk__gt=OuterRef("pk")).values("rank"))
    ),
    "subquery over a relation": lambda w: list(
        w.videos.annotate(
            x=Subquery(w.follows.filter(channel=OuterRef("channel")).order_by("pk").values("user")[:1])
        )
        .order_by("pk")
        .values_list("x", flat=True)
    ),
    "default of a dependent sum": lambda w: list(
        w.channels.annotate(
            x=Coalesce(
                Subquery(
                    w.videos.filter(channel=OuterRef("pk"), rank=1)
                    .values("channel")
                    .annotate(s=Sum("views"))
                    .values("s")
                ),
                0,
            )
        )
        .order_by("pk")
        .values_list("x", flat=True)
    ),
    "days in New York": lambda w: list(
        w.videos.annotate(x=TruncDay("created", tzinfo=ZoneInfo("America/New_York")))
        .order_by("pk")
        .values_list("x", flat=True)
    ),
    "date of": lambda w: list(
        w.videos.annotate(x=TruncDate("created")).order_by("pk").values_list("x", flat=True)
    ),
    "order by a JSON key": lambda w: list(
        w.videos.filter(meta__n__isnull=False).order_by("meta__n__z", "pk")
    ),
    "a position in a list": lambda w: sorted_keys(w.videos.filter(meta__list__1__has_key="deep")),
    "a missing path": lambda w: sorted_keys(w.videos.filter(meta__n__z__isnull=True)),
    "a JSON null": lambda w: sorted_keys(w.videos.filter(meta__k=None)),
    "no JSON null": lambda w: sorted_keys(w.videos.exclude(meta__k=None)),
    "a pattern in JSON": lambda w: sorted_keys(w.videos.filter(meta__k__icontains="1")),
    "a JSON key against a column": lambda w: sorted_keys(w.videos.filter(rank=F("meta__n__z"))),
    "reverse fk isnull": lambda w: sorted_keys(w.channels.filter(videos__isnull=True)),
    "rev fk null or": lambda w: sorted_keys(
        w.channels.filter(Q(videos__isnull=True) | Q(videos__views__gt=190))
    ),
    "m2m or": lambda w: sorted_keys(w.videos.filter(Q(tags__name="a") | Q(tags__isnull=True))),
    "nested not": lambda w: sorted_keys(
        w.videos.filter(~(Q(tags__name="a") & ~Q(channel__owner__age__gt=10)))
    ),
    "count distinct rel": lambda w: w.videos.filter(tags__name__in=["a", "b"]).distinct().count(),
    "exists distinct": lambda w: w.videos.filter(tags__name="zz").distinct().exists(),
    "annot count zero": lambda w: list(
        w.tags.annotate(n=Count("videos")).order_by("pk").values_list("n", flat=True)
    ),
    "dates dist": lambda w: list(w.videos.filter(channel__name="ch1").dates("day", "year")),
    "iexact none": lambda w: sorted_keys(w.videos.filter(description__iexact=None)),
    "in tuple mixed": lambda w: sorted_keys(w.videos.filter(views__in=[10, "20", 30.0])),
    "lt date on dt": lambda w: sorted_keys(
        w.videos.filter(created__lt=dt.datetime(2023, 5, 5, tzinfo=dt.timezone(dt.timedelta(hours=5))))
    ),
    "modulo of negatives": lambda w: list(
        w.videos.annotate(x=F("views") % 7).order_by("pk").values_list("x", flat=True)
    ),
    "division of negatives": lambda w: list(
        w.videos.annotate(x=F("views") / 7).order_by("pk").values_list("x", flat=True)
    ),
    "pow": lambda w: list(w.videos.annotate(x=Power("rank", 2)).order_by("pk").values_list("x", flat=True)),
    "cut to a whole number": lambda w: list(
        w.videos.annotate(x=Cast(F("score"), IntegerField())).order_by("pk").values_list("x", flat=True)
    ),
    "decimal to float": lambda w: list(
        w.videos.annotate(x=Cast(F("price"), FloatField())).order_by("pk").values_list("x", flat=True)
    ),
    "an empty part of a text": lambda w: list(
        w.videos.annotate(x=Substr("title", 1, 0)).order_by("pk").values_list("x", flat=True)
    ),
    "two conflicts in one batch": lambda w: (
        w.follows.bulk_create(
            [Follow(user=1, channel_id=2, level=5), Follow(user=1, channel_id=2, level=6)],
            update_conflicts=True,
            unique_fields=["user", "channel"],
            update_fields=["level"],
        )
        and None,
        list(w.follows.filter(user=1, channel_id=2).values_list("level", flat=True)),
    ),
    "filter pk instance": lambda w: sorted_keys(w.videos.filter(channel=w.channels.get(pk=1))),
    "filter in instances": lambda w: sorted_keys(
        w.videos.filter(channel__in=list(w.channels.filter(pk__lt=3)))
    ),
    "aggregate distinct rows": lambda w: (
        w.videos.filter(tags__name__in=["a", "b"]).distinct().aggregate(s=Sum("views"))
    ),
    "only rel": lambda w: [
        (v.channel.name)
        for v in w.videos.select_related("channel").only("title", "channel__name").order_by("pk")[:4]
    ],
    "mti order": lambda w: list(w.cinemas.order_by("-name").values_list("name", flat=True)),
    "mti upd F": lambda w: [
        w.cinemas.update(screens=F("screens") + 1),
        list(w.cinemas.order_by("pk").values_list("screens", flat=True)),
    ],
    "mti filter agg": lambda w: w.cinemas.filter(name__contains="cinema").aggregate(
        s=Sum("screens"), n=Count("name")
    ),
    "order dup slice": lambda w: list(
        w.videos.filter(tags__name__in=["a", "b"]).order_by("pk").values_list("pk", flat=True)[3:9]
    ),
    "last slice": lambda w: w.videos.order_by("rank", "pk").last(),
    "null bool": lambda w: sorted_keys(w.videos.filter(Q(is_checked=None) | Q(is_checked=True))),
    "concat null order": lambda w: list(
        w.videos.order_by(Coalesce("description", Value("zzz"), output_field=CharField()), "pk").values_list(
            "pk", flat=True
        )
    ),
    "self cmp rel": lambda w: sorted_keys(
        w.nodes.filter(parent__pk__lt=F("pk"), parent__parent__isnull=True)
    ),
    "ann F null cmp": lambda w: sorted_keys(w.videos.annotate(x=F("rank")).filter(x__lt=F("views"))),
    "exclude F null": lambda w: sorted_keys(w.videos.exclude(rank__lt=F("score"))),
}


@pytest.mark.parametrize("name", COMBINED)
def test_answers_are_equal(worlds: tuple[World, World], name: str) -> None:
    """SQLite's answer is the truth, and it is no error."""
    truth, mongo = worlds
    wanted = answer_or_error(COMBINED[name], truth)
    assert not isinstance(wanted, str), wanted
    assert answer_or_error(COMBINED[name], mongo) == wanted
