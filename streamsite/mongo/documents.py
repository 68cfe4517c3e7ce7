"""Documents of models that are read without them, by pymongo."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from streamsite.mongo.engine.client import connection_for
from streamsite.mongo.engine.compiler.missing_fields import missing_value


def fill_defaults(
    model: type[models.Model], document: dict[str, Any], names: Iterable[str] = ()
) -> dict[str, Any]:
    """Return a document with what it lacks of its model's columns at their defaults, as the model's rows read.

    ``names`` are the columns that were asked for; all when there are none.
    """
    wanted = set(names)
    lacking = {
        str(field.column): missing_value(field, connection_for())
        for field in model._meta.local_concrete_fields
        if field.column not in document and (not wanted or field.column in wanted)
    }
    return {**document, **lacking} if lacking else document
