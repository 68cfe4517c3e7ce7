"""The filters of search results as links: each choice, those made, and the tabs of the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from videos import language_names
from videos.library_filters import RELEVANCE
from videos.models import CATEGORIES
from videos.search import finders, urls

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

Choices = tuple[tuple[str, "StrOrPromise"], ...]

SORTS: Choices = (
    (RELEVANCE, _("Relevance")),
    ("newest", _("Newest first")),
    ("views", _("Most viewed")),
    ("likes", _("Most liked")),
    ("original_newest", _("Original date, newest first")),
    ("original_oldest", _("Original date, oldest first")),
)
LIST_SORTS: Choices = (
    ("newest", _("Newest")),
    ("views", _("Most viewed")),
    ("likes", _("Most liked")),
)
UPLOADED: Choices = (
    ("hour", _("Last hour")),
    ("today", _("Today")),
    ("week", _("This week")),
    ("month", _("This month")),
    ("year", _("This year")),
)
DURATIONS: Choices = (
    ("short", _("Under 4 minutes")),
    ("medium", _("4 to 20 minutes")),
    ("long", _("Over 20 minutes")),
)
CAPTIONS: Choices = (("1", _("Subtitles")),)
# Name of the parameter, label, choices; ``None`` stands for the languages.
FILTERS: tuple[tuple[str, StrOrPromise, Choices | None], ...] = (
    ("uploaded", _("Upload date"), UPLOADED),
    ("duration", _("Duration"), DURATIONS),
    ("captions", _("Features"), CAPTIONS),
    ("category", _("Category"), CATEGORIES),
    ("language", _("Language"), None),
)
VIDEOS = "videos"  # the tab of videos alone


@dataclass(frozen=True)
class Option:
    """A choice: its label, whether it is made, and the address of the results with it, or without it if it is."""

    text: StrOrPromise
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class Group:
    """The choices of one filter, of which one can be made."""

    name: str
    label: StrOrPromise
    options: list[Option]


@dataclass(frozen=True)
class Tab:
    """A tab of the page: all results, or those of one kind."""

    text: StrOrPromise
    url: str
    is_current: bool


def filter_groups(params: QueryDict) -> list[Group]:
    """Return the orders and the filters, each choice with its address."""
    groups = [_group(params, name, label, choices) for name, label, choices in FILTERS]
    sort = params.get("sort") or RELEVANCE
    orders = [
        Option(text, _address(params, sort="" if key == RELEVANCE else key), key == sort)
        for key, text in SORTS
    ]
    return [*groups, Group("sort", _("Sort by"), orders)]


def active_filters(params: QueryDict) -> list[Option]:
    """Return the choices that are made, without the order."""
    return [option for group in filter_groups(params)[:-1] for option in group.options if option.is_chosen]


def tabs(params: QueryDict) -> list[Tab]:
    """Return the tabs: all, videos, and one for each finder."""
    query, shown = params.get("q", "").strip(), params.get("show", "")
    kinds = [(finder.name, finder.label) for finder in finders.registered_finders()]
    if shown not in {VIDEOS, *(name for name, _label in kinds)}:
        shown = ""
    return [
        Tab(_("All"), urls.query_search_url(query), not shown),
        *(
            Tab(label, urls.query_search_url(query, show=name), name == shown)
            for name, label in [(VIDEOS, _("Videos")), *kinds]
        ),
    ]


@dataclass(frozen=True)
class SortLink:
    """A link to the same list in another order."""

    label: StrOrPromise
    url: str
    is_current: bool


def sort_links(params: QueryDict) -> list[SortLink]:
    """Return the orders of the pages of categories and tags; the first one is the default."""
    chosen = params.get("sort", "")
    known = chosen if chosen in dict(LIST_SORTS) else LIST_SORTS[0][0]
    return [SortLink(label, f"?sort={name}", name == known) for name, label in LIST_SORTS]


def exact_search_url(params: QueryDict) -> str:
    """Return the address of the first page of the same search with the words as they were typed."""
    return _address(params, exact="1")


def _group(params: QueryDict, name: str, label: StrOrPromise, choices: Choices | None) -> Group:
    chosen = params.get(name, "")
    options = [
        Option(text, _address(params, **{name: "" if key == chosen else key}), key == chosen)
        for key, text in _choices(choices, chosen)
    ]
    return Group(name, label, options)


def _choices(choices: Choices | None, chosen: str) -> Choices:
    """Return the choices of a filter, those of languages for ``None``, with what the address asks for beyond them."""
    if choices is None:
        # Widely used ones. The address may ask for any other.
        return tuple(language_names.language_choices(chosen)[0][1])
    known = not chosen or chosen in dict(choices)
    return choices if known else (*choices, (chosen, chosen))


def _address(params: QueryDict, **changes: str) -> str:
    """Return the address of the first page with ``changes``, without empty parameters."""
    params = params.copy()
    params.pop("cursor", None)
    for name, value in changes.items():
        params[name] = value
    for name in [name for name in params if not params[name]]:
        del params[name]
    return f"?{params.urlencode()}"
