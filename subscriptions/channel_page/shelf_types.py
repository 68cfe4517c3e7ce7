"""What a shelf of a channel can show. Other apps register theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from streamsite.errors import Invalid
from videos.access import LISTED
from videos.models import Video

VIDEOS = Video._meta.db_table
MAX_VIDEOS_PER_SHELF = 12
Stages = list[dict[str, Any]]


def ignore_value(owner: User, value: str) -> str:
    """For kinds that need none."""
    return ""


@dataclass(frozen=True)
class ShelfType:
    """A kind of shelf.

    ``stages(channel id, value)`` find the ids of at most ``MOST_ON_SHELF`` videos of the collection ``source``, best
    first, as ``{_id}``, perhaps with ``title``. ``clean(owner, value)`` is the value to keep, or raises ``Invalid``.
    ``choices(owner)`` are values with labels, for a form.
    """

    name: str
    title: str
    source: str
    stages: Callable[[str, str], Stages]
    url: Callable[[User, str], str]
    clean: Callable[[User, str], str] = ignore_value
    choices: Callable[[User], list[tuple[str, str]]] | None = None


_shelf_types: dict[str, ShelfType] = {}


def register_shelf_type(kind: ShelfType) -> None:
    """Add a kind of shelf."""
    _shelf_types[kind.name] = kind


def all_shelf_types() -> dict[str, ShelfType]:
    """Every kind by its name, in the order of registration."""
    return _shelf_types


def get_shelf_type(name: object) -> ShelfType:
    """The kind of this name; ``Invalid`` when there is none."""
    if not isinstance(name, str) or name not in _shelf_types:
        raise Invalid("Unknown kind of shelf.", fields={"shelves": [f"Kinds are {', '.join(_shelf_types)}."]})
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
    ("newest", "Newest", {"published_at": -1}),
    ("views", "Most viewed", {"view_count": -1}),
    ("oldest", "From the beginning", {"published_at": 1}),
):
    register_shelf_type(ShelfType(_name, _title, VIDEOS, _ordered_by(**_order), _videos_tab_url(_name)))
