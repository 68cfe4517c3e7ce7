"""A small world with every kind of field and relation, for asking MongoDB and SQLite the same questions."""

from __future__ import annotations

import uuid

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models

from streamsite.mongo.engine.rows import StoredModel


class Owner(StoredModel):
    """Owns channels."""

    name = models.CharField(max_length=40, unique=True)
    age = models.IntegerField(null=True)


class Channel(StoredModel):
    """Has videos; may have no owner."""

    name = models.CharField(max_length=80, unique=True)
    owner = models.ForeignKey(Owner, null=True, on_delete=models.SET_NULL, related_name="channels")


class Tag(StoredModel):
    """Many to many with videos."""

    name = models.CharField(max_length=40, unique=True)


class Note(StoredModel):
    """Says something about any object."""

    text = models.CharField(max_length=80)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, db_constraint=False)
    object_id = models.BigIntegerField()
    about = GenericForeignKey()


class Video(StoredModel):
    """One field of each kind; those that can be null are null in some rows."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="videos")
    title = models.CharField(max_length=120)
    description = models.TextField(null=True)  # noqa: DJ001 - nulls are the point
    is_public = models.BooleanField(default=True)
    is_checked = models.BooleanField(null=True)
    views = models.BigIntegerField(default=0)
    rank = models.PositiveIntegerField(null=True)
    price = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    score = models.FloatField(null=True)
    length = models.DurationField(null=True)
    created = models.DateTimeField(db_index=True)
    day = models.DateField(null=True)
    at = models.TimeField(null=True)
    data = models.BinaryField(null=True)
    meta = models.JSONField(default=dict)
    tags = models.ManyToManyField(Tag, blank=True, related_name="videos")
    notes = GenericRelation(Note)

    class Meta:
        indexes = [models.Index(fields=["channel", "-created"], name="engine_channel_created")]


class Follow(StoredModel):
    """Unique over two columns."""

    user = models.IntegerField()
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="follows")
    level = models.IntegerField(default=0)
    weight = models.IntegerField(null=True, default=5)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "channel"], name="engine_unique_follow")]


class Slot(StoredModel):
    """Unique under a condition, with a key of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=20)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(active=True), name="engine_unique_active_code"
            )
        ]


class Node(StoredModel):
    """A tree, and friends."""

    name = models.CharField(max_length=20)
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    friends = models.ManyToManyField("self", blank=True)


class Place(StoredModel):
    """The parent of a model with a table of its own."""

    name = models.CharField(max_length=40)


class Cinema(Place):
    """Inherits over two tables."""

    screens = models.IntegerField(default=1)


class BigPlaceManager(models.Manager["Place"]):
    """Leaves out what is small."""

    def get_queryset(self) -> models.QuerySet[Place]:
        """Return places with a long name."""
        return super().get_queryset().filter(name__startswith="Big")


class BigPlace(Place):
    """A proxy."""

    objects = BigPlaceManager()

    class Meta:
        proxy = True


ALL = (Owner, Channel, Tag, Note, Video, Follow, Slot, Node, Place, Cinema)

from streamsite.mongo.engine.tests.djongo_models import Poem as Poem  # noqa: E402 - djongo's fields, in a module of their own
