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
MOST_ON_SHELF = 12
Stages = list[dict[str, Any]]


def no_value(owner: User, value: str) -> str:
    """For kinds that need none."""
    return ""


@dataclass(frozen=True)
class Kind:
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
    clean: Callable[[User, str], str] = no_value
    choices: Callable[[User], list[tuple[str, str]]] | None = None


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind of shelf."""
    _kinds[kind.name] = kind


def all_kinds() -> dict[str, Kind]:
    """Every kind by its name, in the order of registration."""
    return _kinds


def kind_of(name: object) -> Kind:
    """The kind of this name; ``Invalid`` when there is none."""
    if not isinstance(name, str) or name not in _kinds:
        raise Invalid("Unknown kind of shelf.", fields={"shelves": [f"Kinds are {', '.join(_kinds)}."]})
    return _kinds[name]


def _in_order(**order: int) -> Callable[[str, str], Stages]:
    def stages(channel_id: str, value: str) -> Stages:
        return [
            {"$match": {"channel_id": channel_id} | LISTED},
            {"$sort": order | {"_id": next(iter(order.values()))}},
            {"$limit": MOST_ON_SHELF},
            {"$project": {"_id": 1}},
        ]

    return stages


def _tab(sort: str) -> Callable[[User, str], str]:
    return lambda owner, value: f"{owner.get_absolute_url()}/videos?sort={sort}"


for _name, _title, _order in (
    ("newest", "Newest", {"published_at": -1}),
    ("views", "Most viewed", {"view_count": -1}),
    ("oldest", "From the beginning", {"published_at": 1}),
):
    register(Kind(_name, _title, VIDEOS, _in_order(**_order), _tab(_name)))
