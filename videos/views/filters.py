"""The form over search results: what can be chosen, what is, and how to take it back."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from videos.models import CATEGORIES
from videos.queries import RELEVANCE

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
# Those many people speak; any other can be asked for in the address.
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
# Name of the parameter, label, what is written for no choice, choices.
FILTERS = (
    ("uploaded", "Uploaded", "Any time", UPLOADED),
    ("duration", "Length", "Any length", DURATIONS),
    ("category", "Category", "Any category", CATEGORIES),
    ("language", "Language", "Any language", LANGUAGES),
    ("captions", "Captions", "Any", CAPTIONS),
)


@dataclass(frozen=True)
class Field:
    """A list of choices with the one that is made (empty: none)."""

    name: str
    label: str
    none: str
    choices: Choices
    chosen: str


@dataclass(frozen=True)
class Chip:
    """A condition that holds, in words, and the address of the same page without it."""

    text: str
    without: str


def filter_fields(params: QueryDict) -> list[Field]:
    """The conditions that are offered."""
    return [
        Field(name, label, none, _with(choices, params.get(name, "")), params.get(name, ""))
        for name, label, none, choices in FILTERS
    ]


def active_chips(params: QueryDict) -> list[Chip]:
    """The conditions that hold."""
    return [
        Chip(dict(field.choices)[field.chosen], _without(params, field.name))
        for field in filter_fields(params)
        if field.chosen
    ]


def exact_search_url(params: QueryDict) -> str:
    """Return the address of the first page of the same search with the words as they were typed."""
    kept = params.copy()
    kept.pop("cursor", None)
    kept["exact"] = "1"
    return f"?{kept.urlencode()}"


def _with(choices: Choices, chosen: str) -> Choices:
    # What the address asks for is shown, though the form does not offer it.
    known = not chosen or chosen in dict(choices)
    return choices if known else (*choices, (chosen, chosen))


def _without(params: QueryDict, name: str) -> str:
    kept = params.copy()
    for gone in (name, "cursor"):
        kept.pop(gone, None)
    return f"?{kept.urlencode()}"
