"""Random trees of conditions over columns that can be null and relations of every kind, compared with SQLite."""

from __future__ import annotations

import datetime as dt
import os
from decimal import Decimal

import pytest
from django.db.models import Count, F, Max, Q, Sum
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from streamsite.mongo.engine.tests.answers import answer_or_error
from streamsite.mongo.engine.tests.models import Video
from streamsite.mongo.engine.tests.world import World

EXAMPLES = int(os.environ.get("TREE_EXAMPLES", "250"))

NUMBERS = st.integers(-40, 210)
SMALL = st.integers(-1, 8)
MOMENTS = st.datetimes(dt.datetime(2023, 1, 1), dt.datetime(2025, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=dt.UTC)
)
TEXTS = st.sampled_from(["T01", "T1", "%", "_", ".", "\\", "$where", "(", "", "ch1", "line", "x"])
COMPARISONS = ("exact", "gt", "gte", "lt", "lte")


def _leaf(path: str, lookups: tuple[str, ...], values: st.SearchStrategy[object]) -> st.SearchStrategy[Q]:
    one = st.builds(lambda lookup, value: Q(**{f"{path}__{lookup}": value}), st.sampled_from(lookups), values)
    several = st.builds(lambda chosen: Q(**{f"{path}__in": chosen}), st.lists(values, max_size=4))
    null = st.builds(lambda wanted: Q(**{f"{path}__isnull": wanted}), st.booleans())
    return st.one_of(one, several, null)


def _pair(path: str, other: str) -> st.SearchStrategy[Q]:
    return st.builds(
        lambda lookup, plus: Q(**{f"{path}__{lookup}": F(other) + plus}), st.sampled_from(COMPARISONS), SMALL
    )


LEAVES = st.one_of(
    _leaf("views", COMPARISONS, NUMBERS),
    _leaf("rank", COMPARISONS, SMALL),
    _leaf("price", COMPARISONS, st.integers(-4, 30).map(lambda quarters: Decimal(quarters) / 4)),
    _leaf("score", COMPARISONS, st.integers(-4, 30).map(lambda eighths: eighths / 8)),
    _leaf("title", ("exact", "gt", "lte", "startswith", "endswith"), TEXTS),
    _leaf("description", ("exact", "contains", "endswith"), TEXTS),
    _leaf("is_public", ("exact",), st.booleans()),
    _leaf("is_checked", ("exact",), st.booleans()),
    _leaf("created", COMPARISONS, MOMENTS),
    _leaf("day", COMPARISONS, MOMENTS.map(lambda moment: moment.date())),
    _leaf("created__year", COMPARISONS, st.integers(2022, 2025)),
    _leaf("length", COMPARISONS, st.integers(-60, 1500).map(lambda seconds: dt.timedelta(seconds=seconds))),
    _leaf("channel__name", ("exact", "startswith", "gt"), TEXTS),
    _leaf("channel__owner", ("exact",), st.integers(0, 4)),
    _leaf("channel__owner__age", COMPARISONS, NUMBERS),
    _leaf("tags", ("exact",), st.integers(0, 5)),
    _leaf("tags__name", ("exact", "gt"), st.sampled_from(["a", "b", "c", "d", "e"])),
    _leaf("channel__follows__user", COMPARISONS, SMALL),
    _leaf("meta__k", ("exact",), st.one_of(SMALL, st.sampled_from(["1", "5"]))),
    _pair("rank", "views"),
    _pair("views", "rank"),
    _pair("channel__owner__age", "views"),
)


def _joined(inner: st.SearchStrategy[Q]) -> st.SearchStrategy[Q]:
    return st.one_of(
        st.builds(lambda left, right: left & right, inner, inner),
        st.builds(lambda left, right: left | right, inner, inner),
        st.builds(lambda left, right: left ^ right, inner, inner),
        st.builds(lambda condition: ~condition, inner),
    )


TREES = st.recursive(LEAVES, _joined, max_leaves=7)
STEPS = st.lists(st.tuples(st.sampled_from(["filter", "exclude"]), TREES), min_size=1, max_size=2)
ORDERS = st.lists(
    st.sampled_from(["views", "-rank", "title", "-created", "channel__owner__age", "-price"]),
    max_size=2,
    unique=True,
)
SLICES = st.one_of(st.none(), st.tuples(st.integers(0, 5), st.integers(0, 12)))
ENDS = st.sampled_from(["rows", "count", "exists", "distinct", "aggregate", "group", "delete"])


def _answer(
    world: World, steps: list[tuple[str, Q]], order: list[str], page: tuple[int, int] | None, end: str
) -> object:
    videos = world.videos
    for method, condition in steps:
        videos = getattr(videos, method)(condition)
    if end == "count":
        return videos.count()
    if end == "exists":
        return videos.exists()
    if end == "distinct":
        return list(videos.order_by("channel_id").values_list("channel_id", flat=True).distinct())
    if end == "aggregate":
        return videos.aggregate(n=Count("pk"), r=Count("rank", distinct=True), s=Sum("views"), m=Max("title"))
    if end == "group":
        return list(videos.order_by("rank").values("rank").annotate(n=Count("pk"), s=Sum("views")))
    if end == "delete":
        keys = Video.objects.using(world.alias).filter(pk__in=videos.values("pk"))
        keys.update(views=F("views") + 1)
        return list(world.videos.order_by("pk").values_list("views", flat=True))
    # Duplicates from joins are equal rows, so their order does not matter.
    videos = videos.order_by(*order, "pk")
    if page is not None:
        start, length = page
        videos = videos[start : start + length]
    return list(videos.values_list("pk", flat=True))


@pytest.mark.timeout(300)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS, order=ORDERS, page=SLICES, end=ENDS)
def test_trees(
    worlds: tuple[World, World],
    steps: list[tuple[str, Q]],
    order: list[str],
    page: tuple[int, int] | None,
    end: str,
) -> None:
    """Nothing here is refused, and every answer is SQLite's."""
    truth, mongo = worlds
    wanted = answer_or_error(lambda world: _answer(world, steps, order, page, end), truth)
    assert not isinstance(wanted, str), wanted  # an error in both worlds would compare nothing
    event(f"{end}: {'nothing' if wanted in ([], 0, False) else 'something'}")
    assert answer_or_error(lambda world: _answer(world, steps, order, page, end), mongo) == wanted
