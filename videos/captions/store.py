"""The collection of caption tracks, read by parts of documents and together with other collections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from streamsite.mongo.collections import collection
from videos.models import Caption


def aggregate(stages: Sequence[Mapping[str, object]]) -> list[dict[str, Any]]:
    """Return the rows of a pipeline on caption tracks."""
    return list(collection(Caption._meta.db_table).aggregate(list(stages)))
