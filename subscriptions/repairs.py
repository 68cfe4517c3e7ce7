"""Repairs of derived fields that the previous release does not write (see ``streamsite.mongo.repairs``)."""

from __future__ import annotations

from streamsite.mongo.repairs import Repair
from subscriptions import inactive
from subscriptions.models import Notification, Subscription
from subscriptions.notifications import references

REPAIRS = (
    Repair(
        f"{Notification._meta.db_table}.about", references.ids_without_references, references.fill_references
    ),
    Repair(f"{Subscription._meta.db_table}.away", inactive.ids_out_of_sync, inactive.repair),
)
