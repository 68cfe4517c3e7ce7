"""The rows of the small world, the same in any database."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import models

from streamsite.mongo.engine.tests.models import (
    BigPlace,
    Channel,
    Cinema,
    Follow,
    Node,
    Note,
    Owner,
    Place,
    Slot,
    Tag,
    Video,
)

Row = TypeVar("Row", bound=models.Model)

HOSTILE = [
    "100%",
    "a_b",
    "dot.y",
    "(paren",
    "back\\slash",
    "$where",
    '{"$gt": ""}',
    ".*",
    "^x$",
    "quote'",
    "T\u0131tle",
    "İx",
]


class World:
    """The managers of one database: ``world.videos`` and so on, all of them ``using`` its alias."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.owners = self.of(Owner)
        self.channels = self.of(Channel)
        self.tags = self.of(Tag)
        self.videos = self.of(Video)
        self.notes = self.of(Note)
        self.follows = self.of(Follow)
        self.slots = self.of(Slot)
        self.nodes = self.of(Node)
        self.places = self.of(Place)
        self.cinemas = self.of(Cinema)
        self.big_places = self.of(BigPlace)

    def of(self, model: type[Row]) -> models.QuerySet[Row]:
        """Return a model's rows in this database."""
        return model._default_manager.using(self.alias).all()

    def fill(self) -> None:
        """Write all rows."""
        self.owners.bulk_create(
            [Owner(pk=n, name=f"o{n}", age=None if n == 3 else n * 10) for n in (1, 2, 3)]
        )
        self.channels.bulk_create(
            [Channel(pk=n, name=f"ch{n}", owner_id=n if n <= 3 else None) for n in range(1, 6)]
        )
        self.tags.bulk_create([Tag(pk=n, name=name) for n, name in enumerate("abcd", start=1)])
        self.videos.bulk_create([_video(n) for n in range(24)])
        through = Video.tags.through
        links = [(n + 1, tag) for n in range(24) for tag in sorted({n % 3 + 1, 1 if n % 2 else n % 3 + 1})]
        self.of(through).bulk_create(
            [through(video_id=video, tag_id=tag) for video, tag in links if video != 9]
        )
        # Generic relations ask the default database for a type's key, so it is the same in both.
        kind = ContentType.objects.get_for_model(Video)
        self.of(ContentType).get_or_create(
            pk=kind.pk, defaults={"app_label": kind.app_label, "model": kind.model}
        )
        self.notes.bulk_create(
            [Note(pk=n, text=f"n{n}", content_type=kind, object_id=n % 5 + 1) for n in range(1, 9)]
        )
        self.follows.bulk_create(
            [Follow(pk=n, user=n % 3, channel_id=n % 4 + 1, weight=n if n % 3 else None) for n in range(1, 9)]
        )
        self.slots.bulk_create([Slot(pk=uuid.UUID(int=n), code=f"s{n}", active=n % 2 == 0) for n in range(4)])
        parents = [None, 1, 1, 2, 3, 4]
        self.nodes.bulk_create(
            [Node(pk=n, name=f"node{n}", parent_id=parent) for n, parent in enumerate(parents, start=1)]
        )
        self.nodes.get(pk=1).friends.add(2, 3)
        self.nodes.get(pk=4).friends.add(2)
        for n in (1, 2, 3):
            self.places.create(pk=n, name=f"{'Big' if n % 2 else 'Small'} place {n}")
        for n in (4, 5):
            self.cinemas.create(pk=n, name=f"Big cinema {n}", screens=n)


def _video(n: int) -> Video:
    return Video(
        pk=n + 1,
        uid=uuid.UUID(int=n + 1),
        channel_id=n % 4 + 1,
        title=HOSTILE[n - 12] if n >= 12 else f"T{n:02d}",
        description=None if n % 4 == 0 else f"Desc\nline {n}",
        is_public=n % 3 != 0,
        is_checked=(None, True, False)[n % 3],
        views=n * 10 - 30,
        rank=None if n % 5 == 0 else n % 7,
        price=Decimal(n) / 4 if n % 2 else None,
        score=None if n % 6 == 5 else n / 8,
        length=None if n % 7 == 6 else dt.timedelta(seconds=n * 61, milliseconds=n),
        created=dt.datetime(2023 + n % 2, 1 + n % 12, 1 + n, n, 30, n, 123_000, dt.UTC),
        day=None if n % 8 == 7 else dt.date(2024, 1 + n % 12, 1 + n),
        at=None if n % 9 == 8 else dt.time(n, n, n),
        data=None if n % 3 == 2 else bytes([n, 0, 255]),
        meta=_meta(n),
    )


def _meta(n: int) -> dict[str, object]:
    shapes: list[dict[str, object]] = [
        {"k": n, "n": {"z": n % 2}},
        {"k": str(n), "list": [n, {"deep": n}]},
        {"k": None, "flag": n % 2 == 0},
        {"other": 1.5, "dotted.key": n, "$odd": n},
    ]
    return shapes[n % 4]
