"""Repairs of derived fields that the previous release does not write (see ``streamsite.mongo.repairs``)."""

from __future__ import annotations

from streamsite.mongo.repairs import Repair
from subscriptions import away
from subscriptions.models import Notification, Subscription
from subscriptions.notifications import about

ALL = (
    Repair(f"{Notification._meta.db_table}.about", about.not_filled, about.fill),
    Repair(f"{Subscription._meta.db_table}.away", away.out_of_line, away.set_right),
)
