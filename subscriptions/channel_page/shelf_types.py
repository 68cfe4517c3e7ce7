"""The shelf types of channel pages. Other apps register theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from streamsite.errors import Invalid
from videos.access import LISTED
from videos.models import Video

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

VIDEOS = Video._meta.db_table
MAX_VIDEOS_PER_SHELF = 12
Stages = Sequence[Mapping[str, object]]


def ignore_value(owner: User, value: str) -> str:
    """Return ``""``: the shelf type takes no value."""
    return ""


@dataclass(frozen=True)
class ShelfType:
    """A shelf type.

    ``stages(channel id, value)`` finds the ids of at most ``MAX_VIDEOS_PER_SHELF`` videos in the collection ``source``,
    best first, as ``{_id}`` and optionally ``title``. ``clean(owner, value)`` returns the value to store or raises
    ``Invalid``. ``choices(owner)`` returns values with labels, for a form,
    which shows them as ``group``.
    """

    name: str
    title: StrOrPromise
    source: str
    stages: Callable[[str, str], Stages]
    url: Callable[[User, str], str]
    clean: Callable[[User, str], str] = ignore_value
    choices: Callable[[User], list[tuple[str, str]]] | None = None
    group: StrOrPromise = ""


_shelf_types: dict[str, ShelfType] = {}


def register_shelf_type(kind: ShelfType) -> None:
    """Register a shelf type."""
    _shelf_types[kind.name] = kind


def all_shelf_types() -> dict[str, ShelfType]:
    """Return every shelf type by name, in order of registration."""
    return _shelf_types


def get_shelf_type(name: object) -> ShelfType:
    """Return the shelf type with this name. Raises ``Invalid``."""
    if not isinstance(name, str) or name not in _shelf_types:
        raise Invalid(
            _("Unknown section type."),
            fields={"shelves": [_("Choose one of: %(choices)s.") % {"choices": ", ".join(_shelf_types)}]},
        )
    return _shelf_types[name]


def _ordered_by(**order: int) -> Callable[[str, str], Stages]:
    def stages(channel_id: str, value: str) -> Stages:
        return [
            {"$match": {"channel_id": channel_id} | LISTED},
            {"$sort": order | {"_id": next(iter(order.values()))}},
            {"$limit": MAX_VIDEOS_PER_SHELF},
            {"$project": {"_id": 1}},
        ]

    return stages


def _videos_tab_url(sort: str) -> Callable[[User, str], str]:
    return lambda owner, value: f"{owner.get_absolute_url()}/videos?sort={sort}"


for _name, _title, _order in (
    ("newest", gettext_lazy("Newest videos"), {"published_at": -1}),
    ("views", gettext_lazy("Most viewed videos"), {"view_count": -1}),
    ("oldest", gettext_lazy("Oldest videos"), {"published_at": 1}),
):
    register_shelf_type(ShelfType(_name, _title, VIDEOS, _ordered_by(**_order), _videos_tab_url(_name)))
