"""Indexes of ``auth_session`` and ``auth_event`` that no model can declare."""

from __future__ import annotations

from pymongo import ASCENDING, DESCENDING, IndexModel

from accounts.auth_session_store import SESSIONS

INDEXES = {
    SESSIONS: [
        IndexModel(
            [("user_id", ASCENDING), ("revoked_at", ASCENDING), ("rotated_at", DESCENDING)],
            name="session_user",
        ),
        IndexModel([("purge_at", ASCENDING)], name="session_purge", expireAfterSeconds=0),
    ],
    "auth_event": [IndexModel([("purge_at", ASCENDING)], name="auth_event_purge", expireAfterSeconds=0)],
}
