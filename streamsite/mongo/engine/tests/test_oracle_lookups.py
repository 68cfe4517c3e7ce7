"""Every lookup on every kind of field, kept and excluded, directly and over relations: SQLite's rows are the truth."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db.models import F, Q

from streamsite.mongo.engine.tests.answers import answer_or_error, sorted_keys
from streamsite.mongo.engine.tests.world import World

MOMENT = dt.datetime(2023, 6, 1, tzinfo=dt.UTC)
EXACT = dt.datetime(2023, 3, 3, 2, 30, 2, 123_000, dt.UTC)

# On a video's own columns.
CONDITIONS: list[Q] = [
    # texts
    Q(title="T03"),
    Q(title__exact="dot.y"),
    Q(title__iexact="T01"),
    Q(title__iexact="dot.Y"),
    Q(title__in=["T01", "T02", "nothing"]),
    Q(title__in=[]),
    Q(title__contains="%"),
    Q(title__contains="_"),
    Q(title__contains="."),
    Q(title__contains="("),
    Q(title__contains="\\"),
    Q(title__contains=".*"),
    Q(title__contains="^"),
    Q(title__contains="$"),
    Q(title__contains='{"$gt": ""}'),
    Q(title__contains="'"),
    Q(title__contains="\u0131"),
    Q(title__contains="İ"),
    Q(title__contains=""),
    Q(title__icontains="T0"),
    Q(title__icontains="DOT"),
    Q(title__startswith="T1"),
    Q(title__startswith="$"),
    Q(title__istartswith="t0"),
    Q(title__endswith="1"),
    Q(title__endswith="%"),
    Q(title__iendswith="WHERE"),
    Q(title__gt="T05"),
    Q(title__lte="T05"),
    Q(title__range=("T02", "T05")),
    Q(description__isnull=True),
    Q(description__isnull=False),
    Q(description=None),
    Q(description="Desc\nline 1"),
    Q(description__contains="line 1"),
    Q(description__endswith="line 2"),
    Q(description__startswith="line"),
    Q(description__in=["Desc\nline 1", None]),
    # numbers
    Q(views=20),
    Q(views__gt=50),
    Q(views__gte=50),
    Q(views__lt=0),
    Q(views__lte=0),
    Q(views__in=(0, 10, 20)),
    Q(views__in=[None]),
    Q(views__range=(0, 40)),
    Q(views__gt=2**70),
    Q(views__lt=2**70),
    Q(rank=3),
    Q(rank__lt=3),
    Q(rank__in=[1, 2, None]),
    Q(rank__isnull=True),
    Q(rank__range=(2, 4)),
    Q(views__contains="1"),
    Q(price=Decimal("0.75")),
    Q(price__gte=Decimal("1.25")),
    Q(price__lt=2),
    Q(price__in=[Decimal("0.25"), Decimal("0.75")]),
    Q(price__isnull=True),
    Q(score=0.5),
    Q(score__gt=1),
    Q(score__lte=1.25),
    Q(score__range=(0.25, 1)),
    # booleans
    Q(is_public=True),
    Q(is_public=False),
    Q(is_checked=True),
    Q(is_checked=False),
    Q(is_checked=None),
    Q(is_checked__isnull=False),
    Q(is_checked__in=[True, False]),
    # moments, days, times, durations
    Q(created=EXACT),
    Q(created__gt=MOMENT),
    Q(created__lte=MOMENT),
    Q(created__range=(MOMENT, MOMENT + dt.timedelta(days=90))),
    Q(created__year=2023),
    Q(created__year__gt=2023),
    Q(created__year__gte=2024),
    Q(created__year__lt=2024),
    Q(created__year__lte=2023),
    Q(created__year__in=[2023, 2024]),
    Q(created__month=3),
    Q(created__month__gte=11),
    Q(created__day__lt=4),
    Q(created__week=10),
    Q(created__week_day=3),
    Q(created__iso_week_day=5),
    Q(created__iso_year=2024),
    Q(created__quarter=2),
    Q(created__hour__gte=20),
    Q(created__minute=30),
    Q(created__second__in=[1, 2]),
    Q(created__date=dt.date(2023, 3, 3)),
    Q(created__date__gt=dt.date(2023, 6, 1)),
    Q(day=dt.date(2024, 3, 3)),
    Q(day__gt=dt.date(2024, 6, 1)),
    Q(day__in=[dt.date(2024, 3, 3), dt.date(2024, 4, 4)]),
    Q(day__year=2024),
    Q(day__month__lte=2),
    Q(day__isnull=True),
    Q(at=dt.time(3, 3, 3)),
    Q(at__lt=dt.time(5)),
    Q(at__hour=4),
    Q(length=dt.timedelta(seconds=61, milliseconds=1)),
    Q(length__gt=dt.timedelta(minutes=5)),
    Q(length__in=[dt.timedelta(0), dt.timedelta(seconds=122, milliseconds=2)]),
    # other kinds
    Q(uid=uuid.UUID(int=3)),
    Q(uid__in=[uuid.UUID(int=3), uuid.UUID(int=4)]),
    Q(uid__contains="0000-0000"),
    Q(data=bytes([3, 0, 255])),
    Q(data__isnull=True),
    Q(pk__in=list(range(10_000))),
    Q(pk=F("views") / 10 + 4),
    # JSON
    Q(meta__k=4),
    Q(meta__k="5"),
    Q(meta__k__isnull=True),
    Q(meta__k__isnull=False),
    Q(meta__n__z=1),
    Q(meta__n__z__gte=0),
    Q(meta__list__0=5),
    Q(meta__list__1__deep=5),
    Q(meta__flag=True),
    Q(meta__other=1.5),
    Q(meta__other__gt=1),
    Q(meta__has_key="k"),
    Q(meta__has_key="dotted.key"),
    Q(meta__has_keys=["k", "n"]),
    Q(meta__has_any_keys=["flag", "other"]),
    Q(meta__k__in=[4, "5"]),
    Q(meta__n={"z": 1}),
    # columns against columns
    Q(views__gt=F("rank")),
    Q(rank__lt=F("views") - 30),
    Q(score__gte=F("rank")),
    Q(rank=F("rank")),
    Q(description__contains=F("title")),
    Q(title__iexact=F("title"), pk__lt=12),
    Q(created__gt=F("day")),
    Q(rank__in=[F("views"), 3]),
    Q(views__range=(F("rank"), 60)),
    # nests
    Q(views__gt=30) | Q(is_checked=True),
    Q(views__gt=30) & ~Q(is_checked=True),
    Q(views__gt=30) ^ Q(is_checked=True),
    Q(views__gt=30) ^ Q(rank__gt=2) ^ Q(is_public=True),
    ~(Q(rank__gt=2) | Q(price__gt=1)),
    ~(Q(rank__gt=2) & Q(price__gt=1)),
    ~Q(~Q(rank__gt=2)),
    ~(~Q(rank__gt=2) & ~Q(is_checked=True)) | Q(price__lt=1),
    (Q(title="T01") | Q(rank=3)) & (Q(is_public=True) | ~Q(score__gt=1)),
    Q(pk__in=[]) | Q(rank=1),
    ~Q(pk__in=[]) & Q(rank=1),
    Q(),
]

# Over relations; a row can come more than once, as in SQL.
OVER_RELATIONS: list[Q] = [
    Q(channel=2),
    Q(channel__name="ch1"),
    Q(channel__name__in=["ch1", "ch2"]),
    Q(channel__owner__isnull=True),
    Q(channel__owner__name="o2"),
    Q(channel__owner__age__gt=10),
    Q(channel__owner__age__isnull=True),
    Q(channel__owner__age__lt=F("views")),
    Q(channel__owner=None),
    Q(channel__name="ch1") | Q(views=10),
    Q(channel__owner__age__gt=10) | Q(is_public=False),
    ~Q(channel__owner__age__gt=10) & Q(is_public=True),
    Q(channel__owner__age=20) ^ Q(is_public=True),
    Q(tags=1),
    Q(tags__name="b"),
    Q(tags__name__in=["a", "b"]),
    Q(tags__isnull=True),
    Q(tags__isnull=False),
    Q(tags__name="a") | Q(views=10),
    Q(tags__name="a", tags__pk=1),
    Q(channel__follows__user=1),
    Q(channel__follows__level=0),
    Q(channel__videos__views=10),
    Q(notes__text="n1"),
    Q(notes__isnull=True),
    Q(notes__text__in=["n1", "n6"]),
    Q(channel__in=[1, 3]),
    Q(channel__owner__in=[1, 2]),
    Q(channel__owner__channels__name="ch1"),
]


def _name(condition: Q) -> str:
    return str(condition)[:90]


@pytest.mark.parametrize("condition", CONDITIONS + OVER_RELATIONS, ids=_name)
def test_filter(worlds: tuple[World, World], condition: Q) -> None:
    """The same rows are kept."""
    truth, mongo = worlds
    assert answer_or_error(
        lambda world: sorted_keys(world.videos.filter(condition)), mongo
    ) == answer_or_error(lambda world: sorted_keys(world.videos.filter(condition)), truth)


@pytest.mark.parametrize("condition", CONDITIONS + OVER_RELATIONS, ids=_name)
def test_exclude(worlds: tuple[World, World], condition: Q) -> None:
    """The same rows are left out: with SQL's nulls, that is not the opposite of keeping."""
    truth, mongo = worlds
    assert answer_or_error(
        lambda world: sorted_keys(world.videos.exclude(condition)), mongo
    ) == answer_or_error(lambda world: sorted_keys(world.videos.exclude(condition)), truth)


@pytest.mark.parametrize("value", ["t0", "T0", "İX", "ı", "ß", "\0", "a\0b", "😀"])
@pytest.mark.parametrize("lookup", ["contains", "startswith", "endswith", "exact"])
def test_case_is_kept(worlds: tuple[World, World], lookup: str, value: str) -> None:
    """SQLite takes no notice of case in LIKE, so here Python is the truth."""
    _truth, mongo = worlds
    tests: dict[str, Callable[[str], bool]] = {
        "contains": lambda title: value in title,
        "startswith": lambda title: title.startswith(value),
        "endswith": lambda title: title.endswith(value),
        "exact": lambda title: title == value,
    }
    wanted = sorted(video.pk for video in mongo.videos if tests[lookup](video.title))
    assert sorted_keys(mongo.videos.filter(**{f"title__{lookup}": value})) == wanted
