"""Figures as CSV (RFC 4180, UTF-8), one table per file.

Text of people is made inert: a program for tables takes a cell that begins with ``=`` and the like for a formula, so
such a text gets an apostrophe in front. Numbers and dates are ours and stay as they are.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpResponse, QueryDict

from streamsite.errors import Invalid

DAYS = "days"
MOST_VIDEOS = 100
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
Table = tuple[list[str], list[list[Any]]]


def inert(text: str) -> str:
    """``text`` so that no program takes it for a formula."""
    return f"'{text}" if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text


def asked(params: QueryDict, among: Iterable[str]) -> str:
    """The table of ``?table=``; ``Invalid`` for one that there is not."""
    name = params.get("table", "") or DAYS
    if name not in among:
        raise Invalid("Unknown table.", fields={"table": [f"One of: {', '.join(among)}."]})
    return name


def answer(table: Table, filename: str) -> HttpResponse:
    """``table`` as a file that is saved as ``filename``, which is ours."""
    names, rows = table
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    for row in rows:
        writer.writerow([inert(cell) if isinstance(cell, str) else cell for cell in row])
    response = HttpResponse(out.getvalue().encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _rows(key: str, *names: str) -> Callable[[dict[str, Any]], Table]:
    return lambda report: (list(names), [[row[name] for name in names] for row in report[key]])


def _days(report: dict[str, Any]) -> Table:
    names = list(report["days"][0])
    return names, [list(row.values()) for row in report["days"]]


def _videos(report: dict[str, Any]) -> Table:
    names = ["title", "url", "views", "watch_seconds"]
    rows = [
        [row["video"]["title"], row["video"]["url"], row["views"], row["watch_seconds"]]
        for row in report["top_videos"] or []
    ]
    return names, rows


_SOURCES, _DECIDED = (
    _rows("sources", "source", "views", "share"),
    _rows("decided", "verdict", "count", "means"),
)
OF_CHANNEL = {DAYS: _days, "videos": _videos, "sources": _SOURCES, "decided": _DECIDED}
OF_VIDEO = {
    DAYS: _days,
    "retention": _rows("retention", "at", "share"),
    "sources": _SOURCES,
    "decided": _DECIDED,
}
