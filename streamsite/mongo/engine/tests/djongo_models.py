"""Models with djongo's own fields, which only MongoDB can keep."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import JSONField
from djongo import models


def _not_blank(value: str) -> None:
    if not value.strip():
        raise ValidationError("blank")


class Line(models.Model):
    """A part of another document; djongo wants no automatic key in it."""

    text = models.CharField(primary_key=True, max_length=40, validators=[_not_blank])
    number = models.IntegerField(default=1)

    class Meta:
        app_label = "engine_tests"
        managed = False


class Poem(models.Model):
    """Has a key that MongoDB makes, a document inside it, and a list of documents."""

    _id = models.ObjectIdField()
    name = models.CharField(max_length=40)
    head = models.EmbeddedField(model_container=Line, null=True)
    lines = models.ArrayField(model_container=Line, default=list)
    likes = models.IntegerField(default=0)
    meta = JSONField(default=dict)

    objects = models.DjongoManager()

    class Meta:
        app_label = "engine_tests"
