"""The filters of search results: the choices, those made, and links that remove them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from videos import language_names
from videos.library_filters import RELEVANCE
from videos.models import CATEGORIES

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
CAPTIONS: Choices = (("1", _("With subtitles")),)
# Name of the parameter, label, label of no choice, choices; ``None`` stands for the languages.
FILTERS: tuple[tuple[str, StrOrPromise, StrOrPromise, Choices | None], ...] = (
    ("uploaded", _("Upload date"), _("Any time"), UPLOADED),
    ("duration", _("Duration"), _("Any duration"), DURATIONS),
    ("category", _("Category"), _("Any category"), CATEGORIES),
    ("language", _("Language"), _("Any language"), None),
    ("captions", _("Subtitles"), _("Any"), CAPTIONS),
)


@dataclass(frozen=True)
class Field:
    """A select field: ``chosen`` is the selected value, "" for none, whose label is ``none``."""

    name: str
    label: StrOrPromise
    none: StrOrPromise
    choices: Choices
    chosen: str


@dataclass(frozen=True)
class Chip:
    """An active filter: its label, and the address of the same page without it."""

    text: StrOrPromise
    without: str


def filter_fields(params: QueryDict) -> list[Field]:
    """Return the filters' fields."""
    return [
        Field(name, label, none, _choices(choices, params.get(name, "")), params.get(name, ""))
        for name, label, none, choices in FILTERS
    ]


def active_chips(params: QueryDict) -> list[Chip]:
    """Return the active filters."""
    return [
        Chip(dict(field.choices)[field.chosen], _without(params, field.name))
        for field in filter_fields(params)
        if field.chosen
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
    params = params.copy()
    params.pop("cursor", None)
    params["exact"] = "1"
    return f"?{params.urlencode()}"


def _choices(choices: Choices | None, chosen: str) -> Choices:
    """Return the choices of a field, those of languages for ``None``, with what the address asks for beyond them."""
    if choices is None:
        # Widely used ones. The address may ask for any other.
        return tuple(language_names.language_choices(chosen)[0][1])
    known = not chosen or chosen in dict(choices)
    return choices if known else (*choices, (chosen, chosen))


def _without(params: QueryDict, name: str) -> str:
    params = params.copy()
    for gone in (name, "cursor"):
        params.pop(gone, None)
    return f"?{params.urlencode()}"
