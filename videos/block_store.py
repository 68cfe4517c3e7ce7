"""The collection of blocks, read together with others in one command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from streamsite.mongo.collections import collection
from videos.models import Block

BLOCKS = Block._meta.db_table


def aggregate(stages: Sequence[Mapping[str, object]]) -> list[dict[str, Any]]:
    """Return the rows of a pipeline on blocks."""
    return list(collection(BLOCKS).aggregate(list(stages)))
