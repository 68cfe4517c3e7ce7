"""Export analytics as CSV (RFC 4180) for spreadsheets, one table per file. Every CSV file of the site is written here.

Files start with a byte order mark, without which Excel reads UTF-8 as a legacy encoding. Text from users is
neutralized: spreadsheets interpret a cell that starts with ``=`` and similar characters as a formula, so such text
is prefixed with an apostrophe. Numbers and dates are generated here and stay plain, so that spreadsheets can
calculate with them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.http import HttpResponse

from streamsite.cache_headers import PRIVATE_NEVER_STORED

DAYS = "days"
MAX_VIDEOS = 100
BYTE_ORDER_MARK = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\u2212", "|", "%")
# The semicolon separates cells where the comma is the decimal mark, so text with one is quoted, which the csv module
# does for its own separator only.
NEEDS_QUOTES = re.compile(r'[,;"\t\r\n|]')
Table = tuple[list[str], list[list[object]]]


def neutralize_formula(text: str) -> str:
    """Return ``text`` so that no spreadsheet takes it for a formula, even with full-width signs or leading spaces."""
    shown = "".join(one for one in text if unicodedata.category(one) != "Cf")
    plain = unicodedata.normalize("NFKC", shown)
    return (
        f"'{text}" if plain.startswith(FORMULA_STARTS) or plain.lstrip().startswith(FORMULA_STARTS) else text
    )


def csv_line(cells: Iterable[object]) -> str:
    """Return one row of a file. ``None`` is an empty cell; numbers stay numbers, even negative ones."""
    return ",".join(_cell(cell) for cell in cells) + "\r\n"


def _cell(value: object) -> str:
    if not isinstance(value, str):
        return "" if value is None else str(value)
    text = neutralize_formula(value)
    return '"{}"'.format(text.replace('"', '""')) if NEEDS_QUOTES.search(text) else text


def csv_response(table: Table, filename: str) -> HttpResponse:
    """Return ``table`` as a download with the trusted name ``filename``."""
    names, rows = table
    content = BYTE_ORDER_MARK + csv_line(names) + "".join(csv_line(row) for row in rows)
    response = HttpResponse(content.encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    PRIVATE_NEVER_STORED.set_on(response)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _rows(key: str, *names: str) -> Callable[[Mapping[str, Any]], Table]:
    return lambda report: (list(names), [[row[name] for name in names] for row in report[key]])


def _days(report: Mapping[str, Any]) -> Table:
    names = list(report["days"][0])
    return names, [list(row.values()) for row in report["days"]]


def _videos(report: Mapping[str, Any]) -> Table:
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
CHANNEL_TABLES = {DAYS: _days, "videos": _videos, "sources": _SOURCES, "decided": _DECIDED}
VIDEO_TABLES = {
    DAYS: _days,
    "retention": _rows("retention", "at", "share"),
    "sources": _SOURCES,
    "decided": _DECIDED,
}
