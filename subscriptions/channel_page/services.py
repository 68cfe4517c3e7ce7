"""Writes of a channel's front page arrangement."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from accounts.models import User
from streamsite.errors import Invalid, SiteError, Stale
from streamsite.mongo.collections import collection
from subscriptions.channel_page.shelf_types import get_shelf_type
from subscriptions.models import ChannelPage
from videos.access import video_for_editing

MAX_SHELVES = 8
PAGES = ChannelPage._meta.db_table


def arrange(owner: User, data: dict[str, Any], *, expected_version: int | None = None) -> ChannelPage:
    """Set ``featured`` (a video id of the owner, or ``""``) and ``shelves`` (``[{"kind", "value"}]``), each if given.

    Raises ``Invalid`` with field errors, and ``Stale`` if the page is no longer at ``expected_version`` (0: never
    arranged).
    """
    changes: dict[str, Any] = {"updated_at": timezone.now()}
    if "featured" in data:
        changes["featured"] = _clean_featured(owner, data["featured"])
    if "shelves" in data:
        changes["shelves"] = _clean_shelves(owner, data["shelves"])
    which: dict[str, Any] = {"_id": owner.pk}
    if expected_version:
        which["version"] = expected_version
    start: dict[str, Any] = {
        name: value for name, value in (("featured", ""), ("shelves", [])) if name not in changes
    }
    change: dict[str, Any] = {"$set": changes, "$inc": {"version": 1}}
    if start:
        change["$setOnInsert"] = start
    try:
        if expected_version == 0:
            collection(PAGES).insert_one({"_id": owner.pk, "version": 1} | start | changes)
            return ChannelPage.objects.get(pk=owner.pk)
        found = collection(PAGES).find_one_and_update(
            which, change, upsert=not expected_version, return_document=ReturnDocument.AFTER
        )
    except DuplicateKeyError:
        raise Stale from None
    if found is None:
        raise Stale
    return ChannelPage.objects.get(pk=owner.pk)


def delete_for_user(user_id: str) -> None:
    """Delete a deleted account's arrangement."""
    ChannelPage.objects.filter(pk=user_id).delete()


def _clean_featured(owner: User, value: object) -> str:
    if value in ("", None):
        return ""
    try:
        return video_for_editing(owner, str(value)).pk
    except SiteError:
        raise Invalid(
            "No such video.", fields={"featured": ["The id of a video of yours, or empty."]}
        ) from None


def _clean_shelves(owner: User, value: object) -> list[dict[str, str]]:
    if not isinstance(value, list) or len(value) > MAX_SHELVES:
        raise Invalid(
            "Some fields are not right.", fields={"shelves": [f"A list of at most {MAX_SHELVES} shelves."]}
        )
    clean: list[dict[str, str]] = []
    for row in value:
        if not isinstance(row, dict) or not isinstance(row.get("value", ""), str):
            raise Invalid("A shelf is an object.", fields={"shelves": ["Each is {kind, value}."]})
        kind = get_shelf_type(row.get("kind"))
        shelf = {"kind": kind.name, "value": kind.clean(owner, row.get("value", ""))}
        if shelf not in clean:
            clean.append(shelf)
    return clean
