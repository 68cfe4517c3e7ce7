"""Lists of Django admin whose cost does not grow with the library.

Django's own count every row twice, join before they search, read all rows for a date hierarchy and sort by any column.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Paginator
from django.db.models import DateTimeField, Model, Q, QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import smart_split, unescape_string_literal

from streamsite.mongo.engine.client import connection_for

Row = TypeVar("Row", bound=Model)
if TYPE_CHECKING:
    Base = admin.ModelAdmin
else:
    # Mixed into classes that bring an admin of their own, such as Django's for accounts.
    Base = type("Base", (), {"__class_getitem__": classmethod(lambda cls, key: cls)})

MIN_VALUES = {"DateTimeField": datetime(1, 1, 1, tzinfo=UTC), "CharField": ""}
FIRST_PAGE_TIME = "as_of"  # the parameter with the time at which the first page was shown
MAX_COUNTED = 1_000
MAX_PAGES = 200
# A row takes a millisecond to show, a whole page at most a tenth of a second.
ROWS_PER_PAGE = 50
MAX_RELATED = 200  # as many as MongoDB merges in the order of an index
MAX_WORDS = 5


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """A paginator that counts all rows by the collection's metadata and filtered ones up to ``MAX_COUNTED``."""

    @cached_property
    def count(self) -> int:
        """The number of rows, at most ``MAX_COUNTED`` when a filter or a search is on."""
        rows = cast("QuerySet[Model]", self.object_list)
        if not rows.query.where:
            return connection_for(rows.db).collection(rows.model._meta.db_table).estimated_document_count()
        return len(self.found)

    @cached_property
    def found(self) -> list[object]:
        """The keys of the first ``MAX_COUNTED`` rows, in the list's order: its index holds what filters ask for."""
        rows = cast("QuerySet[Model]", self.object_list)
        return list(rows.values_list("pk", flat=True)[:MAX_COUNTED])

    @cached_property
    def num_pages(self) -> int:
        """The number of pages that can be opened, at most ``MAX_PAGES``."""
        return min(super().num_pages, MAX_PAGES)


class BoundedChangeList(ChangeList):
    """A list that is always in the order of its admin, which has an index."""

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Model]) -> list[str | Combinable]:
        """Return the admin's order, whatever the address asks for."""
        self.params.pop(ORDER_VAR, None)
        return list(super().get_ordering(request, queryset))

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> QuerySet[Model]:
        """Return the chosen rows."""
        rows: QuerySet[Model] = super().get_queryset(request, exclude_parameters)
        return with_index_bound(rows) if rows.query.where else rows

    def get_filters_params(self, params: dict[str, object] | None = None) -> dict[str, list[str]]:
        """Return the parameters that filter; the moment of the first page is none."""
        found: dict[str, list[str]] = super().get_filters_params(params)
        return {name: value for name, value in found.items() if name != FIRST_PAGE_TIME}

    def get_results(self, request: HttpRequest) -> None:
        """Load the page. Later pages leave out rows newer than the first page, which would shift them."""
        super().get_results(request)
        moment = timezone.now() if self.page_num == 1 else _moment(request.GET.get(FIRST_PAGE_TIME, ""))
        if moment is None:
            return
        self.filter_params[FIRST_PAGE_TIME] = [f"{moment.timestamp():.6f}"]  # the page's links repeat it
        if self.page_num == 1 and self.queryset.query.where and not self.show_all:
            self.result_list = self._load(cast(BoundedPaginator, self.paginator).found[: self.list_per_page])
        since = next((name for name in self.queryset.query.order_by if self._is_moment(name)), None)
        if self.page_num > 1 and self.multi_page and since is not None:
            rows = self.queryset.filter(**{f"{str(since).lstrip('-')}__lte": moment})
            start = (self.page_num - 1) * self.list_per_page
            self.result_list = rows[start : start + self.list_per_page]

    def _load(self, keys: list[object]) -> QuerySet[Model]:
        """Return the rows with these primary keys in the list's order: counting has found them already."""
        rows = self.root_queryset.filter(pk__in=keys).order_by(*self.queryset.query.order_by)
        return rows if rows.query.select_related else self.apply_select_related(rows)

    def _is_moment(self, name: object) -> bool:
        field = self.lookup_opts.get_field(str(name).lstrip("-")) if name not in {"pk", "-pk"} else None
        return isinstance(field, DateTimeField)


def _moment(raw: str) -> datetime | None:
    """Return the moment that a link to a later page has, if it has one."""
    try:
        return datetime.fromtimestamp(float(raw), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def with_index_bound(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Return the same rows, filtered by the keys of the index that has their order.

    A server does that only if there is a condition on the index's first field: so there is one, which every row meets.
    """
    if not rows.query.order_by:
        return rows
    first = str(rows.query.order_by[0]).lstrip("-")
    least = MIN_VALUES.get(rows.model._meta.get_field(first).get_internal_type())
    return rows.filter(**{f"{first}__gte": least}) if least is not None else rows


class BoundedListMixin(Base[Row]):
    """A mixin for admins whose list reads little: put it before ``ModelAdmin``.

    ``search_fields`` may name a text of the row (``title``: contained), an id (``=subject``: equal), or an indexed text
    of a related row (``channel__username``: begins with), which is looked up first.
    """

    show_full_result_count = False
    list_per_page = ROWS_PER_PAGE
    paginator = BoundedPaginator
    sortable_by: ClassVar[tuple[str, ...]] = ()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Return whether the address may filter by ``lookup``: only by what the list's own filters offer."""
        if request is None:
            return False
        filters = [name[0] if isinstance(name, tuple) else name for name in self.get_list_filter(request)]
        offered = {getattr(name, "parameter_name", name) for name in filters}
        return lookup.partition("__")[0] in offered

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        """Return the class of the list."""
        return BoundedChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Row], search_term: str
    ) -> tuple[QuerySet[Row], bool]:
        """Return the rows that have each word in one of ``search_fields``, at most ``MAX_COUNTED``; no duplicates.

        Each field is searched by itself: a condition that joins several has no index.
        """
        for word in list(smart_split(search_term))[:MAX_WORDS]:
            text = unescape_string_literal(word) if word[:1] in {'"', "'"} and word[-1:] == word[:1] else word
            found: list[object] = []
            for field in self.get_search_fields(request):
                rows = with_index_bound(queryset).filter(self._match(str(field), text))
                found += rows.values_list("pk", flat=True)[:MAX_COUNTED]
            queryset = queryset.filter(pk__in=list(dict.fromkeys(found))[:MAX_COUNTED])
        return queryset, False

    def _match(self, field: str, text: str) -> Q:
        if field.startswith("="):
            return Q(**{field[1:]: text})
        relation, _, column = field.partition("__")
        if not column:
            return Q(**{f"{field}__icontains": text})
        related: Any = self.opts.get_field(relation).related_model
        begins = {f"{column}__startswith": text.lower()}
        ids = related._default_manager.filter(**begins).values_list("pk", flat=True)[:MAX_RELATED]
        return Q(**{f"{relation}__in": list(ids)})
