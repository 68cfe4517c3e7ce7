"""Repair of session fields that the previous release does not write (see ``streamsite.mongo.repairs``)."""

from __future__ import annotations

from accounts import auth_session_store
from streamsite.mongo.repairs import Repair

REPAIRS = (
    Repair(
        f"{auth_session_store.SESSIONS}.epoch",
        auth_session_store.session_ids_without_epoch,
        auth_session_store.backfill_epoch,
    ),
)
