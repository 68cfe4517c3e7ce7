"""References of notifications: ids of what they are about, derived from key and URL.

They are stored with the notification, so that it can be withdrawn when one of them is deleted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from subscriptions.notifications import store
from subscriptions.notifications.notification_types import (
    COMMENT_KINDS,
    HELD,
    MILESTONE,
    MODERATION,
    PROCESSING,
    SHARE,
)
from subscriptions.notifications.store import EntryDoc

# "/watch/<id>?comment=<id>#comments", "/posts/<id>?comment=<id>#comments".
PAGE_PATTERN = re.compile(
    r"\A/(?P<page>watch|posts)/(?P<subject>[A-Za-z0-9_-]{11,32})(?:[?#]|\Z)(?:comment=(?P<thread>[A-Za-z0-9_-]{12,32}))?"
)
# The position of the subject's id in the key, by kind.
KEY_POSITIONS = {HELD: 1, PROCESSING: 1, MILESTONE: 2, SHARE: 2} | dict.fromkeys(COMMENT_KINDS, 1)
WITHOUT_REFERENCES: dict[str, object] = {"about": {"$in": [[], None]}}


def referenced_ids(key: str, url: str) -> list[str]:
    """Return the ids that a notification refers to; empty if nothing withdraws it."""
    parts = key.split(":")
    place = KEY_POSITIONS.get(parts[0], 0)
    found = [parts[place]] if 0 < place < len(parts) else []
    if parts[0] == MILESTONE and parts[1] != "likes":
        found = []
    if parts[0] == MODERATION:
        found = [":".join(parts[1:])]  # a decision, which may be undone
    if parts[0] in COMMENT_KINDS and (page := PAGE_PATTERN.match(url)):
        found += [name for name in (page["subject"], page["thread"]) if name]
    return list(dict.fromkeys(found))


def comment_id_of(row: EntryDoc) -> str:
    """Return the id of the comment that a row is about, or ``""``."""
    kind, _, rest = str(row.get("key") or "").partition(":")
    return rest if kind in COMMENT_KINDS else ""


def thread_id_of(row: EntryDoc) -> str:
    """Return the id of the top-level comment of the thread that a row links to, or ``""``."""
    page = PAGE_PATTERN.match(row["url"])
    return (page["thread"] or "") if page else ""


def subject_id_of(row: EntryDoc, page: str) -> str:
    """Return the id in a row's link if it leads to ``page`` (``watch`` or ``posts``), else ``""``."""
    found = PAGE_PATTERN.match(row["url"])
    return found["subject"] if found and found["page"] == page else ""


def ids_without_references() -> Iterator[str]:
    """Yield the ids of rows that should have references and have none: those of the previous release."""
    for row in store.find_keys(_without_references()):
        if referenced_ids(row["key"], row["url"]):
            yield row["_id"]


def fill_references(row_ids: list[str]) -> None:
    """Store the references of rows. Idempotent."""
    for row in store.find_keys({"_id": {"$in": row_ids}}):
        store.set_references(row["_id"], referenced_ids(row["key"], row["url"]))


def _without_references() -> dict[str, object]:
    return WITHOUT_REFERENCES | {"key": {"$regex": f"^(?:{'|'.join([*KEY_POSITIONS, MODERATION])}):"}}
