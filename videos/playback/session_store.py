"""The collection of view sessions: one document per viewer, video and UTC day; see ``heartbeats`` for its fields.

A *batch* is a set of sessions whose changes one worker has claimed, to add them to the statistics. Its sessions are
released when that is done; another worker takes an abandoned batch over.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, NotRequired, TypedDict, cast

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.errors import DuplicateKeyError

from streamsite.mongo.collections import collection


class Verdict(TypedDict):
    """The ``verdict`` on a session, and the mark of the heartbeat that made it count, if any."""

    verdict: Literal["open", "counted", "owner", "bot"]
    counted_by: NotRequired[str]


class Claim(TypedDict):
    """The part of a session that a batch adds to the statistics: counts, seconds, and intervals ``seen``."""

    started: int
    views: int
    repeats: int
    refused_owner: int
    refused_bot: int
    seconds: float
    seen: list[list[float]]


class ClaimedSession(TypedDict):
    """A session in a batch; ``day`` as ``2026-01-31``."""

    video: str
    channel: str
    day: str
    source: str
    claim: Claim


SESSIONS = "view_session"
INDEXES = {
    SESSIONS: [
        IndexModel([("dirty", ASCENDING)], name="view_dirty", partialFilterExpression={"dirty": True}),
        IndexModel(
            [("claim.batch", ASCENDING)],
            name="view_claimed",
            partialFilterExpression={"claim.batch": {"$exists": True}},
        ),
        IndexModel([("video", ASCENDING)], name="view_video"),
        IndexModel([("purge_at", ASCENDING)], name="view_purge", expireAfterSeconds=0),
    ]
}
OPEN, COUNTED, OWNER, BOT = "open", "counted", "owner", "bot"
BATCH = 500
CLAIM_TIMEOUT = timedelta(seconds=60)
RETENTION = timedelta(days=3)


def update_session(session_id: str, stages: Sequence[Mapping[str, object]]) -> Verdict:
    """Create or update a session by a pipeline; return ``{verdict, counted_by}`` as they are afterwards."""
    try:
        return _update(session_id, stages)
    except DuplicateKeyError:  # two first heartbeats at once
        return _update(session_id, stages)


def _update(session_id: str, stages: Sequence[Mapping[str, object]]) -> Verdict:
    found = collection(SESSIONS, acknowledged_by=1).find_one_and_update(
        {"_id": session_id},
        list(stages),
        upsert=True,
        projection={"verdict": 1, "counted_by": 1},
        return_document=ReturnDocument.AFTER,
    )
    return cast(Verdict, found)


def delete_for_video(video_id: str) -> None:
    """Delete a deleted video's sessions."""
    collection(SESSIONS).delete_many({"video": video_id})


def abandoned_batches() -> list[str]:
    """Return the batches whose worker has not finished them within ``CLAIM_TIMEOUT``."""
    old = datetime.now(UTC) - CLAIM_TIMEOUT
    found: list[str] = collection(SESSIONS).distinct(
        "claim.batch", {"claim.at": {"$lt": old}, "claim.batch": {"$exists": True}}
    )
    return found


def claim_batch() -> str | None:
    """Set aside what is new in some sessions; return the new batch's name, ``None`` when nothing is new."""
    rows = collection(SESSIONS)
    free = {"dirty": True, "claim": {"$exists": False}}
    ids = [row["_id"] for row in rows.find(free, {"_id": 1}).limit(BATCH)]
    if not ids:
        return None
    batch = secrets.token_urlsafe(9)
    now = {
        "started": 1,
        "views": {"$cond": [{"$eq": ["$verdict", COUNTED]}, 1, 0]},
        "repeats": {"$max": [0, {"$subtract": [{"$size": "$sessions"}, 1]}]},
        "refused_owner": {"$cond": [{"$eq": ["$verdict", OWNER]}, 1, 0]},
        "refused_bot": {"$cond": [{"$eq": ["$verdict", BOT]}, 1, 0]},
        # Views by the owner and by bots do not count, and neither does their watch time.
        "seconds": {"$cond": [{"$in": ["$verdict", [OWNER, BOT]]}, 0, "$seconds"]},
    }
    fresh = {name: {"$subtract": [value, {"$ifNull": [f"$folded.{name}", 0]}]} for name, value in now.items()}
    rows.update_many(
        {"_id": {"$in": ids}} | free,
        [
            {"$set": {"claim": {"batch": batch, "at": "$$NOW", "seen": "$seen", **fresh}}},
            {"$set": {"folded": now, "seen": [], "dirty": False}},
        ],
    )
    return batch


def claimed_sessions(batch: str) -> list[ClaimedSession]:
    """Return ``{video, channel, day, source, claim}`` of the sessions of a batch."""
    fields = {"video": 1, "channel": 1, "day": 1, "source": 1, "claim": 1}
    return cast(list[ClaimedSession], list(collection(SESSIONS).find({"claim.batch": batch}, fields)))


def release_batch(batch: str) -> None:
    """Release the sessions of a batch that was added; they are removed after ``RETENTION``."""
    purge_at = datetime.now(UTC) + RETENTION
    collection(SESSIONS).update_many(
        {"claim.batch": batch}, {"$unset": {"claim": ""}, "$set": {"purge_at": purge_at}}
    )
