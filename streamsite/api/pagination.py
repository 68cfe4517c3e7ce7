"""Cursor pagination: every page costs the same, and a cursor works only on the list that it came from.

A cursor is the sort key of the row at the edge, signed together with the endpoint's path and filters.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, Protocol, TypeVar, cast
from urllib.parse import urlencode

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.request import Request

from streamsite import origin
from streamsite.api.inputs import QuerySerializer
from streamsite.api.json_types import PageDict
from streamsite.errors import Invalid
from streamsite.mongo.keyset_merge import Moment

Row = TypeVar("Row", bound=Model)
Body = TypeVar("Body")

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
SALT = "streamsite.cursor"
# Of a row in a cursor of ``paginate_ranked``: with 500 rows two share one in a list of 40,000.
ROW_DIGEST_BYTES = 4
MAX_CURSOR_LENGTH = 6_000  # characters
PAGINATION_NAMES = {"cursor", "page_size"}


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows of one page and the URLs of its neighbors (``None`` at the ends).

    ``first`` is the index of the first row in the whole list at the time its cursor was made.
    """

    rows: list[Row]
    next: str | None
    previous: str | None
    first: int = 0

    def body(self, mapper: Callable[[Row], Body]) -> PageDict[Body]:
        """Return the page as the API answers it, each row through ``mapper``."""
        return {"next": self.next, "previous": self.previous, "results": [mapper(row) for row in self.rows]}


class PaginationSerializer(QuerySerializer):
    """Parameters of every list."""

    cursor = serializers.CharField(required=False)
    page_size = serializers.IntegerField(required=False, min_value=0)


# For the schema.
PAGINATION_PARAMETERS = [PaginationSerializer]


def page_size(params: QueryDict) -> int:
    """Return ``?page_size=`` clamped to 1..100. Raise ``Invalid`` when it is not a number."""
    raw = params.get("page_size", "")
    if not raw:
        return DEFAULT_PAGE_SIZE
    # Not by PaginationSerializer, which the schema has: a wrong cursor is ``invalid_cursor``, whatever else is sent.
    if not (raw.isascii() and raw.isdigit()):
        raise Invalid(
            _("Please fix the errors below."), fields={"page_size": [_("A valid integer is required.")]}
        )
    return max(1, min(int(raw[:6]), MAX_PAGE_SIZE))


def paginate(
    request: HttpRequest | Request, queryset: QuerySet[Row], order: Sequence[str], *, absolute: bool = True
) -> Page[Row]:
    """Return one page of ``queryset`` in ``order`` (field names, ``-`` for descending; the last one unique)."""
    params = request.GET
    size = page_size(params)
    scope = _cursor_scope(request.path, params)
    key, backwards, place = _read_cursor(params.get("cursor", ""), scope, len(order))
    wanted = [_reverse_order(name) for name in order] if backwards else list(order)
    if key is not None:
        settled = _settled(wanted, key)
        fixed = {name.lstrip("-"): value for name, value in zip(wanted[:settled], key, strict=False)}
        wanted = wanted[settled:]
        queryset = queryset.filter(_rows_after(wanted, key[settled:]), **fixed)
    rows = list(queryset.order_by(*wanted)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()

    # Backwards the cursor's place is that of the row after this page. What was added or taken out since moves places
    # by as much; counting rows instead would cost more with every page.
    first = max(0, place - len(rows)) if backwards else place

    def link(row: Row, place: int, *, back: bool) -> str:
        cursor = _write_cursor([_cursor_value(row, name) for name in order], scope, back=back, place=place)
        return _page_url(request, cursor, absolute=absolute)

    has_next = bool(rows) and (more or backwards)
    has_previous = bool(rows) and (more if backwards else key is not None)
    return Page(
        rows,
        next=link(rows[-1], first + len(rows), back=False) if has_next else None,
        previous=link(rows[0], first, back=True) if has_previous else None,
        first=first if has_previous else 0,
    )


def paginate_ranked(
    request: HttpRequest | Request,
    keys: Sequence[str],
    load: Callable[[list[str]], list[Row]],
    *,
    absolute: bool = True,
) -> Page[Row]:
    """Return one page of rows in an order that no field has: ``keys`` are all ids, ``load`` gets those of the page.

    The order may change from one page to the next, and ids may come and go. So the cursor has a digest of every row on
    the pages before: none is repeated, and none is skipped. The number of ids must be limited.
    """
    size = page_size(request.GET)
    scope = _cursor_scope(request.path, request.GET)
    key, backwards, _ = _read_cursor(request.GET.get("cursor", ""), scope, 1)
    # The first page, which most people see alone, needs only the digests of its own rows.
    marks = {one: _row_digest(one) for one in (keys if key else keys[:size])}
    before = _read_row_digests(key[0], keys, marks) if key else []
    if backwards:
        places = {mark: place for place, mark in enumerate(before[-size:])}
        page = sorted((one for one in keys if marks[one] in places), key=lambda one: places[marks[one]])
        before, has_next = before[:-size], True
    else:
        known = set(before)
        rest = [one for one in keys if marks[one] not in known] if known else keys
        page, has_next = list(rest[:size]), len(rest) > size

    def link(shown: list[bytes], *, back: bool) -> str:
        text = urlsafe_b64encode(b"".join(shown)).decode()
        return _page_url(request, _write_cursor([text], scope, back=back), absolute=absolute)

    return Page(
        load(page),
        next=link([*before, *(marks[one] for one in page)], back=False) if has_next else None,
        previous=link(before, back=True) if before else None,
    )


def _row_digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=ROW_DIGEST_BYTES).digest()


def _read_row_digests(stored: object, keys: Sequence[str], marks: Mapping[str, bytes]) -> list[bytes]:
    """Return the digests in a cursor; a cursor of the previous release is an index."""
    if isinstance(stored, int):
        return [marks[one] for one in keys[:stored]]
    joined = urlsafe_b64decode(str(stored))
    return [joined[start : start + ROW_DIGEST_BYTES] for start in range(0, len(joined), ROW_DIGEST_BYTES)]


RowKey = TypeVar("RowKey", bound=Sequence[object])


def paginate_keys(
    request: HttpRequest | Request,
    load: Callable[[list[object] | None, int], list[RowKey]],
    *,
    parts: int,
    absolute: bool = True,
) -> tuple[list[RowKey], str | None]:
    """Return one page of keys of ``parts`` values, and the URL of the next page.

    ``load(after, size)`` returns the ``size`` keys after one, or the first ones. There is no way back.
    """
    size = page_size(request.GET)
    scope = _cursor_scope(request.path, request.GET)
    after, _, _ = _read_cursor(request.GET.get("cursor", ""), scope, parts)
    keys = load(after, size + 1)
    if len(keys) <= size:
        return keys, None
    cursor = _write_cursor(list(keys[size - 1]), scope, back=False)
    return keys[:size], _page_url(request, cursor, absolute=absolute)


Entry = TypeVar("Entry", bound="TimelineEntry")


class TimelineEntry(Protocol):
    """An entry with an id, and a time."""

    @property
    def id(self) -> str:
        """The key by which entries of the same time are ordered."""
        ...


def paginate_latest(
    request: HttpRequest | Request,
    load: Callable[[Moment | None, int], list[Entry]],
    *,
    by: str = "created_at",
    absolute: bool = True,
) -> tuple[list[Entry], str | None]:
    """Return one page of entries of many sources, latest first by the time ``by``, and the URL of the next page.

    ``load(before, size)`` gets the ``size`` entries before a moment and id. There is no previous page: newer entries
    may have come from any source meanwhile.
    """
    size = page_size(request.GET)
    scope = _cursor_scope(request.path, request.GET)
    key, _, _ = _read_cursor(request.GET.get("cursor", ""), scope, 2)
    rows = load((cast(datetime, key[0]), str(key[1])) if key else None, size + 1)
    if len(rows) <= size:
        return rows, None
    last = rows[size - 1]
    cursor = _write_cursor([{"t": getattr(last, by).timestamp()}, last.id], scope, back=False)
    return rows[:size], _page_url(request, cursor, absolute=absolute)


def _page_url(request: HttpRequest | Request, cursor: str, *, absolute: bool) -> str:
    params = request.GET
    query = [(name, value) for name in params for value in params.getlist(name) if name != "cursor"]
    target = f"{request.path}?{urlencode([*query, ('cursor', cursor)])}"
    return f"{origin.current()}{target}" if absolute else target


def _cursor_scope(path: str, params: QueryDict) -> str:
    filters = sorted(
        (name, value) for name in params if name not in PAGINATION_NAMES for value in params.getlist(name)
    )
    return hashlib.sha256(repr((path, filters)).encode()).hexdigest()[:16]


def _reverse_order(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _cursor_value(row: Model, name: str) -> object:
    value: object = row
    for part in name.lstrip("-").split("__"):
        value = getattr(value, part)
    return {"t": value.timestamp()} if isinstance(value, datetime) else value


def _settled(order: Sequence[str], key: Sequence[object]) -> int:
    """Return how many first fields have the same value in all rows after ``key``: flags with the last of two values.

    Rows are not sorted by them again: MongoDB reads an index in an order that begins with a field of which several
    values are asked for (a flag that is false or missing) only if it sorts all rows that match.
    """
    count = 0
    while count < len(order) - 1:
        value = key[count]
        if not isinstance(value, bool) or value is order[count].startswith("-"):
            break
        count += 1
    return count


def _rows_after(order: Sequence[str], key: Sequence[object]) -> Q:
    """Return the condition for rows after ``key``: ``a < x or (a = x and b < y)``, with ``a <= x`` for the index."""
    condition = Q()
    equal = Q()
    for name, value in zip(order, key, strict=True):
        field = name.lstrip("-")
        comparison = "lt" if name.startswith("-") else "gt"
        condition |= equal & Q(**{f"{field}__{comparison}": value})
        equal &= Q(**{field: value})
    first = order[0].lstrip("-")
    bound = "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{first}__{bound}": key[0]}) & condition


def _write_cursor(key: list[object], scope: str, *, back: bool, place: int = 0) -> str:
    return signing.dumps({"k": key, "s": scope, "b": int(back), "p": place}, salt=SALT, compress=True)


def _read_cursor(raw: str, scope: str, length: int) -> tuple[list[object] | None, bool, int]:
    """Return the key, whether it leads back, and the index; ``(None, False, 0)`` without a cursor."""
    if not raw:
        return None, False, 0
    try:
        content = signing.loads(raw[:MAX_CURSOR_LENGTH], salt=SALT)
    except signing.BadSignature:
        raise InvalidCursor from None
    if content["s"] != scope or len(content["k"]) != length:
        raise InvalidCursor
    key = [
        datetime.fromtimestamp(part["t"], UTC) if isinstance(part, dict) else part for part in content["k"]
    ]
    return key, bool(content["b"]), int(content.get("p", 0))


class InvalidCursor(Invalid):
    """A cursor that was forged, damaged, or given out for another list."""

    code = "invalid_cursor"
    detail = gettext_lazy("This cursor doesn't belong to this list.")
