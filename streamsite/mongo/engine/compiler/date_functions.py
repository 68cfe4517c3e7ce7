"""Functions of dates and moments: extracts and truncations, in the current time zone."""

from __future__ import annotations

from django.db.models import DateField, DateTimeField, TimeField
from django.db.models.functions import datetime as dates

from streamsite.mongo.engine.compiler.scope import Scope, compiles
from streamsite.mongo.engine.compiler.unsupported import refuse

from ..nodes import Compiled, Node

EXTRACTS = {
    "year": "$year",
    "month": "$month",
    "day": "$dayOfMonth",
    "hour": "$hour",
    "minute": "$minute",
    "second": "$second",
    "week": "$isoWeek",
    "week_day": "$dayOfWeek",
    "iso_week_day": "$isoDayOfWeek",
    "iso_year": "$isoWeekYear",
}


EXTRACT_CLASSES = (
    dates.Extract,
    dates.ExtractYear,
    dates.ExtractQuarter,
    dates.ExtractMonth,
    dates.ExtractDay,
    dates.ExtractHour,
    dates.ExtractMinute,
    dates.ExtractSecond,
    dates.ExtractWeek,
    dates.ExtractWeekDay,
    dates.ExtractIsoWeekDay,
    dates.ExtractIsoYear,
)


TRUNCATIONS = (
    dates.TruncYear,
    dates.TruncQuarter,
    dates.TruncMonth,
    dates.TruncWeek,
    dates.TruncDay,
    dates.TruncHour,
    dates.TruncMinute,
    dates.TruncSecond,
    dates.Trunc,
)


UNITS = frozenset({"year", "quarter", "month", "week", "day", "hour", "minute", "second"})


@compiles(*EXTRACT_CLASSES)
def extract(scope: Scope, node: Node) -> Compiled:
    """Compile a part of a date or moment, in the current time zone."""
    if node.lookup_name == "quarter":
        return {"$toInt": {"$ceil": {"$divide": [{"$month": _in_time_zone(scope, node)}, 3]}}}
    if node.lookup_name not in EXTRACTS:
        raise refuse(node, f"of {node.lookup_name!r}")
    return {EXTRACTS[node.lookup_name]: _in_time_zone(scope, node)}


@compiles(*TRUNCATIONS)
def truncate(scope: Scope, node: Node) -> Compiled:
    """Compile the beginning of a year, month, hour, ... on the wall clock of the time zone."""
    if node.kind not in UNITS or not isinstance(node.lhs.output_field, DateField):
        raise refuse(node, f"{node.kind} of {type(node.lhs.output_field).__name__}")
    return {"$dateTrunc": {"date": _wall_clock(scope, node), "unit": node.kind, "startOfWeek": "monday"}}


@compiles(dates.TruncDate)
def truncate_to_date(scope: Scope, node: Node) -> Compiled:
    """Compile the day of a moment."""
    return {"$dateTrunc": {"date": _wall_clock(scope, node), "unit": "day"}}


def _in_time_zone(scope: Scope, node: Node) -> Compiled:
    field = node.lhs.output_field
    if not isinstance(field, (DateField, TimeField)):
        raise refuse(node, f"of {type(field).__name__}")
    return {"date": scope.expression(node.lhs), **_time_zone(node)}


def _wall_clock(scope: Scope, node: Node) -> Compiled:
    """Return a moment's local date and time as if it were UTC, which is how Django reads the result."""
    moment = scope.expression(node.lhs)
    zone = _time_zone(node)
    if not zone:
        return moment
    text = {"$dateToString": {"date": moment, "format": "%Y-%m-%dT%H:%M:%S.%L", **zone}}
    return {"$dateFromString": {"dateString": text, "onNull": None}}


def _time_zone(node: Node) -> dict[str, str]:
    """Return the option that names a time zone other than UTC; only moments have one."""
    if not isinstance(node.lhs.output_field, DateTimeField):
        if node.tzinfo is not None:
            raise ValueError("tzinfo can only be used with DateTimeField.")
        return {}
    name = node.get_tzname()
    if name in (None, "UTC"):
        return {}
    # Python writes a fixed offset as "UTC+02:00".
    return {"timezone": name.removeprefix("UTC")}
