"""Every index of the site: those of models and those that no model can describe, compared with what is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from django.apps import apps
from pymongo import ASCENDING, IndexModel

from streamsite.mongo.collections import THROTTLES, collection
from streamsite.mongo.engine.client import connection_for
from streamsite.mongo.engine.index_info import signature
from streamsite.mongo.engine.indexes import PRIMARY_KEY_INDEX, model_indexes

Document = dict[str, Any]

# Modules with ``INDEXES``: lists of ``IndexModel`` by collection.
PROVIDERS = (
    "accounts.mongo",
    "accounts.oidc.store",
    "accounts.passkeys.challenge_store",
    "accounts.passkeys.store",
    "accounts.sanction_store",
    "videos.hidden_store",
    "videos.moderation.store",
    "videos.search.channels",
    "videos.search.index",
    "videos.search.vocabulary_store",
    "videos.playback.session_store",
    "videos.playback.statistics_store",
    "videos.websub.store",
    "subscriptions.mongo",
    "subscriptions.notifications.push.store",
    "playlists.search",
    "takeout.store",
    "streamsite.api.idempotency",
    "streamsite.tasks.queue",
    "streamsite.tasks.heartbeats",
)
OWN_INDEXES = {
    THROTTLES: [IndexModel([("purge_at", ASCENDING)], name="throttle_purge", expireAfterSeconds=0)],
}
# By which a collection is split over shards: sharding.py.
SHARD_KEY_INDEX = "shard_key"
PROTECTED_INDEXES = ("_id_", PRIMARY_KEY_INDEX, SHARD_KEY_INDEX)


@dataclass
class Report:
    """Indexes as ``collection.name``: not there, there without being wanted, there with other keys or options."""

    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)


def required_indexes() -> dict[str, list[IndexModel]]:
    """Return the indexes that the code asks for, by collection."""
    connection = connection_for()
    found: dict[str, list[IndexModel]] = {name: list(indexes) for name, indexes in OWN_INDEXES.items()}
    for name in PROVIDERS:
        for target, indexes in import_module(name).INDEXES.items():
            found.setdefault(target, []).extend(indexes)
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            found.setdefault(model._meta.db_table, []).extend(model_indexes(connection, model))
    return found


def compare_indexes() -> Report:
    """Return how the database differs from what the code asks for; collections of others are left alone."""
    report = Report()
    for target, indexes in required_indexes().items():
        present = {
            name: signature(dict(info))
            for name, info in collection(target).index_information().items()
            if name not in PROTECTED_INDEXES
        }
        asked = {
            str(index.document["name"]): signature(index.document)
            for index in indexes
            if index.document["name"] not in PROTECTED_INDEXES
        }
        for name, wish in asked.items():
            if name in present and present[name] != wish:
                report.different.append(f"{target}.{name}")
            elif name not in present and wish not in present.values():
                report.missing.append(f"{target}.{name}")
        for name, found in present.items():
            if name not in asked and found not in asked.values():
                report.extra.append(f"{target}.{name}")
    return report


def ensure_indexes(*, prune: bool = False) -> Report:
    """Create what is missing; with ``prune`` also drop what is extra and make anew what differs.

    Returns what was found before. Safe to repeat; the primary keys' indexes are never dropped.
    """
    report = compare_indexes()
    if prune:
        for full_name in [*report.extra, *report.different]:
            target, name = full_name.split(".", 1)
            collection(target).drop_index(name)
    create = {*report.missing, *(report.different if prune else ())}
    for target, indexes in required_indexes().items():
        chosen = [index for index in indexes if f"{target}.{index.document['name']}" in create]
        if chosen:
            collection(target).create_indexes(chosen)
    return report
