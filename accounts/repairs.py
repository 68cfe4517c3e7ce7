"""Repair of session fields that the previous release does not write (see ``streamsite.mongo.repairs``)."""

from __future__ import annotations

from accounts import mongo
from streamsite.mongo.repairs import Repair

REPAIRS = (Repair(f"{mongo.SESSIONS}.epoch", mongo.session_ids_without_epoch, mongo.backfill_epoch),)
