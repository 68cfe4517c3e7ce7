"""Everything in the database, to compare what two ways of doing the same thing leave behind."""

from __future__ import annotations

from datetime import datetime

from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import get_database
from tests.support import plugin
from tests.support.commands import LOG
from tests.support.plugin import KEPT_COLLECTIONS, empty_collections

Documents = dict[str, list[dict[str, object]]]
# What says who asked, when, and how long it took, rather than what became of it.
IGNORED_COLLECTIONS = {"django_admin_log", "django_session", "streamsite_totals", "throttle"}
# Of these a few fields say what was done; ids, addresses, and times differ.
COMPARED_FIELDS = {
    "auth_event": ("user_id", "what", "result", "actor"),
    "account_sanction": ("user_id", "kind", "text", "actor", "until", "ended_at"),
    "task_job": ("task", "args", "kwargs", "state"),
    "accounts_user_groups": ("user_id", "group_id"),
    "accounts_user_user_permissions": ("user_id", "permission_id"),
    "auth_group_permissions": ("group_id", "permission_id"),
}


def dump() -> Documents:
    """Return every document by collection, as stored."""
    found = get_database("default")
    names = [
        name
        for name in found.list_collection_names()
        if name not in KEPT_COLLECTIONS and "system." not in name
    ]
    return {name: list(found[name].find()) for name in names}


def restore(documents: Documents) -> None:
    """Make the database hold exactly ``documents`` again."""
    from accounts import sessions
    from videos.views import media

    database = get_database("default")
    if LOG.put_back is documents and not plugin.has_started_process():
        names = {name for place, name in LOG.changed if place == database.name} - KEPT_COLLECTIONS
        for name in names:
            collection(name, acknowledged_by=1).delete_many({})
    else:
        empty_collections()
        names = set(documents)
    for name in names:
        if rows := documents.get(name):
            collection(name, acknowledged_by=1).insert_many(rows)
    LOG.put_back, LOG.changed = documents, set()
    sessions.clear_cache()
    media.forget_all()


def normalize(documents: Documents) -> dict[str, list[str]]:
    """Return what can be compared of ``documents``: moments only as there or not there."""
    return {
        name: sorted(repr(_plain(_told(name, row))) for row in rows)
        for name, rows in documents.items()
        if name not in IGNORED_COLLECTIONS and rows
    }


def _told(name: str, row: dict[str, object]) -> dict[str, object]:
    fields = COMPARED_FIELDS.get(name)
    return row if fields is None else {field: row.get(field) for field in fields}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return "a moment"
    if isinstance(value, dict):
        return sorted((key, _plain(each)) for key, each in value.items() if key != "purge_at")
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, str) and value.startswith("!"):
        return "no password"
    return value
