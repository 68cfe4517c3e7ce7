"""The filters of search results: the choices, those made, and links that remove them."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from videos.library_filters import RELEVANCE
from videos.models import CATEGORIES

Choices = tuple[tuple[str, str], ...]

SORTS: Choices = (
    (RELEVANCE, "Relevance"),
    ("newest", "Newest first"),
    ("views", "Most viewed"),
    ("likes", "Most liked"),
    ("original_newest", "Original date, newest first"),
    ("original_oldest", "Original date, oldest first"),
)
UPLOADED: Choices = (
    ("hour", "Last hour"),
    ("today", "Today"),
    ("week", "This week"),
    ("month", "This month"),
    ("year", "This year"),
)
DURATIONS: Choices = (
    ("short", "Under 4 minutes"),
    ("medium", "4 to 20 minutes"),
    ("long", "Over 20 minutes"),
)
# Widely spoken ones. The address may ask for any other.
LANGUAGES: Choices = (
    ("ar", "Arabic"),
    ("zh", "Chinese"),
    ("en", "English"),
    ("fr", "French"),
    ("de", "German"),
    ("hi", "Hindi"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ru", "Russian"),
    ("es", "Spanish"),
)
CAPTIONS: Choices = (("1", "With captions"),)
# Name of the parameter, label, label of no choice, choices.
FILTERS = (
    ("uploaded", "Uploaded", "Any time", UPLOADED),
    ("duration", "Length", "Any length", DURATIONS),
    ("category", "Category", "Any category", CATEGORIES),
    ("language", "Language", "Any language", LANGUAGES),
    ("captions", "Captions", "Any", CAPTIONS),
)


@dataclass(frozen=True)
class Field:
    """A select field: ``chosen`` is the selected value, "" for none, whose label is ``none``."""

    name: str
    label: str
    none: str
    choices: Choices
    chosen: str


@dataclass(frozen=True)
class Chip:
    """An active filter: its label, and the address of the same page without it."""

    text: str
    without: str


def filter_fields(params: QueryDict) -> list[Field]:
    """Return the filters' fields."""
    return [
        Field(name, label, none, _including(choices, params.get(name, "")), params.get(name, ""))
        for name, label, none, choices in FILTERS
    ]


def active_chips(params: QueryDict) -> list[Chip]:
    """Return the active filters."""
    return [
        Chip(dict(field.choices)[field.chosen], _without(params, field.name))
        for field in filter_fields(params)
        if field.chosen
    ]


def exact_search_url(params: QueryDict) -> str:
    """Return the address of the first page of the same search with the words as they were typed."""
    params = params.copy()
    params.pop("cursor", None)
    params["exact"] = "1"
    return f"?{params.urlencode()}"


def _including(choices: Choices, chosen: str) -> Choices:
    # A value of the address is shown even if the form does not offer it.
    known = not chosen or chosen in dict(choices)
    return choices if known else (*choices, (chosen, chosen))


def _without(params: QueryDict, name: str) -> str:
    params = params.copy()
    for gone in (name, "cursor"):
        params.pop(gone, None)
    return f"?{params.urlencode()}"
