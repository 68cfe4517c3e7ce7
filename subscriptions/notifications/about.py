"""Ids of the things that a notification is about, by its key and address: all must exist for it to make sense.

They are stored with it, so that all that names something can be withdrawn when that is gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import session_for
from subscriptions.models import Notification
from subscriptions.notifications.notification_types import (
    ABOUT_COMMENTS,
    HELD,
    MILESTONE,
    MODERATION,
    PROCESSING,
    SHARE,
)

ROWS = Notification._meta.db_table
# "/watch/<id>?comment=<id>#comments", "/posts/<id>?comment=<id>#comments".
PAGE = re.compile(
    r"\A/(?P<page>watch|posts)/(?P<subject>[A-Za-z0-9_-]{11,32})(?:[?#]|\Z)(?:comment=(?P<thread>[A-Za-z0-9_-]{12,32}))?"
)
# Kinds with a place in their key where the id of what they are about is.
PLACES = {HELD: 1, PROCESSING: 1, MILESTONE: 2, SHARE: 2} | dict.fromkeys(ABOUT_COMMENTS, 1)
NOT_FILLED: dict[str, Any] = {"about": {"$in": [[], None]}}


def ids(key: str, url: str) -> list[str]:
    """Return the ids of what a notification is about; none where nothing withdraws it."""
    parts = key.split(":")
    place = PLACES.get(parts[0], 0)
    found = [parts[place]] if 0 < place < len(parts) else []
    if parts[0] == MILESTONE and parts[1] != "likes":
        found = []
    if parts[0] == MODERATION:
        found = [":".join(parts[1:])]  # a decision, which may be undone
    if parts[0] in ABOUT_COMMENTS and (page := PAGE.match(url)):
        found += [name for name in (page["subject"], page["thread"]) if name]
    return list(dict.fromkeys(found))


def comment_of(row: dict[str, Any]) -> str:
    """Return the id of the comment that a row is about, or ""."""
    kind, _, rest = str(row.get("key") or "").partition(":")
    return rest if kind in ABOUT_COMMENTS else ""


def thread_of(row: dict[str, Any]) -> str:
    """Return the id of the comment that begins the thread that a row leads to, or ""."""
    page = PAGE.match(row["url"])
    return (page["thread"] or "") if page else ""


def subject_of(row: dict[str, Any], page: str) -> str:
    """Return the id of what a row leads to on pages of that name, ``watch`` or ``posts``, or ""."""
    found = PAGE.match(row["url"])
    return found["subject"] if found and found["page"] == page else ""


def not_filled() -> Iterator[str]:
    """Yield the ids of rows that name nothing and should: those of the previous release."""
    for row in collection(ROWS).find(_should_name(), {"key": 1, "url": 1}):
        if ids(row["key"], row["url"]):
            yield row["_id"]


def fill(row_ids: list[str]) -> None:
    """Store what rows are about. Idempotent."""
    rows = collection(ROWS)
    for row in rows.find({"_id": {"$in": row_ids}}, {"key": 1, "url": 1}):
        change = {"$set": {"about": ids(row["key"], row["url"])}}
        rows.update_one({"_id": row["_id"]}, change, session=session_for())


def _should_name() -> dict[str, Any]:
    return NOT_FILLED | {"key": {"$regex": f"^(?:{'|'.join([*PLACES, MODERATION])}):"}}
