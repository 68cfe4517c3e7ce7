"""The indexes that no model can describe: text, TTL and those of collections outside the ORM."""

from __future__ import annotations

from importlib import import_module

from pymongo import ASCENDING, IndexModel

from streamsite.mongo.collections import THROTTLES, collection
from streamsite.tasks import queue

PROVIDERS = ("accounts.mongo", "videos.mongo", "streamsite.api.idempotency")
OWN = {THROTTLES: [IndexModel([("purge_at", ASCENDING)], name="throttle_purge", expireAfterSeconds=0)]}


def ensure() -> list[str]:
    """Create what is missing; existing indexes cost a comparison. The names, as ``collection.index``."""
    wanted: dict[str, list[IndexModel]] = dict(OWN)
    for name in PROVIDERS:
        for target, indexes in import_module(name).INDEXES.items():
            wanted.setdefault(target, []).extend(indexes)
    made = []
    for target, indexes in wanted.items():
        made += [f"{target}.{name}" for name in collection(target).create_indexes(indexes)]
    queue.ensure_indexes()
    return made
